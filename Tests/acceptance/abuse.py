"""What hostile callers may cost: memory, time, requests upstream. Each case is registered with the suite of `security`."""

import json
import os
import random
import socket
import threading
import time

from harness import ADMIN_TOKEN, Service, call, wait_for
from load import percentile

MEGABYTE = 1 << 20


def items(text, size):
    """A collection of notifications of so many bytes, each item the same text."""
    return b'{"value":[' + b",".join([text] * (size // (len(text) + 1))) + b"]}"


def bodies():
    """One of each shape that costs more than it weighs, by name."""
    numbered = b",".join(b'"%06d":{}' % number for number in range(300_000))
    return {
        "objects": items(b"{}", 4 * MEGABYTE - 64), "arrays": items(b"[]", 4 * MEGABYTE - 64),
        "few objects": items(b"{}", 29_000), "some objects": items(b"{}", 130_000),
        "nested": b'{"value":[[' + b",".join([b"{}"] * 249_000) + b"]]}",
        "members": b'{"value":[{' + numbered[:4 * MEGABYTE - 64].rpartition(b",")[0] + b"}]}",
        "texts": items(b'"x"', 4 * MEGABYTE - 64), "numbers": items(b"1", 4 * MEGABYTE - 64),
        "one text": b'{"value":["' + b"y" * (4 * MEGABYTE - 64) + b'"]}',
        "escapes": b'{"value":["' + b"\\u00e9" * ((4 * MEGABYTE - 64) // 6) + b'"]}',
        "deep": b'{"value":' + b"[" * 2_000_000, "blanks": b'{"value":[' + b" " * (4 * MEGABYTE - 64) + b"]}",
        "large numbers": items(b"99999999999999999999", 4 * MEGABYTE - 64),
    }


class Callers:
    """So many at once, each posting one body after the other, until the time is up."""

    def __init__(self, service, shapes, count, seconds):
        self.service, self.shapes, self.statuses = service, shapes, {}
        self.end = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(count)]

    def run(self, number):
        choice = random.Random(number)
        while time.monotonic() < self.end:
            name, body = choice.choice(self.shapes)
            status = self.post(body)
            with self.lock:
                counts = self.statuses.setdefault(name, {})
                counts[status] = counts.get(status, 0) + 1

    def post(self, body):
        try:
            with socket.create_connection(("127.0.0.1", self.service.port), timeout=30) as connection:
                connection.sendall(b"POST /webhooks/graph HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                   b"Content-Length: %d\r\n\r\n" % len(body) + body)
                return int(connection.recv(4096)[9:12] or 0)
        except OSError:
            return 0

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for thread in self.threads:
            thread.join()


def probe(service, times):
    began = time.monotonic()
    assert call("GET", f"{service.url}/livez", timeout=10)[0] == 200
    times.append(time.monotonic() - began)


def measured(service, shapes, callers, seconds):
    """(memory before, at most, and ten seconds afterwards, in MB; times of probes; statuses by shape)."""
    before, most, probes = service.resident_megabytes(), 0, []
    with Callers(service, shapes, callers, seconds) as running:
        while any(thread.is_alive() for thread in running.threads):
            most = max(most, service.resident_megabytes())
            probe(service, probes)
            time.sleep(0.01)
    time.sleep(10)
    return before, most, service.resident_megabytes(), probes, running.statuses


def register(suite):
    def started(world):
        if "abused" not in suite.shared:
            suite.shared["abused"] = Service(world, public="", state=os.path.join(world.folder, "abuse.sqlite"))
            suite.shared["abused"].wait_until_ready().wait_for_cycle()
        return suite.shared["abused"]

    @suite.test
    def hostile_bodies_take_bounded_memory_and_give_it_back(world):
        service = started(world)
        all_shapes = list(bodies().items())
        status = lambda name: Callers(service, [], 0, 0).post(dict(all_shapes)[name])
        assert status("objects") == 413 and status("members") == 413 and status("numbers") == 413, "refused before they are parsed"
        assert (service.metric('rollcall_notifications_total{result="oversized"}') or 0) >= 3
        assert service.output().count("too many notifications") == 1, "said once a minute"
        before, most, after, probes, statuses = measured(service, all_shapes, 24, 8)
        note = (f"24 callers: {before:.0f} MB, at most {most - before:+.0f}, ten seconds later {after - before:+.0f}; "
                f"{len(probes)} probes, p99 {percentile(probes, 0.99) * 1000:.0f} ms, slowest {max(probes) * 1000:.0f} ms")
        assert set().union(*statuses.values()) <= {0, 202, 400, 408, 413, 503}, statuses
        assert most - before < 128 and after - before < 32, note
        return note

    @suite.test
    def secrets_on_a_volume_that_hangs_stop_nothing_else(world):
        files = {name: os.path.join(world.folder, f"hung-{name}") for name in ("client-state", "password", "token")}
        texts = {"client-state": "the-state-of-the-hung-volume", "password": world.environment["ROLLCALL_XMATTERS_PASSWORD"],
                 "token": ADMIN_TOKEN}
        for name, file in files.items():
            with open(file, "w") as secret:
                secret.write(texts[name])
        service = Service(world, public="", state=os.path.join(world.folder, "hung.sqlite"), environment={
            "ROLLCALL_LISTENER_CLIENT_STATE": None, "ROLLCALL_LISTENER_CLIENT_STATE_FILE": files["client-state"],
            "ROLLCALL_XMATTERS_PASSWORD": None, "ROLLCALL_XMATTERS_PASSWORD_FILE": files["password"],
            "ROLLCALL_LISTENER_ADMIN_TOKEN": None, "ROLLCALL_LISTENER_ADMIN_TOKEN_FILE": files["token"]}).wait_until_ready().wait_for_cycle()
        for file in files.values():
            os.remove(file)
            os.mkfifo(file)
        time.sleep(5)
        statuses, probes = [], []
        body = {"value": [{"clientState": texts["client-state"], "tenantId": world.tenant, "changeType": "updated",
                           "resource": f"Users/{world.tenant_users()[0]}"}]}
        def order():
            statuses.append(call("POST", f"{service.url}/webhooks/graph", body, timeout=30)[0])
            statuses.append(call("GET", f"{service.url}/api/v1/job", headers=Service.authorization, timeout=30)[0])
        threads = [threading.Thread(target=order) for _ in range(16)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            probe(service, probes)
            time.sleep(0.02)
        assert statuses.count(503) == len(statuses) == 32, statuses
        assert max(probes, default=0) < 2, max(probes)
        for name, file in files.items():
            os.rename(file, file + ".old")
            with open(file, "w") as secret:
                secret.write(texts[name])
            os.close(os.open(file + ".old", os.O_RDWR | os.O_NONBLOCK))
        assert wait_for(lambda: call("POST", f"{service.url}/webhooks/graph", body)[0] == 202, 10), service.output()[-2000:]
        assert service.stop() == 0
        return f"{len(probes)} probes, slowest {max(probes, default=0) * 1000:.0f} ms"

    @suite.test
    def slow_expressions_end_and_stop_nothing_else(world):
        service = started(world)
        pattern = {"expression": 'InStr([a], [b])', "attributes": {"a": "a" * 400_000, "b": "a" * 200_000 + "b"}}
        marks = {"expression": 'IIF([m] = "x", 1, 2)', "attributes": {"m": "a" + "\u0301\u0323" * 60_000}}
        nested = {"expression": "ToLower(ToUpper(ToLower(ToUpper(ToLower(ToUpper([a]))))))", "attributes": {"a": "\u00e4" * 100_000}}
        statuses, probes, texts = [], [], []
        def evaluate(request):
            for _ in range(3):
                status, text, _ = call("POST", f"{service.url}/api/v1/expressions/evaluate", request, Service.authorization, timeout=30)
                statuses.append(status)
                texts.append(text)
        threads = [threading.Thread(target=evaluate, args=(request,)) for request in [pattern, marks, nested] * 4]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            probe(service, probes)
            time.sleep(0.02)
        assert set(statuses) <= {200, 503} and 200 in statuses, statuses
        assert any("ToLower" in text or "ToUpper" in text for text in texts), "the error says which function"
        assert time.monotonic() - began < 25 and max(probes) < 2, (time.monotonic() - began, max(probes))
        return f"{len(statuses)} evaluations, {statuses.count(503)} refused, slowest probe {max(probes) * 1000:.0f} ms"

    @suite.test
    def lifecycle_events_cause_one_cycle_a_minute_and_only_for_our_subscriptions(world):
        service = Service(world, state=os.path.join(world.folder, "lifecycle.sqlite")).wait_until_ready().wait_for_cycle()
        assert wait_for(lambda: len(world.directory("GET", "/subscriptions")["value"]) == 2, 20)
        time.sleep(2)
        ours = world.directory("GET", "/subscriptions")["value"][0]["id"]
        state = world.environment["ROLLCALL_LISTENER_CLIENT_STATE"]
        def post(ids):
            began = time.monotonic()
            assert call("POST", f"{service.url}/webhooks/graph/lifecycle", {"value": [
                {"clientState": state, "tenantId": world.tenant, "subscriptionId": id, "lifecycleEvent": "missed"} for id in ids]})[0] == 202
            return time.monotonic() - began
        began = service.output().count('"message":"Cycle began"')
        slowest = max(post([f"unknown-{number}-{item}" for item in range(90)]) for number in range(30))
        time.sleep(1)
        assert service.output().count('"message":"Cycle began"') == began, "unknown subscriptions cause nothing"
        slowest = max([slowest] + [post([ours] * 50) for _ in range(187)])
        time.sleep(3)
        cycles = service.output().count('"message":"Cycle began"') - began
        assert cycles == 1 and slowest < 2, (cycles, slowest)
        assert service.stop() == 0
        return f"217 bodies, {cycles} cycle, slowest answer {slowest * 1000:.0f} ms"

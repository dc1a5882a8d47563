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

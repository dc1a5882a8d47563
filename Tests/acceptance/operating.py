"""What an operator relies on: a pause that stays, readiness that tells, metrics that are there from the start."""

import hashlib
import os
import re
import resource
import signal
import socket
import sqlite3
import time

from harness import Service, call, free_port, run, wait_for

TESTS = []


def test(function):
    TESTS.append(function)
    return function


def state(world, name):
    return os.path.join(world.folder, f"{name}.sqlite")


@test
def a_rollback_keeps_what_a_person_ordered(world):
    path = state(world, "rollback")
    service = Service(world, public="", state=path).wait_until_ready().wait_for_cycle()
    service.admin("POST", "/job/pause", status=204)
    assert service.stop() == 0
    # As a version to come leaves it.
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO grdb_migrations VALUES ('of a version to come')")
    database.close()
    digest = lambda: hashlib.sha256(open(path, "rb").read()).hexdigest()
    before = digest()
    user = world.tenant_users()[5]
    service = Service(world, public="", state=path)
    assert wait_for(service.is_alive)
    world.directory("PATCH", f"/users/{user}", {"surname": "Rolled back"})
    time.sleep(4)
    assert not service.is_ready() and "newer version of Rollcall" in service.output(), service.output()
    assert "[-] state: written by a newer version" in call("GET", f"{service.url}/readyz?verbose")[1]
    assert world.person(user)["lastName"] != "Rolled back"
    assert service.stop() == 0
    assert digest() == before and not [name for name in os.listdir(world.folder) if name.startswith("rollback.sqlite.damaged")]
    # The same change, said to be one that only adds.
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO addition VALUES ('of a version to come')")
        database.execute("ALTER TABLE link ADD COLUMN ofAVersionToCome TEXT")
    database.close()
    service = Service(world, public="", state=path).wait_until_ready()
    assert service.admin("GET", "/job")["status"]["code"] == "Paused"
    service.admin("POST", "/job/start", status=204)
    assert wait_for(lambda: world.person(user)["lastName"] == "Rolled back"), service.output()[-2000:]
    assert service.stop() == 0


@test
def a_pause_outlives_a_damaged_state(world):
    path = state(world, "salvage")
    service = Service(world, public="", state=path).wait_until_ready().wait_for_cycle()
    service.admin("POST", "/job/pause", status=204)
    assert service.stop() == 0
    # The pages of the links; those of the job are others.
    with sqlite3.connect(path) as database:
        [page] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'link'").fetchone()
        [size] = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with open(path, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    service = Service(world, public="", state=path).wait_until_ready()
    assert [name for name in os.listdir(world.folder) if name.startswith("salvage.sqlite.damaged")], service.output()
    assert service.admin("GET", "/job")["status"]["code"] == "Paused"
    assert "pauseJob" in [entry["action"] for entry in service.admin("GET", "/audit")["value"]]
    assert service.stop() == 0


@test
def not_ready_while_notifications_cannot_be_checked(world):
    file = os.path.join(world.folder, "client-state-of-readiness")
    with open(file, "w") as out:
        out.write("a-client-state-that-is-read\n")
    service = Service(world, environment={"ROLLCALL_LISTENER_CLIENT_STATE": None, "ROLLCALL_LISTENER_CLIENT_STATE_FILE": file},
                      state=state(world, "readiness")).wait_until_ready()
    assert "[+] clientState" in call("GET", f"{service.url}/readyz?verbose")[1]
    os.rename(file, file + ".away")
    assert wait_for(lambda: not service.is_ready(), 5)
    assert "[-] clientState" in call("GET", f"{service.url}/readyz?verbose")[1]
    for _ in range(50):
        assert call("POST", f"{service.url}/webhooks/graph", {"value": []})[0] == 503
        service.is_ready()
    os.rename(file + ".away", file)
    assert wait_for(service.is_ready, 5)
    assert service.output().count("Notifications cannot be checked") == 1, service.output()
    assert service.output().count('"message":"Not ready"') == 1, service.output()
    assert service.stop() == 0


@test
def metrics_are_there_from_the_start(world):
    path = state(world, "metrics")
    service = Service(world, public="", state=path).wait_until_ready().wait_for_cycle()
    for name in ['rollcall_notifications_total{result="refused"}', 'rollcall_admin_requests_total{route="/api/v1/job",status="401"}',
                 'rollcall_provisioning_actions_total{action="delete",status="failure"}', "rollcall_drift_found_total",
                 'rollcall_upstream_throttled_total{upstream="xmatters"}', "rollcall_paused", "rollcall_escrows", "rollcall_orphans"]:
        assert service.metric(name) == 0, name
    assert service.metric("rollcall_leader") == 1
    assert abs(service.metric("process_resident_memory_bytes") / (1 << 20) - service.resident_megabytes()) < 32
    assert service.metric("process_cpu_seconds_total") > 0 and service.metric("process_threads") > 1
    assert service.metric("process_open_fds") < service.metric("process_max_fds")
    assert abs(service.metric("process_start_time_seconds") - time.time()) < 60
    assert service.metric("rollcall_state_bytes") >= os.path.getsize(path)
    assert call("GET", f"{service.url}/api/v1/job", headers={"Authorization": "Bearer wrong"})[0] == 401
    assert service.metric('rollcall_admin_requests_total{route="/api/v1/job",status="401"}') == 1
    assert service.metric('rollcall_http_requests_total{route="/livez",status="200"}') is not None
    service.admin("POST", "/job/pause", status=204)
    assert service.metric("rollcall_paused") == 1
    assert service.stop() == 0


def connect(port, source="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(source, 0))


def held(connections):
    """How many of them the other side has not closed."""
    count = 0
    for connection in connections:
        connection.setblocking(False)
        try:
            connection.recv(1)
        except BlockingIOError:
            count += 1
        except OSError:
            pass
    return count


def answers(port, source):
    try:
        with connect(port, source) as connection:
            connection.settimeout(2)
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return b"200 OK" in connection.recv(1024)
    except OSError:
        return False


@test
def one_address_holds_half_of_a_port_and_the_management_port_has_its_own(world):
    # 600 descriptors are kept for everything else: 150 connections for the internet's port, 50 for the management port.
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (800, 800))
    management = free_port()
    service = Service(world, public="", management=management, state=state(world, "reserve"), preexec_fn=limit).wait_until_ready()
    connections = [connect(service.port) for _ in range(120)]
    assert wait_for(lambda: held(connections) == 75, 5), held(connections)
    assert not answers(service.port, "127.0.0.1") and answers(service.port, "127.0.0.2")
    connections += [connect(service.port, f"127.0.0.{number}") for number in (3, 4) for _ in range(60)]
    assert wait_for(lambda: not answers(service.port, "127.0.0.5"), 5), "the port is full"
    for path in ["/livez", "/readyz", "/metrics", "/api/v1/job"]:
        assert call("GET", f"http://127.0.0.1:{management}{path}", headers=Service.authorization, timeout=2)[0] == 200, path
    for connection in connections:
        connection.close()
    assert wait_for(lambda: answers(service.port, "127.0.0.1"), 5)
    assert service.stop() == 0


@test
def names_command_no_terminal(world):
    user = world.tenant_users()[6]
    world.directory("PATCH", f"/users/{user}", {"displayName": "Eve\n\x1b[2Jcreate   Mallory\x9b\u202e"})
    try:
        status, out, errors = run(world.rollcall, "provision", user, "--dry-run", "--config", world.configuration(8080, state=state(world, "names")),
                                  environment=world.environment)
    finally:
        world.directory("PATCH", f"/users/{user}", {"displayName": "Eve"})
    assert "Eve\\u{A}\\u{1B}[2Jcreate" in out, (status, out, errors)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out + errors) and "\ncreate   Mallory" not in out, out


@test
def what_the_process_leaves_behind_is_its_own(world):
    path = state(world, "private")
    service = Service(world, public="", state=path).wait_until_ready().wait_for_cycle()
    for name in os.listdir(world.folder):
        if name.startswith("private.sqlite"):
            assert os.stat(os.path.join(world.folder, name)).st_mode & 0o077 == 0, name
    with open(f"/proc/{service.process.pid}/limits") as file:
        assert re.search(r"Max core file size +0 +0", file.read())
    assert service.stop() == 0


@test
def hangup_reads_level_and_secrets_again(world):
    service = Service(world, 'logs: {level: warning}\n', public="", state=state(world, "hangup")).wait_until_ready()
    configuration = service.process.args[-1]
    for number in [signal.SIGUSR1, signal.SIGUSR2]:
        service.process.send_signal(number)
    with open(configuration) as file:
        text = file.read()
    with open(configuration, "w") as file:
        file.write(text.replace("level: warning", "level: debug"))
    service.process.send_signal(signal.SIGHUP)
    assert wait_for(lambda: "were read again" in service.output(), 5), service.output()
    assert '"message":"Cycle began"' not in service.output()
    assert call("POST", f"{service.url}/api/v1/job/start", headers=Service.authorization)[0] == 204
    assert wait_for(lambda: '"message":"Cycle began"' in service.output(), 10), service.output()
    with open(configuration, "w") as file:
        file.write("nonsense: [")
    service.process.send_signal(signal.SIGHUP)
    assert wait_for(lambda: "the level of the log stays" in service.output(), 5)
    assert service.is_alive() and service.stop() == 0


@test
def what_is_misspelt_is_told_without_the_text_around_it(world):
    check = lambda extra="", **environment: run(world.rollcall, "check", "--config-only", "--config", world.configuration(8080, extra),
                                                environment={**world.environment, **environment})
    status, out, errors = check(ROLLCALL_QUEUE_WORKER="a-value", ROLLCALL_SERVICE_HOST="10.0.0.1", ROLLCALL_PORT_8080_TCP_ADDR="10.0.0.1")
    assert status == 0 and "ROLLCALL_QUEUE_WORKER:" in out + errors and "ROLLCALL_QUEUE_WORKERS?" in out + errors, (out, errors)
    assert "a-value" not in out + errors and "ROLLCALL_SERVICE_HOST" not in out + errors and "TCP_ADDR" not in out + errors, (out, errors)
    status, out, errors = check("queue:\n  workers: 1\n  workers: 2 # a secret remark\n")
    assert status == 78 and "workers" in errors and "a secret remark" not in errors and re.search(r"\b2\d\b|line", errors), errors
    for address in ["http://[::1].evil.example", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://127.0.0.1:80x"]:
        status, out, errors = check(ROLLCALL_DIRECTORY_AUTHORITY_URL=address)
        assert status == 78 and "loopback" in errors, (address, errors)


@test
def check_beside_a_running_service_tests_the_rest(world):
    path, management = state(world, "beside"), free_port()
    service = Service(world, management=management, state=path).wait_until_ready()
    check = lambda port, **changes: run(world.rollcall, "check", "--config", world.configuration(port, management=management, **changes),
                                        environment=world.environment)
    status, out, errors = check(service.port, state=path)
    assert status == 0 and out.count("is taken, by the service that runs") == 2, (out, errors)
    for step in ["state", "listener.clientStateFile", "listener.adminTokenFile", "listener.publicUrl", "directory: sign in"]:
        assert f"ok    {step}:" in out, (step, out)
    assert "listener.publicUrl: leads to the service" in out, out
    status, out, _ = check(service.port, state=path, public=f"publicUrl: http://127.0.0.1:{free_port()}")
    assert status == 1 and "FAIL  listener.publicUrl" in out and "ok    directory: sign in" in out, out
    # Another state: the ports are another program's.
    status, out, _ = check(service.port, state=os.path.join(world.folder, "nowhere", "state.sqlite"))
    assert status == 1 and out.count("cannot be opened") == 2 and "FAIL  state" in out, out
    assert service.stop() == 0

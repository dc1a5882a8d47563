"""What an operator relies on: a pause that stays, readiness that tells, metrics that are there from the start."""

import hashlib
import os
import sqlite3
import time

from harness import Service, call, wait_for

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

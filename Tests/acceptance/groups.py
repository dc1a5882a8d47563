"""Provisioned groups: assigned groups of the directory as groups in xMatters."""

import base64
import json
import os
import time

from commands import STEPS, provision
from harness import Service, World, call, run, test, wait_for

ON = "mappings: {groups: {enabled: true}}\n"
EXACT = "mappings: {groups: {enabled: true, exactMembership: true}}\n"


def xmatters(world, method, path, body=None):
    credential = base64.b64encode(f"rollcall:{world.environment['ROLLCALL_XMATTERS_PASSWORD']}".encode()).decode()
    status, text, _ = call(method, f"{world.xmatters}/api/xm/1{path}", body, {"Authorization": f"Basic {credential}"})
    assert status < 300, (method, path, status, text)
    return json.loads(text) if text else None


def groups(world):
    rows = json.loads(call("GET", f"{world.xmatters}/simulator/groups", timeout=120)[1])["data"]
    return {row["externalKey"][len("entra:"):]: row for row in rows if row.get("externalKey")}


def members(world, group):
    return {member["id"] for member in groups(world).get(group, {"members": []})["members"]}


def people(world, users):
    """The ids in xMatters of those of the users who are there."""
    known = world.people()
    return {known[user]["id"] for user in users if user in known}


def make_user(world, name):
    return world.directory("POST", "/users", {"userPrincipalName": f"{name}@contoso.example", "displayName": f"{name} Group"})["id"]


def make_group(world, name, users, **properties):
    group = world.directory("POST", "/groups", {"displayName": name, **properties})["id"]
    for user in users:
        join(world, group, user)
    return group


def join(world, group, user):
    world.directory("POST", f"/groups/{group}/members/$ref", {"@odata.id": f"{world.graph}/v1.0/directoryObjects/{user}"})


def leave(world, group, user):
    world.directory("DELETE", f"/groups/{group}/members/{user}/$ref")


def arrives(service, what, change, condition, seconds=15):
    began = time.monotonic()
    change()
    assert wait_for(condition, seconds), f"{what} did not arrive: {service.output()[-3000:]}"
    return time.monotonic() - began


@test
def groups_follow_the_directory_within_seconds(world):
    with World(world.rollcall, users=5) as own:
        service = Service(own, extra=ON).wait_until_ready().wait_for_cycle()
        users = [make_user(own, f"member{number}") for number in range(3)]
        group = make_group(own, "On call", users[:2])
        arrives(service, "assignment", lambda: own.assign(group),
                lambda: len(members(own, group)) == 2 and members(own, group) == people(own, users[:2]))
        made = groups(own)[group]
        assert (made["targetName"], made["groupType"], made["status"]) == ("On call", "BROADCAST", "ACTIVE"), made
        assert made["supervisors"]["total"] == 0, made

        arrives(service, "a new member", lambda: join(own, group, users[2]),
                lambda: len(members(own, group)) == 3 and members(own, group) == people(own, users))
        stranger = xmatters(own, "POST", "/people", {"targetName": "stranger", "firstName": "A", "lastName": "B",
                                                     "roles": ["Standard User"]})["id"]
        xmatters(own, "POST", f"/groups/{made['id']}/members", {"id": stranger, "recipientType": "PERSON"})
        arrives(service, "a member who leaves", lambda: leave(own, group, users[0]),
                lambda: members(own, group) == people(own, users[1:]) | {stranger})
        arrives(service, "another name", lambda: own.directory("PATCH", f"/groups/{group}", {"displayName": "Night shift"}),
                lambda: groups(own)[group]["targetName"] == "Night shift")
        assert groups(own)[group]["id"] == made["id"]
        arrives(service, "the end of the assignment", lambda: own.unassign(group),
                lambda: groups(own)[group]["status"] == "INACTIVE")
        assert stranger in members(own, group)
        arrives(service, "a new assignment", lambda: own.assign(group),
                lambda: groups(own)[group]["status"] == "ACTIVE" and members(own, group) == people(own, users[1:]) | {stranger})
        arrives(service, "the deletion", lambda: own.directory("DELETE", f"/groups/{group}"),
                lambda: group not in groups(own))
        assert xmatters(own, "GET", "/people/stranger")["status"] == "ACTIVE"
        assert service.stop() == 0


@test
def a_group_of_365_comes_back_from_the_recycle_bin(world):
    with World(world.rollcall, users=3) as own:
        users = own.tenant_users()
        group = make_group(own, "Project", users, groupTypes=["Unified"])
        own.assign(group)
        service = Service(own, extra=ON).wait_until_ready().wait_for_cycle()
        assert members(own, group) == people(own, users)
        arrives(service, "soft delete", lambda: own.directory("DELETE", f"/groups/{group}"),
                lambda: groups(own)[group]["status"] == "INACTIVE")
        arrives(service, "restore", lambda: own.directory("POST", f"/directory/deletedItems/{group}/restore"),
                lambda: groups(own)[group]["status"] == "ACTIVE")
        assert members(own, group) == people(own, users)
        assert service.stop() == 0


@test
def exact_membership_takes_out_who_was_added_by_hand(world):
    with World(world.rollcall, users=4) as own:
        users = own.tenant_users()
        group = make_group(own, "Exact", users[:2])
        own.assign(group)
        path = own.configuration(0, EXACT)
        assert run(own.rollcall, "sync", "--config", path, environment=own.environment)[0] == 0
        made = groups(own)[group]["id"]
        xmatters(own, "POST", f"/groups/{made}/members", {"id": "rollcall", "recipientType": "PERSON"})
        assert len(members(own, group)) == 3
        before = members(own, group)
        status, text, _ = run(own.rollcall, "plan", "--config", path, environment=own.environment)
        assert status == 0 and "Exact" in text and members(own, group) == before, text
        assert run(own.rollcall, "sync", "--full", "--config", path, environment=own.environment)[0] == 0
        assert members(own, group) == people(own, users[:2])


@test
def a_large_group_is_read_and_written_page_by_page(world):
    with World(world.rollcall, users=2500) as own:
        users = own.tenant_users()
        group = make_group(own, "Everybody", users)
        own.assign(group)
        path = own.configuration(0, ON)
        status, text, errors = run(own.rollcall, "sync", "--config", path, environment=own.environment, timeout=300)
        assert status == 0, (text, errors)
        assert len(members(own, group)) == 2500 and members(own, group) == people(own, users)
        before = own.requests(own.xmatters)
        assert run(own.rollcall, "sync", "--full", "--config", path, environment=own.environment, timeout=300)[0] == 0
        after = own.requests(own.xmatters)
        writes = {key: after[key] - before.get(key, 0) for key in after if not key.startswith("GET")}
        assert not any(writes.values()), writes
        assert after["GET /groups/{id}/members"] - before.get("GET /groups/{id}/members", 0) == 3


@test
def a_members_list_that_breaks_takes_nobody_out(world):
    with World(world.rollcall, users=250) as own:
        users = own.tenant_users()
        group = make_group(own, "Steady", users)
        own.assign(group)
        service = Service(own, extra=EXACT).wait_until_ready().wait_for_cycle(seconds=120)
        everybody = members(own, group)
        assert len(everybody) == 250
        for side in (own.graph, own.xmatters):
            for kind in [{"status": 500}, {"kind": "lostAnswer"}, {"kind": "garbage"}, {"status": 404}, {"status": 403}]:
                own.fault(side, path="/members", method="GET", count=6, **kind)
                own.directory("PATCH", f"/groups/{group}", {"displayName": f"Steady {side[-1]} {len(str(kind))}"})
                time.sleep(1)
                assert members(own, group) == everybody, (side, kind)
                own.clear_faults()
        service.stop()


@test
def groups_and_their_hand_made_members_survive_a_lost_state(world):
    with World(world.rollcall, users=5) as own:
        users = own.tenant_users()
        group = make_group(own, "Kept", users[:3])
        own.assign(group)
        assert run(own.rollcall, "sync", "--config", own.configuration(0, ON), environment=own.environment)[0] == 0
        made = groups(own)[group]["id"]
        xmatters(own, "POST", f"/groups/{made}/members", {"id": "rollcall", "recipientType": "PERSON"})
        before, requests = groups(own), own.requests(own.xmatters)
        path = own.configuration(0, ON, state=os.path.join(own.folder, "rebuilt.sqlite"))
        assert run(own.rollcall, "sync", "--config", path, environment=own.environment)[0] == 0
        assert groups(own) == before
        after = own.requests(own.xmatters)
        assert all(after[key] == requests.get(key, 0) for key in after if not key.startswith("GET"))
        leave(own, group, users[0])
        assert run(own.rollcall, "sync", "--config", path, environment=own.environment)[0] == 0
        assert members(own, group) == people(own, users[1:3]) | {xmatters(own, "GET", "/people/rollcall")["id"]}


@test
def a_name_that_is_taken_is_said(world):
    with World(world.rollcall, users=2) as own:
        user = own.tenant_users()[0]
        name = own.directory("GET", f"/users/{user}?$select=userPrincipalName")["userPrincipalName"]
        clash = make_group(own, name, [user])
        own.assign(clash)
        fine = make_group(own, "Fine", [user])
        own.assign(fine)
        service = Service(own, extra=ON).wait_until_ready().wait_for_cycle()
        assert "taken by a person in xMatters" in service.output(), service.output()[-3000:]
        assert clash not in groups(own) and members(own, fine) == people(own, [user])
        service.stop()


@test
def a_group_is_provisioned_on_demand_with_its_members(world):
    with World(world.rollcall, users=1) as own:
        users = [make_user(own, f"asked{number}") for number in range(3)]
        group = make_group(own, "Asked for", users)
        own.assign(group)
        for action, arguments in [("create", ["--dry-run"]), ("create", []), ("other", [])]:
            entries = provision(own, group, *arguments, extra=ON)
            assert [entry["sourceIdentity"]["id"] for entry in entries] == sorted(users) + [group], entries
            entry = entries[-1]
            assert (entry["sourceIdentity"]["identityType"], entry["provisioningAction"]) == ("Group", action), entry
            assert [step["provisioningStepType"] for step in entry["provisioningSteps"]] == STEPS, entry
            assert (group in groups(own)) == (arguments == []), groups(own)
        assert members(own, group) == people(own, users) and len(members(own, group)) == 3
        leave(own, group, users[0])
        service = Service(own, extra=ON).wait_until_ready()
        subjects = {"subjects": [{"objectId": group, "objectTypeName": "Group"}]}
        for dry_run in (True, False):
            service.admin("POST", "/job/provisionOnDemand", {**subjects, "dryRun": dry_run}, status=200)
        assert wait_for(lambda: members(own, group) == people(own, users[1:]), 15), service.output()[-3000:]
        own.directory("DELETE", f"/groups/{group}")
        entry = service.admin("POST", "/job/provisionOnDemand", subjects, status=200)["value"][-1]
        assert entry["sourceIdentity"]["id"] == group and group not in groups(own), entry
        assert service.stop() == 0


@test
def check_looks_at_groups_when_they_are_provisioned(world):
    with World(world.rollcall, users=2) as own:
        own.assign(make_group(own, "Checked", own.tenant_users()))
        status, text, _ = run(own.rollcall, "check", "--config", own.configuration(0, ON), environment=own.environment)
        assert status == 0 and "has a name for xMatters" in text and "xMatters: read groups" in text, text

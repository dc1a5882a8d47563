"""The commands beside `serve`: plan, provision on demand, and what all of them have in common."""

import glob
import hashlib
import json
import os
import pty
import re
import subprocess
import time

from harness import Service, World, call, free_port, run, test

STEPS = ["import", "scoping", "matching", "processing", "export"]
COMMANDS = ["demo", "serve", "check", "sync", "plan", "provision", "evaluate", "simulate", "config"]


def command(world, name, *arguments, extra="", environment=None, **changes):
    """(exit status, standard output, standard error) of a command that takes a configuration."""
    return run(world.rollcall, name, *arguments, "--config", world.configuration(0, extra, **changes),
               environment={**world.environment, **(environment or {})})


def plan(world, **options):
    status, text, errors = command(world, "plan", "--output", "json", **options)
    assert status in (0, 1), (status, errors)
    return json.loads(text)


def provision(world, *subjects, expecting=0, **options):
    status, text, errors = command(world, "provision", *subjects, "--output", "json", **options)
    assert status == expecting, (status, text, errors)
    return json.loads(text)["value"]


def sync(world, **options):
    status, text, errors = command(world, "sync", "--full", **options)
    assert status == 0, (text, errors)


def writes(world):
    """How often anything was asked of either side that is no read."""
    return {(side, route): count for side in (world.graph, world.xmatters) for route, count in world.requests(side).items()
            if not route.startswith("GET") and not re.search(r"token|\$batch|getByIds", route)}


def state_files(world):
    return {path: hashlib.sha256(open(path, "rb").read()).hexdigest()
            for path in glob.glob(os.path.join(world.folder, "state.sqlite*"))}


def changes(entry):
    return {change["displayName"]: (change["oldValue"], change["newValue"]) for change in entry["modifiedProperties"]}


@test
def a_plan_says_what_a_cycle_would_do_and_writes_nothing(world):
    with World(world.rollcall, users=8) as own:
        status, text, errors = command(own, "plan")
        assert status == 0 and "8 to create" in text and errors == "", (status, text, errors)
        planned = plan(own)
        assert planned["counts"]["create"] == 8 and len(planned["value"]) == 8, planned["counts"]
        assert state_files(own) == {} and writes(own) == {}, (state_files(own), writes(own))

        sync(own)
        people = own.people()
        for entry in planned["value"]:
            person = people[entry["sourceIdentity"]["id"]]
            assert entry["provisioningAction"] == "create" and changes(entry)["firstName"] == (None, person["firstName"])
        nothing = plan(own)
        assert nothing["value"] == [] and nothing["counts"]["skipped"] == 8, nothing

        users = own.tenant_users()
        own.directory("PATCH", f"/users/{users[0]}", {"surname": "Renamed"})
        own.directory("PATCH", f"/users/{users[1]}", {"accountEnabled": False})
        own.directory("DELETE", f"/users/{users[2]}")
        own.directory("DELETE", f"/users/{users[3]}")
        own.directory("DELETE", f"/directory/deletedItems/{users[3]}")
        own.unassign(users[4])
        before = state_files(own), writes(own)
        status, text, _ = command(own, "plan", "--skipped")
        assert status == 0 and re.search(r"lastName +\S+ -> Renamed", text), text
        assert "1 to update, 3 to disable, 1 to delete" in text and text.count("Both sides are equal.") == 3, text
        planned = {entry["sourceIdentity"]["id"]: entry for entry in plan(own)["value"]}
        assert [planned[user]["provisioningAction"] for user in users[:5]] == [
            "update", "disable", "disable", "delete", "disable"], planned
        assert changes(planned[users[0]])["lastName"][1] == "Renamed"
        assert (state_files(own), writes(own)) == before

        sync(own)
        assert plan(own)["value"] == []


@test
def a_plan_with_failures_ends_with_1_and_says_them(world):
    with World(world.rollcall, users=2) as own:
        mistake = {"ROLLCALL_XMATTERS_DEFAULT_SITE": "No Such Site"}
        status, text, _ = command(own, "plan", environment=mistake)
        assert status == 1 and "No Such Site" in text and "2 would fail" in text, (status, text)
        planned = plan(own, environment=mistake)
        assert planned["counts"]["failure"] == 2, planned["counts"]
        information = planned["value"][0]["provisioningStatusInfo"]["errorInformation"]
        assert information["errorCode"] == "SchemaAttributeNotFound" and information["recommendedAction"], information
        status, _, errors = command(own, "plan", environment={"ROLLCALL_XMATTERS_PASSWORD": "wrong"})
        assert status == 1 and "xmatters.username" in errors and "wrong" not in errors, (status, errors)


@test
def plan_and_dry_run_work_beside_a_running_service(world):
    with World(world.rollcall, users=4) as own:
        service = Service(own).wait_until_ready().wait_for_cycle()
        user = own.tenant_users()[0]
        assert plan(own)["value"] == []
        assert provision(own, user, "--dry-run")[0]["provisioningStatusInfo"]["status"] == "skipped"
        status, _, errors = command(own, "provision", user)
        assert status == 1 and "provisionOnDemand" in errors and "--dry-run" in errors, (status, errors)
        assert service.is_ready() and service.stop() == 0


@test
def a_plan_shows_no_redacted_value(world):
    with World(world.rollcall, users=1) as own:
        hidden = """mappings:
  users:
    - {target: targetName, source: "[userPrincipalName]", matching: 1}
    - {target: firstName, source: "[givenName]"}
    - {target: lastName, source: "[surname]"}
    - {target: "devices.Mobile Phone", source: "[mobilePhone]", log: redact}
"""
        for arguments in (["plan"], ["plan", "--output", "json"], ["provision", own.tenant_users()[0], "--dry-run"]):
            status, text, _ = command(own, *arguments, extra=hidden)
            assert status == 0 and "[Redact]" in text and "555" not in text, text


@test
def provision_shows_the_five_steps_for_each_state(world):
    with World(world.rollcall, users=7) as own:
        users = own.tenant_users()
        name = own.directory("GET", f"/users/{users[0]}?$select=userPrincipalName")["userPrincipalName"]
        before = state_files(own), writes(own)
        status, text, _ = command(own, "provision", name, "--dry-run")
        assert status == 0 and "Nothing was written" in text, text
        for title in ["1 Import", "2 Determine if in scope", "3 Match", "4 Evaluate", "5 Perform action"]:
            assert title in text, (title, text)
        assert (state_files(own), writes(own)) == before and own.people() == {}

        created = provision(own, *users)
        assert [entry["provisioningAction"] for entry in created] == ["create"] * 7
        assert set(own.people()) == set(users)

        own.directory("PATCH", f"/users/{users[1]}", {"surname": "Renamed"})
        own.directory("PATCH", f"/users/{users[2]}", {"accountEnabled": False})
        own.directory("DELETE", f"/users/{users[3]}")
        for user in users[4:6]:
            own.directory("DELETE", f"/users/{user}")
            own.directory("DELETE", f"/directory/deletedItems/{user}")
        own.unassign(users[6])
        entries = provision(own, *users)
        assert [entry["provisioningAction"] for entry in entries] == [
            "other", "update", "disable", "disable", "delete", "delete", "disable"], entries
        for entry in entries:
            kinds = list(dict.fromkeys(step["provisioningStepType"] for step in entry["provisioningSteps"]))
            assert kinds == STEPS, entry
        assert entries[0]["provisioningSteps"][-1]["details"]["SkipReason"] == "RedundantExport"
        assert entries[0]["provisioningSteps"][0]["details"]["userPrincipalName"] == name
        assert entries[1]["modifiedProperties"][0]["newValue"] == "Renamed"
        assert entries[6]["provisioningSteps"][1]["details"]["Assigned"] == "False"
        people = own.people()
        assert [people[user]["status"] for user in users[:4]] == ["ACTIVE", "ACTIVE", "INACTIVE", "INACTIVE"]
        assert users[4] not in people and people[users[6]]["status"] == "INACTIVE"


@test
def provision_takes_guests_and_groups_and_says_who_is_unknown(world):
    with World(world.rollcall, users=1) as own:
        guest = "ada_home.example#EXT#@contoso.example"
        for principal in [guest, "bo@contoso.example"]:
            own.directory("POST", "/users", {"userPrincipalName": principal, "displayName": "Mem Ber"})
        members = own.tenant_users()[1:]
        group = own.directory("POST", "/groups", {"displayName": "On call"})["id"]
        for member in members:
            own.directory("POST", f"/groups/{group}/members/$ref",
                          {"@odata.id": f"{own.graph}/v1.0/directoryObjects/{member}"})
        own.assign(group)
        entry, = provision(own, guest)
        assert entry["targetIdentity"]["displayName"] == "ada@home.example", entry
        assert [entry["sourceIdentity"]["id"] for entry in provision(own, group)] == sorted(members)

        unknown = "99999999-8888-7777-6666-555555555555"
        entry, = provision(own, unknown, expecting=1)
        assert entry["provisioningStatusInfo"]["errorInformation"]["errorCode"] == "ImportSkipped", entry
        status, _, errors = command(own, "provision", "nobody@contoso.example")
        assert status == 1 and "'nobody@contoso.example'" in errors, (status, errors)


# All commands


@test
def wrong_usage_is_64_and_a_wrong_configuration_78(world):
    path = world.configuration(0)
    for arguments in [["serve"], ["dance"], ["plan"], ["plan", "--config", path, "--output", "xml"], ["provision", "--config", path],
                      ["provision", "x"], ["sync", "--config", path, "--nonsense"], ["evaluate"], ["evaluate", "1", "--batch", "x"],
                      ["simulate", "--users", "-1"], ["simulate", "--graph-port", "70000"], ["simulate", "--seed", "x"]]:
        status, _, errors = run(world.rollcall, *arguments, environment=world.environment)
        assert status == 64 and errors, (arguments, status)
    wrong = world.configuration(0, "queue: {workers: many}\n")
    for name in ["serve", "check", "sync", "plan", "config"]:
        status, _, errors = run(world.rollcall, name, "--config", wrong, environment=world.environment)
        assert status == 78 and "queue.workers" in errors, (name, status, errors)
    assert run(world.rollcall, "provision", "x", "--config", wrong, environment=world.environment)[0] == 78
    assert run(world.rollcall, "plan", "--config", "/nowhere/at/all.yaml", environment=world.environment)[0] == 78


@test
def help_is_everywhere(world):
    status, text, _ = run(world.rollcall, "--help")
    assert status == 0 and all(name in text for name in COMMANDS), text
    for name in COMMANDS:
        for arguments in [[name, "--help"], ["help", name]]:
            status, text, _ = run(world.rollcall, *arguments)
            assert status == 0 and f"rollcall {name}" in text, (arguments, text)


@test
def logs_are_for_people_on_a_terminal_and_json_lines_otherwise(world):
    with World(world.rollcall, users=2) as own:
        status, text, _ = command(own, "sync")
        assert status == 0, text
        assert all(json.loads(line)["message"] for line in text.splitlines()), text

        reading, writing = pty.openpty()
        process = subprocess.Popen([own.rollcall, "serve", "--config", own.configuration(free_port())], stdout=writing, stderr=writing,
                                   env={**os.environ, **own.environment})
        os.close(writing)
        shown = ""
        end = time.monotonic() + 20
        while "Cycle ended" not in shown and time.monotonic() < end:
            shown += os.read(reading, 65536).decode()
        process.terminate()
        assert process.wait(30) == 0
        os.close(reading)
        assert "Cycle ended" in shown and "{" not in shown, shown


@test
def the_simulators_say_when_a_port_is_taken(world):
    status, _, errors = run(world.rollcall, "simulate", "--graph-port", str(world.graph_port), "--xmatters-port", "0")
    assert status == 1 and str(world.graph_port) in errors, (status, errors)


@test
def the_same_seed_makes_the_same_tenant(world):
    def tenant(seed):
        process = subprocess.Popen([world.rollcall, "simulate", "--users", "3", "--seed", seed, "--graph-port", "0", "--xmatters-port", "0"],
                                   stdout=subprocess.PIPE, text=True)
        printed = "".join(process.stdout.readline() for _ in range(8))
        graph = re.search(r"http://\S+", printed).group(0)
        users = json.loads(call("GET", f"{graph}/simulator/tenant")[1])["users"]
        process.terminate()
        assert process.wait(20) == 0
        return users

    assert tenant("7") == tenant("7") != tenant("8")


@test
def evaluate_answers_each_line_in_order(world):
    lines = ['{"expression": "[a]", "attributes": {"a": "x"}}', "not json", '{"attributes": {}}', '{"expression": 1}', "[]",
             '{"expression": "[a]", "attributes": []}', '{"expression": "Now()", "now": "2026-01-02T03:04:05Z"}',
             '{"expression": "Now()", "now": 5}', '{"expression": "DefaultDomain()", "defaultDomain": "example.org"}',
             '{"expression": "SelectUniqueValue(\\"a\\", \\"b\\")", "taken": ["a"]}', '{"expression": "SelectUniqueValue(\\"a\\")", "taken": "a"}',
             '{"expression": "[a]", "attributes": {"a": ["x", "y"]}}', '{"expression": "IgnoreFlowIfNullOrEmpty([a])"}']
    path = os.path.join(world.folder, "lines.jsonl")
    with open(path, "w") as file:
        file.write("\n".join(lines))
    status, text, _ = run(world.rollcall, "evaluate", "--batch", path)
    answers = [json.loads(line) for line in text.splitlines()]
    kinds = ["value", "error", "error", "error", "error", "error", "value", "error", "value", "value", "error", "value", "skip"]
    assert status == 0 and [list(answer) for answer in answers] == [[kind] for kind in kinds], answers
    assert answers[0]["value"] == "x" and answers[8]["value"] == "example.org" and answers[9]["value"] == "b", answers
    assert answers[11]["value"] == ["x", "y"] and answers[12] == {"skip": True}
    result = subprocess.run([world.rollcall, "evaluate", "--batch", "-"], input=lines[0] + "\r\n", capture_output=True, text=True, timeout=30)
    assert result.stdout == '{"value":"x"}\n', result.stdout
    assert run(world.rollcall, "evaluate", "--batch", "/nowhere/at/all")[0] == 1

    status, text, _ = run(world.rollcall, "evaluate", 'Join(" ", [a], [b])', "--attributes", '{"a": "x", "b": "y"}')
    assert status == 0 and json.loads(text) == "x y", text
    for arguments in [["Nope([a])"], ["[a]", "--attributes", "nonsense"], ["[a]", "--now", "yesterday"]]:
        status, text, errors = run(world.rollcall, "evaluate", *arguments)
        assert status == 1 and text == "" and errors, (arguments, status, errors)

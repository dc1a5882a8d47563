"""A state of 10,000 people as the admin API would tell it, for what a demonstration cannot show: crowds, hostile names, slow and broken answers."""

import datetime
import json
import re
import urllib.parse

START = datetime.datetime(2026, 12, 1, 12, 0, 0, tzinfo=datetime.timezone.utc)
HOSTILE = [
    "<img src=x onerror=\"document.title='broken in'\">",
    "\u202eslrig live ot ssecca\u202c <script>document.title='broken in'</script>",
    "x" * 300,
    "'\"><svg/onload=document.title='broken in'>",
    "=HYPERLINK(\"http://evil.example\")",
]
FIRST = ["Ada", "Bela", "Chidi", "Dara", "Edda", "Farid", "Gita", "Hana", "Ines", "Jun", "Kofi", "Lena", "Mira"]
LAST = ["Keita", "Moreno", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Sato", "Tamm", "Ueda", "Varga"]


def time(seconds_ago):
    return (START - datetime.timedelta(seconds=seconds_ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def guid(number):
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def name(number):
    return f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}" if number >= len(HOSTILE) else HOSTILE[number]


class State:
    """What the service holds; orders change it and are noted."""

    def __init__(self, people=10_000, held=40, role="admin"):
        self.people, self.role = people, role
        self.orders = []
        self.paused = False
        self.quarantine = False
        self.log = [self.entry(number) for number in range(people)]
        self.removals = [self.removal(100 + number) for number in range(held)]
        self.plan = None

    def removal(self, number):
        return {"objectId": guid(number), "objectTypeName": "User", "displayName": name(number), "action": "disable",
                "reason": "unassigned", "detail": "the assignment 'Responder' is gone", "cost": 1, "since": time(600),
                "cycleId": "cycle-1", "state": "held"}

    def entry(self, number):
        failed = number % 10 == 3
        error = {"errorCode": "SchemaAttributeNotFound", "reason": "xMatters has no site 'Atlantis'.", "errorCategory": "failure",
                 "recommendedAction": "Create the site.", "additionalDetails": "xmatters: POST /people: 400"} if failed else None
        return {
            "id": f"entry-{number}", "activityDateTime": time(number), "cycleId": "cycle-1", "changeId": f"entry-{number}",
            "provisioningAction": ["create", "update", "disable", "other"][number % 4], "durationInMilliseconds": number % 900,
            "sourceIdentity": {"id": guid(number), "displayName": name(number), "identityType": "User", "details": {}},
            "targetIdentity": {"id": f"person-{number}", "displayName": f"user{number}@example.org", "identityType": "Person", "details": {}},
            "provisioningStatusInfo": {"status": "failure" if failed else "success", "errorInformation": error},
            "provisioningSteps": [
                {"name": "EntryImport", "provisioningStepType": "import", "status": "success", "description": "Read from the directory.", "details": {}},
                {"name": "Scope", "provisioningStepType": "scoping", "status": "success", "description": "In scope: Responder.", "details": {"Assigned": "True"}}],
            "modifiedProperties": [{"displayName": "lastName", "oldValue": "Old", "newValue": name(number)}],
        }

    def job(self):
        quarantine = None
        if self.quarantine:
            quarantine = {
                "reason": "EncounteredBaseEscrowThreshold", "seriesBegan": time(900), "currentBegan": time(900), "seriesCount": 2,
                "nextAttempt": time(-30), "error": {"code": "CredentialValidationUnavailable", "message": "xMatters refused the password."},
                "recommendedAction": "Check xmatters.passwordFile.", "request": {"method": "GET", "route": "/people"}, "response": {"status": 401}}
        elif self.held():
            quarantine = {
                "reason": "TooManyDeletes", "seriesBegan": time(600), "currentBegan": time(600), "seriesCount": 0, "nextAttempt": None,
                "error": {"code": "TooManyDeletes", "message": "40 people would be disabled."}, "recommendedAction": "Look at them."}
        execution = {
            "activityIdentifier": "cycle-1", "kind": "incremental", "state": "Succeeded", "timeBegan": time(300), "timeEnded": time(290), "error": None,
            "countImported": 10_000, "countExported": 12, "countEscrowed": 1, "countEntitled": 10_000}
        return {
            "id": "rollcall.t.a", "schedule": {"state": "Paused" if self.paused else "Active", "interval": "PT20M"},
            "status": {
                "code": "Active", "currentExecution": {**execution, "state": None, "timeEnded": None}, "lastExecution": execution, "quarantine": quarantine,
                "progress": [{"units": "objects", "completedUnits": 4000, "totalUnits": self.people, "failedUnits": 3, "unitsPerSecond": 80.5,
                              "estimatedSecondsRemaining": 75, "progressObservationDateTime": time(0)}],
                "synchronizedEntryCountByType": [{"key": "User", "value": self.people}], "steadyStateLastAchievedTime": time(290)},
            "queue": {"depth": 6000, "processing": 8, "delayed": 3, "oldestAgeSeconds": 41.5}, "orphans": 2, "heldRemovals": len(self.held()),
            "subscriptions": [{"id": "s", "resource": "/users", "expirationDateTime": time(-86400), "notificationUrl": "https://rollcall.example.com/webhooks/graph"}],
            "heartbeatAt": time(0), "credentialExpiresAt": time(-5 * 86400), "notificationsSilentSince": time(7200)}

    def held(self):
        return [one for one in self.removals if one["state"] == "held"]

    def person(self, number, compare):
        answer = {
            "objectId": guid(number), "objectTypeName": "User", "displayName": name(number), "inScope": False,
            "scopeReasons": [f"assigned through the group 'Network'", "left out by the filter 'employees': userType EQUALS Member: False"],
            "connection": {"objectId": guid(number), "objectTypeName": "User", "sourceAnchor": guid(number), "targetAnchor": f"person-{number}",
                           "displayName": f"user{number}@example.org", "state": "active"},
            "log": [self.log[number]]}
        if compare:
            answer["comparison"] = [
                {"attribute": "firstName", "directory": name(number), "xmatters": name(number), "differs": False},
                {"attribute": "lastName", "directory": name(number), "xmatters": "Another", "differs": True},
                {"attribute": "roles", "directory": ["Standard User"], "xmatters": ["Standard User"], "differs": False}]
        return answer


def answer(state, method, url, body):
    """(status, JSON) of a call to the admin API."""
    parts = urllib.parse.urlsplit(url)
    path = parts.path.split("/api/v1/")[1]
    query = {key: values[0] for key, values in urllib.parse.parse_qs(parts.query).items()}
    top = int(query.get("top", 1000))

    def page(items):
        first = int(query.get("skipToken", 0))
        result = {"value": items[first:first + top]}
        if first + top < len(items):
            result["nextLink"] = f"/api/v1/{path}?skipToken={first + top}"
        return 200, result

    if method == "POST" and path not in ("session", "expressions/evaluate", "plan"):
        state.orders.append((path, body))
    elif method == "DELETE":
        state.orders.append(("DELETE " + path, None))
    if path == "session":
        return (200, {"role": state.role, "actor": "crafted"}) if method == "GET" else (204, None)
    if path == "job":
        return 200, state.job()
    if path in ("job/start", "job/pause"):
        state.paused = path == "job/pause"
        return 204, None
    if path in ("job/restart", "job/validateCredentials", "escrows/retry") or method == "DELETE":
        return 204, None
    if path == "job/provisionOnDemand":
        number = int(body["subjects"][0]["objectId"][:8], 16)
        return 200, {"value": [state.log[number]]}
    if path == "provisioning":
        items = state.log
        if "search" in query:
            items = [one for one in items if query["search"].lower() in json.dumps(one, ensure_ascii=False).lower()]
        for key, read in (("status", lambda one: one["provisioningStatusInfo"]["status"]), ("action", lambda one: one["provisioningAction"]),
                          ("objectId", lambda one: one["sourceIdentity"]["id"])):
            if key in query:
                items = [one for one in items if read(one) == query[key]]
        if "since" in query:
            items = [one for one in items if one["activityDateTime"] >= query["since"]]
        if "until" in query:
            items = [one for one in items if one["activityDateTime"] < query["until"]]
        return page(items)
    if path == "connections":
        return page([{"objectId": guid(number), "objectTypeName": "User", "displayName": name(number), "state": "active",
                      "sourceAnchor": guid(number), "targetAnchor": f"person-{number}"} for number in range(state.people)])
    if path == "people":
        found = [number for number in range(state.people) if query["search"].lower() in name(number).lower()]
        return page([{"objectId": guid(number), "objectTypeName": "User", "displayName": name(number), "targetName": f"user{number}@example.org",
                      "state": "active"} for number in found])
    if match := re.fullmatch(r"people/([0-9a-f-]+)", path):
        number = int(match[1][:8], 16)
        return (200, state.person(number, "compare" in query)) if number < state.people else (404, {"error": {"code": "NotFound", "message": "No such person."}})
    if path == "removals":
        return page(state.removals)
    if path in ("removals/allow", "removals/keep"):
        ids = set(body["objectIds"])
        if path.endswith("allow"):
            state.removals = [one for one in state.removals if one["objectId"] not in ids]
        else:
            for one in state.removals:
                if one["objectId"] in ids:
                    one["state"] = "kept"
        return 204, None
    if path == "escrows":
        return page([{
            "objectId": guid(number), "objectTypeName": "User", "displayName": name(number), "errorCode": ["SchemaAttributeNotFound", "NameInUse"][number % 2],
            "reason": "xMatters has no site 'Atlantis'.", "recommendedAction": "Create the site.", "attempts": 4, "firstFailure": time(4000),
            "lastAttempt": time(60), "nextAttempt": time(-240), "request": {"method": "POST", "route": "/people"}, "response": {"status": 400}}
            for number in range(6)])
    if path == "orphans":
        return page([{"objectId": guid(9000 + number), "objectTypeName": "User", "targetName": f"orphan{number}", "externalKey": "entra:" + guid(9000 + number),
                      "firstSeen": time(90_000)} for number in range(2)])
    if path == "configuration":
        return page([{"key": f"xmatters.key{number}", "value": value, "origin": origin} for number, (value, origin) in enumerate(
            [("https://acme.xmatters.com", "file"), (5, "default"), ("******", "environment")])] + [
            {"key": "mappings.users[0].source", "value": "[userPrincipalName]", "origin": "default"}])
    if path == "statistics":
        return 200, {"freshness": {"p50Seconds": 1.2, "p95Seconds": 6.5}, "actionsPerHour": [
            {"hour": time(3600 * number), "create": number, "update": 3 * number % 40, "disable": number % 3, "delete": 0, "failure": number % 4} for number in range(24)]}
    if path == "expressions/functions":
        return page([{"name": "Join", "signature": "Join(separator, text, ...)", "description": "Joins texts."}])
    if path == "expressions/evaluate":
        if "(" in body["expression"] and ")" not in body["expression"]:
            return 200, {"error": "A closing parenthesis is missing at position 6."}
        return 200, {"value": name(int(body["objectId"][:8], 16)) if "objectId" in body else "by hand"}
    if path == "plan":
        state.plan = body["configuration"]
        return 202, {"id": "plan-1", "state": "running"}
    if path == "plan/plan-1":
        return 200, {"id": "plan-1", "state": "done", "summary": {"update": 3}, "value": [
            {**state.log[number], "provisioningAction": "update"} for number in range(5, 8)]}
    if path == "audit":
        return page([{"id": f"a{number}", "time": time(number * 60), "actor": name(number), "address": "10.0.0.1", "action": "POST /api/v1/job/pause",
                      "objectIds": [guid(one) for one in range(number)], "status": 204 if number % 3 else 403, "result": "done" if number % 3 else "refused"} for number in range(150)])
    return 404, {"error": {"code": "NotFound", "message": f"There is nothing at {path}."}}

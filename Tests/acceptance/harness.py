"""Starts the simulators and the service as processes and talks to them as their users do. Standard library only."""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

APPLICATION = "33333333-3333-3333-3333-333333333333"
ADMIN_TOKEN = "admin-token-of-the-acceptance-tests"
TESTS = []

# A second look after a second confirms every leaving; the defaults are 10 s, and 20 m before a delete.
os.environ.setdefault("ROLLCALL_PROTECTION_CONFIRMATION_LEAVE", "1s")
os.environ.setdefault("ROLLCALL_PROTECTION_CONFIRMATION_ABSENCE", "1s")


def test(function):
    """Every test is a function of a world that they share."""
    TESTS.append(function)
    return function


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=20):
    """The first true value of the condition, or None when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return None


def call(method, url, body=None, headers=None, timeout=15):
    """(status, text, headers); any HTTP status is an answer."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not None and not request.has_header("Content-type"):
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


class World:
    """Both simulators in one process."""

    def __init__(self, rollcall, users):
        self.rollcall = rollcall
        self.folder = tempfile.mkdtemp(prefix="rollcall-acceptance-")
        self.graph_port, self.xmatters_port = free_port(), free_port()
        self.log = open(os.path.join(self.folder, "simulate.txt"), "w+")
        self.process = subprocess.Popen(
            [rollcall, "simulate", "--users", str(users), "--graph-port", str(self.graph_port),
             "--xmatters-port", str(self.xmatters_port)],
            stdout=self.log, stderr=subprocess.STDOUT)
        self.graph = f"http://127.0.0.1:{self.graph_port}"
        self.xmatters = f"http://127.0.0.1:{self.xmatters_port}"
        printed = wait_for(lambda: "state:" in self._printed() and self._printed(), 120)
        self.environment = dict(re.findall(r"#\s+(ROLLCALL_\w+)=(\S+)", printed))
        self.environment["ROLLCALL_LISTENER_ADMIN_TOKEN"] = ADMIN_TOKEN
        self.tenant = re.search(r"tenantId: (\S+)", printed).group(1)
        self.client = re.search(r"clientId: (\S+)", printed).group(1)
        self.application = re.search(r"appId: ([^}\s]+)", printed).group(1)
        self.token = None

    def _printed(self):
        with open(self.log.name) as file:
            return file.read()

    def close(self):
        self.process.terminate()
        self.process.wait(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # The directory, through Graph's own API.

    def directory(self, method, path, body=None):
        if self.token is None:
            form = ("grant_type=client_credentials&scope=x%2F.default&client_id=" + self.client + "&client_secret="
                    + self.environment["ROLLCALL_DIRECTORY_CLIENT_SECRET"]).encode()
            _, text, _ = call("POST", f"{self.graph}/{self.tenant}/oauth2/v2.0/token", form,
                              {"Content-Type": "application/x-www-form-urlencoded"})
            self.token = json.loads(text)["access_token"]
        status, text, _ = call(method, f"{self.graph}/v1.0{path}", body, {"Authorization": f"Bearer {self.token}"})
        if status == 401:
            self.token = None
            return self.directory(method, path, body)
        assert status < 300, (method, path, status, text)
        return json.loads(text) if text else None

    def tenant_users(self):
        return json.loads(call("GET", f"{self.graph}/simulator/tenant")[1])["users"]

    def service_principal(self):
        return json.loads(call("GET", f"{self.graph}/simulator/tenant")[1])["servicePrincipalId"]

    def role(self):
        return self.directory("GET", f"/servicePrincipals/{self.service_principal()}")["appRoles"][0]["id"]

    def assignment(self, user):
        link = f"/servicePrincipals/{self.service_principal()}/appRoleAssignedTo?$top=999"
        while link:
            page = self.directory("GET", link)
            for row in page["value"]:
                if row["principalId"] == user:
                    return row["id"]
            link = page.get("@odata.nextLink", "").replace(self.graph + "/v1.0", "")
        return None

    def assign(self, principal, role=None):
        service = self.service_principal()
        self.directory("POST", f"/servicePrincipals/{service}/appRoleAssignedTo",
                       {"principalId": principal, "resourceId": service, "appRoleId": role or self.role()})

    def unassign(self, user):
        self.directory("DELETE", f"/servicePrincipals/{self.service_principal()}/appRoleAssignedTo/{self.assignment(user)}")

    # xMatters.

    def people(self):
        rows = json.loads(call("GET", f"{self.xmatters}/simulator/people", timeout=120)[1])["data"]
        return {row["externalKey"][len("entra:"):]: row for row in rows if row.get("externalKey", "").startswith("entra:")}

    def person(self, user):
        return self.people().get(user)

    # Both.

    def fault(self, side, **fault):
        assert call("POST", f"{side}/simulator/faults", fault)[0] == 204

    def clear_faults(self):
        for side in (self.graph, self.xmatters):
            call("DELETE", f"{side}/simulator/faults")

    def graph_lose(self, lose):
        """Whether Graph's notifications are lost from now on."""
        call("POST", f"{self.graph}/simulator/loseNotifications", {"lose": lose})

    def latency(self, milliseconds):
        for side in (self.graph, self.xmatters):
            call("PUT", f"{side}/simulator/latency", {"milliseconds": milliseconds})

    def requests(self, side):
        return json.loads(call("GET", f"{side}/simulator/requests")[1])

    def configuration(self, port, extra="", **changes):
        values = dict(tenant=self.tenant, client=self.client, application=self.application, graph=self.graph,
                      xmatters=self.xmatters, port=port, management=0, state=os.path.join(self.folder, "state.sqlite"),
                      public=f"publicUrl: http://127.0.0.1:{port}")
        values.update(changes)
        path = os.path.join(self.folder, f"rollcall-{time.monotonic_ns()}.yaml")
        with open(path, "w") as file:
            file.write("""directory:
  tenantId: {tenant}
  clientId: {client}
  authorityUrl: {graph}
  graphUrl: {graph}
  application: {{appId: {application}}}
xmatters:
  url: {xmatters}
  username: rollcall
listener:
  host: 127.0.0.1
  port: {port}
  managementPort: {management}
  {public}
  shutdownGrace: 10s
state: {{path: {state}}}
""".format(**values) + extra)
        return path


class Service:
    """`rollcall serve`. With `public=""` it makes no subscriptions, and so takes none from another one."""

    authorization = {"Authorization": f"Bearer {ADMIN_TOKEN}"}

    running = []
    started = []

    def __init__(self, world, extra="", environment=None, port=None, log=None, preexec_fn=None, restore_signals=True,
                 **changes):
        self.world = world
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log or open(os.path.join(world.folder, f"serve-{time.monotonic_ns()}.txt"), "w+")
        # To a service with a state and an address of its own, what a former one subscribed is another installation's.
        if not os.path.exists(changes.get("state", os.path.join(world.folder, "state.sqlite"))) and not any(
                other.world is world and other.process.poll() is None for other in Service.started):
            call("POST", f"{world.graph}/simulator/deleteSubscriptions", {})
        Service.started.append(self)
        self.process = subprocess.Popen(
            [world.rollcall, "serve", "--config", world.configuration(self.port, extra, **changes)],
            stdout=self.log, stderr=subprocess.STDOUT, preexec_fn=preexec_fn, restore_signals=restore_signals,
            env={key: value for key, value in {**os.environ, **world.environment, **(environment or {})}.items()
                 if value is not None})

    def admin(self, method, path, body=None, status=None):
        """The JSON that the admin API answers with; None when it has none."""
        answered, text, _ = call(method, f"{self.url}/api/v1{path}", body, self.authorization)
        assert answered == status or (status is None and answered < 300), (method, path, answered, text)
        return json.loads(text) if text else None

    def output(self):
        with open(self.log.name) as file:
            return file.read()

    def is_alive(self):
        try:
            return call("GET", f"{self.url}/livez")[0] == 200
        except OSError:
            return False

    def is_ready(self):
        try:
            return call("GET", f"{self.url}/readyz")[0] == 200
        except OSError:
            return False

    def wait_until_ready(self, seconds=30):
        assert wait_for(self.is_ready, seconds), self.log is not subprocess.PIPE and self.output()
        return self

    def cycles(self):
        return self.output().count('"message":"Cycle ended"')

    def wait_for_cycle(self, count=1, seconds=60):
        assert wait_for(lambda: self.cycles() >= count, seconds), self.output()
        return self

    def metric(self, name):
        for line in call("GET", f"{self.url}/metrics")[1].splitlines():
            if line.startswith(name + " ") or line.startswith(name + "{"):
                return float(line.rsplit(" ", 1)[1])
        return None

    def resident_megabytes(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    def stop(self, number=signal.SIGTERM, seconds=30):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)


def run(rollcall, *arguments, environment=None, timeout=60):
    """(exit status, standard output, standard error) of a command that ends."""
    result = subprocess.run([rollcall, *arguments], capture_output=True, text=True, timeout=timeout,
                            env={**os.environ, **(environment or {})})
    return result.returncode, result.stdout, result.stderr


class Suite:
    """Tests that share one world, each a function with a name that says what holds."""

    def __init__(self, users):
        self.users, self.tests, self.shared = users, [], {}

    def test(self, function):
        self.tests.append(function)
        return function

    def main(self):
        parser = argparse.ArgumentParser()
        parser.add_argument("--rollcall", required=True)
        parser.add_argument("names", nargs="*")
        arguments = parser.parse_args()
        world = World(os.path.abspath(arguments.rollcall), users=self.users)
        passed, failed = 0, 0
        try:
            for function in self.tests:
                if arguments.names and function.__name__ not in arguments.names:
                    continue
                began = time.monotonic()
                try:
                    note = function(world)
                    passed += 1
                    print(f"ok    {function.__name__} ({time.monotonic() - began:.1f} s){': ' + note if note else ''}", flush=True)
                except Exception:
                    failed += 1
                    print(f"FAIL  {function.__name__}", flush=True)
                    traceback.print_exc()
                    world.clear_faults()
        finally:
            for service in Service.running:
                if service.process.poll() is None:
                    service.process.kill()
            world.close()
        print(f"{passed} passed, {failed} failed")
        sys.exit(1 if failed else 0)

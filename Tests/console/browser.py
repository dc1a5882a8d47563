"""The demonstration as a process, and browsers that look at its console."""

import json
import os
import re
import subprocess
import tempfile
import time

from playwright.sync_api import sync_playwright

import crafted

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Demo:
    """`rollcall demo --keep`."""

    def __init__(self, rollcall):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".txt")
        self.process = subprocess.Popen([rollcall, "demo", "--keep"], stdout=self.log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 120
        while "Still running" not in self.printed() or "people\n" not in self.printed().split("Still running")[1]:
            assert self.process.poll() is None and time.monotonic() < end, self.printed()
            time.sleep(0.1)
        self.url = re.search(r"console\s+(\S+)", self.printed())[1]
        self.token = re.search(r"token\s+(\S+)", self.printed())[1]
        self.graph = re.search(r"Graph\s+(\S+)/simulator", self.printed())[1]

    def printed(self):
        with open(self.log.name) as file:
            return file.read()

    def close(self):
        self.process.terminate()
        self.process.wait(30)


class Browser:
    """One Chromium; each test gets pages of its own."""

    def __init__(self, demo):
        self.demo = demo
        self.playwright = sync_playwright().start()
        self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

    def close(self):
        self.chromium.close()
        self.playwright.stop()

    def open(self, state=None, signed_in=True, foreign=None, **options):
        """A page in a context of its own. With a crafted state the API answers from it, and the files come from the service all the same.
        `foreign` is another place that it may ask."""
        return Page(self.context(**options), self.demo, state, signed_in, foreign)

    def context(self, **options):
        return self.chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options})


class Page:
    """A page that notes every complaint of the browser."""

    def __init__(self, context, demo, state=None, signed_in=True, foreign=None):
        self.context, self.demo, self.state = context, demo, state
        self.complaints = []
        self.expected = re.compile("$^")
        self.page = context.new_page()
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.add_init_script("addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))")
        self.page.on("request", lambda request: request.url.startswith((self.origin(), foreign or self.origin())) or self.complaints.append("foreign request: " + request.url))
        self.fault = None
        if state:
            self.page.route("**/api/v1/**", self.answer)
            self.page.route("**/console/options.json", lambda route: route.fulfill(json={"entra": False, "session": {"role": state.role, "actor": "crafted"}}))
        if signed_in:
            self.enter()

    def origin(self):
        return re.match(r"https?://[^/]+", self.demo.url)[0]

    def answer(self, route):
        request = route.request
        if "/events" in request.url:
            # A stream that says hello and ends; the page comes back by itself.
            return route.fulfill(status=200, headers={"Content-Type": "text/event-stream"}, body="retry: 100\n: hello\n\n")
        if self.fault and self.fault(route):
            return None
        body = json.loads(request.post_data) if request.post_data else None
        status, value = crafted.answer(self.state, request.method, request.url, body)
        return route.fulfill(status=status, json=value) if value is not None else route.fulfill(status=status)

    def enter(self, address=""):
        self.page.goto(self.demo.url + address)
        if not self.state:
            self.page.get_by_label("Token").fill(self.demo.token)
            self.page.keyboard.press("Enter")
        self.page.get_by_role("navigation").wait_for()
        self.page.locator("main .view > *").first.wait_for()

    def view(self, address):
        self.page.evaluate("(address) => { location.hash = address; }", f"#/{address}")
        self.page.wait_for_timeout(50)
        self.page.wait_for_load_state("networkidle")

    def expect(self, pattern):
        """Complaints like this are part of the test."""
        self.expected = re.compile(pattern)

    def close(self):
        self.context.close()
        left = [text for text in self.complaints if not self.expected.search(text)]
        assert not left, left

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.close()
        else:
            self.context.close()

    def __getattr__(self, name):
        return getattr(self.page, name)

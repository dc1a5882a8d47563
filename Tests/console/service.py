"""The console against the running demonstration: sessions, sign-in, streams, foreign pages."""

import http.client
import http.server
import json
import threading
import time
import urllib.parse
import urllib.request

from crafted import State


def call(demo, path):
    request = urllib.request.Request(demo.url.replace("/console/", path), headers={"Authorization": f"Bearer {demo.token}"})
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.loads(answer.read())


def the_demonstration_has_what_is_worth_looking_at(browser):
    with browser.open() as page:
        page.expect("404")
        page.view("overview")
        page.get_by_text("5 removals held").wait_for()
        for view, text in [("log", "Dara Keita"), ("people", "active"), ("attention", "xMatters has no site 'Atlantis'.")]:
            page.view(view)
            page.get_by_text(text).first.wait_for()
        job = call(browser.demo, "/api/v1/job")
        assert job["heldRemovals"] == 5 and {"key": "Group", "value": 3} in job["status"]["synchronizedEntryCountByType"], job


def the_job_is_paused_and_goes_on(browser):
    with browser.open() as page:
        page.expect("404")
        page.get_by_role("button", name="Pause", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Pause").click()
        page.get_by_text("The job is paused.").wait_for()
        assert call(browser.demo, "/api/v1/job")["schedule"]["state"] == "Paused"
        page.keyboard.press("r")
        page.get_by_role("button", name="Start", exact=True).click()
        page.get_by_text("The job goes on.").wait_for()
        assert call(browser.demo, "/api/v1/job")["schedule"]["state"] == "Active"


def two_of_five_held_removals_are_released(browser):
    with browser.open() as page:
        page.expect("404")
        page.view("attention")
        page.get_by_text("5 removals held").wait_for()
        names = page.get_by_role("table", name="Held removals").locator("tbody th").all_inner_texts()
        for name in names[:2]:
            page.get_by_label(f"Select {name}").check()
        page.get_by_role("button", name="Allow…").first.click()
        dialog = page.get_by_role("dialog")
        for name in names[:2]:
            dialog.get_by_text(name).wait_for()
        dialog.get_by_role("button", name="Allow 2").click()
        page.get_by_text("2 removals allowed.").wait_for()
        page.get_by_text("3 removals held").wait_for()
        held = [one["displayName"] for one in call(browser.demo, "/api/v1/removals")["value"] if one["state"] == "held"]
        assert sorted(held) == sorted(names[2:]), (held, names)
        page.view("audit")
        page.locator("tbody tr").first.get_by_text("allowRemovals").wait_for()
        assert page.locator("tbody tr").first.get_by_text("admin token").count() == 1


def a_wrong_token_opens_nothing(browser):
    with browser.open(signed_in=False) as page:
        page.expect("401")
        page.goto(browser.demo.url)
        page.get_by_label("Token").fill("not the token, surely")
        page.keyboard.press("Enter")
        page.get_by_text("neither the admin token nor the read token").wait_for()
        assert page.context.cookies() == []


def signing_out_in_one_tab_signs_out_the_other(browser):
    with browser.open() as first:
        first.expect("404|401")
        other = first.context.new_page()
        other.goto(browser.demo.url)
        other.get_by_role("navigation").wait_for()
        cookies = first.context.cookies()
        assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in cookies] == [("rollcall", True, "Strict")], cookies
        first.get_by_role("button", name="Sign out").click()
        first.get_by_label("Token").wait_for()
        other.get_by_label("Token").wait_for()
        assert first.context.cookies() == []
        assert other.evaluate("fetch('../api/v1/job').then((answer) => answer.status)") == 401


def accounts_sign_in_through_the_identity_provider(browser):
    for account, role in [("Olu Operator", "operator"), ("Rita Reader", "reader")]:
        with browser.open(signed_in=False, foreign=browser.demo.graph) as page:
            page.expect("403|404")
            page.goto(browser.demo.url + "#/log?status=success")
            page.get_by_role("link", name="Sign in with Microsoft Entra ID").click()
            page.get_by_role("link", name=account).click()
            page.get_by_role("navigation").wait_for()
            assert page.url.endswith("/console/#/log?status=success"), page.url
            assert account.split()[0].lower() in page.locator(".caller").inner_text()
            assert page.locator(".role").inner_text() == role
            page.view("overview")
            page.locator(".word").first.wait_for()
            assert page.get_by_role("button", name="Pause", exact=True).count() == (1 if role == "operator" else 0)
            # The server refuses all the same.
            status = page.evaluate("() => fetch('../api/v1/job/start', {method: 'POST'}).then((answer) => answer.status)")
            assert status == (204 if role == "operator" else 403), status


def an_account_without_a_role_is_told_what_to_ask_for(browser):
    with browser.open(signed_in=False, foreign=browser.demo.graph) as page:
        page.goto(browser.demo.url)
        page.get_by_role("link", name="Sign in with Microsoft Entra ID").click()
        page.get_by_role("link", name="Nora Norole").click()
        page.get_by_text("Your account has no role here.").wait_for()
        assert not [one for one in page.context.cookies() if one["name"] == "rollcall"]


def a_provider_that_lies_lets_nobody_in(browser):
    def tell(**change):
        request = urllib.request.Request(browser.demo.graph + "/simulator/identity", json.dumps(change).encode(), method="POST")
        urllib.request.urlopen(request, timeout=15).close()

    for lie in ["wrongSignature", "otherTenant", "expired"]:
        tell(lie=lie)
        try:
            with browser.open(signed_in=False, foreign=browser.demo.graph) as page:
                page.goto(browser.demo.url)
                page.get_by_role("link", name="Sign in with Microsoft Entra ID").click()
                page.get_by_role("link", name="Olu Operator").click()
                page.get_by_text("is not to be trusted").wait_for()
        finally:
            tell(lie=None)


def a_link_is_kept_over_the_sign_in(browser):
    with browser.open(signed_in=False) as page:
        page.expect("404")
        page.enter("#/log?status=failure")
        assert page.url.endswith("#/log?status=failure")
        page.get_by_role("heading", name="Provisioning log").wait_for()


def a_foreign_page_orders_nothing(browser):
    """A page of another origin that posts a form and calls fetch, with the session's cookie in the same browser."""

    class Foreign(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            target = browser.demo.url.replace("/console/", "/api/v1/job/pause").replace("127.0.0.1", "localhost")
            self.wfile.write(f"<form method=post action='{target}'><button>go</button></form>".encode())

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Foreign)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with browser.open() as page:
            page.expect(".*")
            other = page.context.new_page()
            other.goto(f"http://127.0.0.1:{server.server_port}/")
            status = other.evaluate(
                "(url) => fetch(url, {method: 'POST', credentials: 'include', mode: 'no-cors'}).then((answer) => answer.type)",
                browser.demo.url.replace("/console/", "/api/v1/job/pause"))
            assert status == "opaque"
            with other.expect_navigation() as navigation:
                other.get_by_role("button").click()
            assert navigation.value.status in (401, 403)
            assert call(browser.demo, "/api/v1/job")["schedule"]["state"] == "Active"
    finally:
        server.shutdown()


def it_works_behind_a_path_prefix(browser):
    """A proxy that speaks HTTP/1.0, is slow, and shows the service under /ops."""
    target = urllib.parse.urlsplit(browser.demo.url).netloc

    class Proxy(http.server.BaseHTTPRequestHandler):
        def forward(self):
            if not self.path.startswith("/ops/"):
                self.send_error(404)
                return
            time.sleep(0.2)
            connection = http.client.HTTPConnection(target, timeout=15)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
            connection.request(self.command, self.path.removeprefix("/ops"), body or None, headers)
            answer = connection.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.end_headers()
            while chunk := answer.read1(65536):
                self.wfile.write(chunk)

        do_GET = do_POST = do_DELETE = forward

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        with browser.open(signed_in=False, foreign=address) as page:
            page.expect("404")
            page.goto(address + "/ops/console")
            assert page.url == address + "/ops/console/", page.url
            page.get_by_label("Token").fill(browser.demo.token)
            page.keyboard.press("Enter")
            page.locator(".word").first.wait_for()
            page.view("log")
            page.locator("tr[data-row]").first.wait_for()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_label("Token").wait_for()
    finally:
        server.shutdown()


def no_page_may_frame_it(browser):
    with browser.open(signed_in=False) as page:
        answer = page.goto(browser.demo.url)
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        refused = page.evaluate("() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } }")
        assert refused, "text does not become markup"
        page.expect("TrustedHTML|policy: require-trusted-types")


def slow_and_broken_answers_are_told(browser):
    with browser.open(State(people=50)) as page:
        page.expect("500|502|Failed to load")
        answers = {"broken": lambda route: route.fulfill(status=200, body="{\"value\": [", content_type="application/json"),
                   "proxy": lambda route: route.fulfill(status=502, body="<html>bad gateway</html>", content_type="text/html"),
                   "error": lambda route: route.fulfill(status=500, json={"error": {"code": "InternalError", "message": "The request failed; the log says why."}})}
        for name, text in [("broken", "The answer is broken"), ("proxy", "The answer was 502"), ("error", "The request failed; the log says why.")]:
            page.view("overview")
            page.fault = lambda route, name=name: (answers[name](route), True)[1] if "/provisioning" in route.request.url else False
            page.view("log")
            page.locator(".notice").get_by_text(text).wait_for()
            page.fault = None
        page.keyboard.press("r")
        page.locator("tr[data-row]").first.wait_for()


def what_is_unreachable_is_told_and_comes_back(browser):
    with browser.open(State(people=50)) as page:
        page.expect("Failed to load|ERR_")
        page.fault = lambda route: (route.abort(), True)[1]
        page.keyboard.press("r")
        page.locator(".notice").get_by_text("the service cannot be reached").wait_for()
        page.fault = None
        page.keyboard.press("r")
        page.wait_for_timeout(200)
        assert "as of" in page.locator(".as-of").inner_text()


def a_stream_that_is_cut_is_told_and_polling_takes_its_place(browser):
    """Reconnecting within five seconds, then polling, and live again."""
    state = State(people=50)
    with browser.open(state) as page:
        page.expect("Failed to load|ERR_|404")
        words = page.locator(".live-word")
        page.unroute("**/api/v1/**")
        page.route("**/api/v1/**", lambda route: route.abort() if "/events" in route.request.url else page.answer(route))
        page.keyboard.press(".")
        assert "paused" in words.inner_text()
        page.keyboard.press(".")
        words.get_by_text("reconnecting").wait_for(timeout=5000)
        words.get_by_text("polling").wait_for(timeout=15_000)
        state.paused = True
        page.get_by_text("Paused", exact=False).first.wait_for(timeout=10_000)


def pause_means_pause(browser):
    state = State(people=50)
    with browser.open(state) as page:
        page.keyboard.press(".")
        page.wait_for_timeout(300)
        asked = []
        page.on("request", lambda request: "/api/v1/" in request.url and asked.append(request.url))
        page.evaluate("() => { dispatchEvent(new Event('focus')); document.dispatchEvent(new Event('visibilitychange')); }")
        page.wait_for_timeout(6500)
        assert not asked, asked


def a_hidden_tab_closes_its_stream(browser):
    with browser.open(State(people=50)) as page:
        asked = []
        page.evaluate("() => { Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }")
        page.wait_for_timeout(300)
        page.on("request", lambda request: "/api/v1/" in request.url and asked.append(request.url))
        page.wait_for_timeout(4000)
        assert not asked, asked


TESTS = [
    the_demonstration_has_what_is_worth_looking_at, the_job_is_paused_and_goes_on, two_of_five_held_removals_are_released, a_wrong_token_opens_nothing, signing_out_in_one_tab_signs_out_the_other,
    accounts_sign_in_through_the_identity_provider, an_account_without_a_role_is_told_what_to_ask_for, a_provider_that_lies_lets_nobody_in,
    a_link_is_kept_over_the_sign_in, a_foreign_page_orders_nothing, it_works_behind_a_path_prefix, no_page_may_frame_it, slow_and_broken_answers_are_told,
    what_is_unreachable_is_told_and_comes_back, a_stream_that_is_cut_is_told_and_polling_takes_its_place, pause_means_pause, a_hidden_tab_closes_its_stream,
]

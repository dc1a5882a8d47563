"""What operators come for, by the keyboard alone."""

import re

from crafted import State, guid


def keys(page, *names):
    for name in names:
        page.keyboard.press(name)
        page.wait_for_timeout(30)


def focused(page):
    return page.evaluate("document.activeElement?.dataset?.key ?? document.activeElement?.tagName")


def allow_three_of_forty_held_removals(browser):
    state = State(people=300)
    with browser.open(state) as page:
        keys(page, "g", "n")
        page.get_by_text("40 removals held").wait_for()
        for _ in range(3):
            keys(page, "j", "x")
        page.get_by_text("3 selected").wait_for()
        page.get_by_role("button", name="Allow…").first.focus()
        keys(page, "Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Allow 3 removals?").wait_for()
        assert dialog.locator("li").count() == 3
        assert page.evaluate("document.activeElement.textContent") == "Cancel", "nothing happens by accident"
        keys(page, "Tab", "Enter")
        page.get_by_text("3 removals allowed.").wait_for()
        page.get_by_text("37 removals held").wait_for()
        (path, body), = state.orders
        assert path == "removals/allow" and body == {"objectIds": [guid(number) for number in (100, 101, 102)]}, state.orders


def above_twenty_the_number_is_typed(browser):
    state = State(people=300)
    with browser.open(state) as page:
        page.view("attention")
        page.locator("[data-all=removals]").check()
        page.get_by_role("button", name="Allow…").first.click()
        dialog = page.get_by_role("dialog")
        go = dialog.get_by_role("button", name="Allow 40")
        assert go.is_disabled()
        keys(page, "4", "1")
        assert go.is_disabled()
        keys(page, "Backspace", "0")
        assert go.is_enabled()
        keys(page, "Escape")
        dialog.wait_for(state="hidden")
        assert not state.orders
        assert "Allow…" in page.evaluate("document.activeElement.textContent"), "focus returns"


def keeping_is_an_order_of_its_own(browser):
    state = State(people=300, held=5)
    with browser.open(state) as page:
        page.view("attention")
        keys(page, "j", "x")
        page.get_by_role("button", name="Keep…").click()
        page.get_by_role("dialog").get_by_role("button", name="Keep 1").click()
        page.get_by_text("4 removals held").wait_for()
        page.get_by_role("button", name="Allow kept ones…").wait_for()
        assert state.orders[0][0] == "removals/keep"


def find_out_why_a_person_is_missing(browser):
    with browser.open(State(people=300)) as page:
        keys(page, "g", "p")
        page.get_by_role("heading", name="People").wait_for()
        keys(page, "/")
        page.keyboard.type("Jun Mor")
        page.get_by_role("link", name="Jun Moreno").wait_for()
        keys(page, "Enter")
        keys(page, "Enter")
        page.get_by_text("Not in scope").wait_for()
        page.get_by_text("left out by the filter 'employees': userType EQUALS Member: False").wait_for()
        page.get_by_text("1 attribute differs").wait_for()


def pause_and_go_on(browser):
    state = State(people=50)
    with browser.open(state) as page:
        page.get_by_role("button", name="Pause", exact=True).focus()
        keys(page, "Enter", "Tab", "Enter")
        page.get_by_text("The job is paused.").wait_for()
        keys(page, "r")
        page.get_by_role("button", name="Start", exact=True).wait_for()
        assert "Paused" in page.locator(".words").inner_text()
        assert focused(page) == "start", "the focus is where it was"
        keys(page, "Enter")
        page.get_by_text("The job goes on.").wait_for()
        assert [path for path, _ in state.orders] == ["job/pause", "job/start"]


def an_entry_opens_in_a_pane_and_the_focus_returns(browser):
    with browser.open(State(people=300)) as page:
        keys(page, "g", "l")
        page.locator("tr[data-row]").first.wait_for()
        keys(page, "j", "j", "j", "j", "Enter")
        pane = page.get_by_label("Entry", exact=True)
        pane.get_by_role("tab", name="Troubleshooting & recommendations", selected=True).wait_for()
        assert re.search(r"entry=entry-3\b", page.url)
        pane.get_by_role("tab", selected=True).focus()
        keys(page, "ArrowRight")
        pane.get_by_role("tab", name="Modified properties", selected=True).wait_for()
        assert "tab=properties" in page.url
        keys(page, "Escape")
        pane.wait_for(state="hidden")
        assert focused(page) == "entry-entry-3"


def filters_are_in_the_address(browser):
    with browser.open(State(people=300)) as page:
        page.view("log?status=failure")
        page.get_by_role("button", name=re.compile("Take away the filter Status: failure")).wait_for()
        assert page.locator("tr[data-row]").count() == 30
        page.get_by_label("Search").fill("Keita")
        keys(page, "Enter")
        page.wait_for_function("() => location.hash.includes('search=Keita')")
        page.get_by_role("button", name=re.compile("Take away the filter Status")).click()
        page.wait_for_function("() => !location.hash.includes('status')")
        page.go_back()
        page.wait_for_function("() => location.hash.includes('status=failure')")


def what_is_new_waits_to_be_shown(browser):
    state = State(people=300)
    with browser.open(state) as page:
        page.view("log")
        first = page.locator("tr[data-row]").first.get_attribute("data-key")
        new = state.entry(299)
        new["id"], new["activityDateTime"] = "entry-new", "2026-12-01T12:00:01.000Z"
        state.log.insert(0, new)
        button = page.get_by_role("button", name="1 new entry: show")
        button.wait_for(timeout=15_000)
        assert page.locator("tr[data-row]").first.get_attribute("data-key") == first
        button.click()
        assert page.locator("tr[data-row]").first.get_attribute("data-key") == "entry-entry-new"


def the_table_is_written_as_it_is_shown(browser):
    with browser.open() as page:
        page.expect("404")
        page.view("log?status=success")
        shown = page.locator("tr[data-row]").count()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        lines = open(download.value.path(), encoding="utf-8", newline="").read().strip().split("\r\n")
        assert len(lines) == shown + 1, (len(lines), shown)


def an_expression_is_tried_on_a_person(browser):
    state = State(people=300)
    with browser.open(state) as page:
        keys(page, "g", "c")
        page.get_by_label("Expression").fill("Join(")
        page.get_by_label("Person", exact=True).fill(guid(7))
        page.get_by_role("button", name="Evaluate").click()
        page.get_by_text("A closing parenthesis is missing at position 6.").wait_for()
        assert page.evaluate("document.activeElement.selectionStart") == 5
        page.get_by_label("Expression").fill("[displayName]")
        page.get_by_role("button", name="Evaluate").click()
        page.locator("output").get_by_text("Hana Keita").wait_for()


def a_changed_mapping_shows_who_would_change(browser):
    state = State(people=300)
    with browser.open(state) as page:
        page.view("configuration")
        page.get_by_label("Changed mappings").fill("mappings: {users: []}")
        page.get_by_label("Only this person").fill(guid(6))
        page.get_by_role("button", name="See who would change").click()
        page.get_by_role("heading", name="This person would change").wait_for()
        assert state.plan == "mappings: {users: []}"
        assert page.get_by_role("table", name="Who would change how").locator("tbody tr").count() == 1


def single_keys_can_be_switched_off(browser):
    with browser.open(State(people=50)) as page:
        keys(page, "?")
        page.get_by_label("Single keys are on").uncheck()
        keys(page, "Escape", "g", "l")
        assert "#/log" not in page.url


TESTS = [
    allow_three_of_forty_held_removals, above_twenty_the_number_is_typed, keeping_is_an_order_of_its_own, find_out_why_a_person_is_missing,
    pause_and_go_on, an_entry_opens_in_a_pane_and_the_focus_returns, filters_are_in_the_address, what_is_new_waits_to_be_shown,
    the_table_is_written_as_it_is_shown, an_expression_is_tried_on_a_person, a_changed_mapping_shows_who_would_change, single_keys_can_be_switched_off,
]

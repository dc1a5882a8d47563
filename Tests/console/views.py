"""Every view, both themes, every dialog: rules of axe, widths, names that are no markup."""

from axe_playwright_python.sync_playwright import Axe

from crafted import HOSTILE, State, guid

VIEWS = ["overview", "log", "log?entry=entry-3", "log?entry=entry-1&tab=properties", "people", f"people/{guid(1)}", "attention", "configuration", "audit"]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def assert_accessible(page, where):
    page.wait_for_timeout(200)
    result = Axe().run(page.page, options=RULES)
    found = [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in result.response["violations"]]
    assert not found, (where, found)


def open_dialogs(page):
    """Opens each dialog, and closes it by its name."""
    page.view("overview")
    for name in ["Pause", "Restart…"]:
        page.get_by_role("button", name=name, exact=True).click()
        yield name
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    yield "keys"
    page.keyboard.press("Escape")
    page.view("attention")
    page.locator("[data-all=removals]").check()
    for name in ["Allow…", "Keep…"]:
        page.get_by_role("button", name=name, exact=True).first.click()
        yield name
        page.keyboard.press("Escape")
    page.view(f"people/{guid(2)}")
    page.get_by_role("button", name="Unlink…").click()
    yield "unlink"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Provision…").click()
    page.get_by_role("dialog").wait_for()
    yield "provision"
    page.keyboard.press("Escape")


def every_view_and_dialog_is_accessible_in_both_themes(browser):
    for theme in ["light", "dark"]:
        with browser.open(State(people=300), color_scheme=theme) as page:
            for view in VIEWS:
                page.view(view)
                assert_accessible(page, (theme, view))
            for name in open_dialogs(page):
                assert_accessible(page, (theme, "dialog", name))


def the_way_in_is_accessible(browser):
    for theme in ["light", "dark"]:
        with browser.open(signed_in=False, color_scheme=theme) as page:
            page.goto(browser.demo.url)
            page.get_by_label("Token").wait_for()
            assert_accessible(page, theme)


def no_view_scrolls_sideways_at_320_pixels_or_200_percent(browser):
    for width, height in [(320, 640), (640, 450)]:
        with browser.open(State(people=300), viewport={"width": width, "height": height}) as page:
            for view in VIEWS:
                page.view(view)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (view, wide)


def forced_colours_and_reduced_motion_lose_nothing(browser):
    with browser.open(State(people=50), forced_colors="active", reduced_motion="reduce") as page:
        for view in VIEWS:
            page.view(view)
            assert page.locator("main h1").inner_text()


def names_are_data(browser):
    with browser.open(State(people=50)) as page:
        for view in VIEWS:
            page.view(view)
            assert "broken in" not in page.title(), view
        for number, name in enumerate(HOSTILE):
            page.view(f"people/{guid(number)}")
            page.locator("h2.person").get_by_text(name, exact=True).wait_for()
            assert page.locator("main script, main img, main svg[onload]").count() == 0
        # What turns the direction of text ends with the name.
        page.view("log")
        assert page.locator("tbody th").nth(1).locator("bdi").count() == 1


def a_reader_sees_everything_and_no_button_that_orders(browser):
    orders = ["Pause", "Start", "Cycle now", "Test connection", "Restart…", "Provision…", "Provision again", "Unlink…", "Allow…", "Keep…", "Retry"]
    with browser.open(State(people=50, role="reader")) as page:
        for view in VIEWS:
            page.view(view)
            names = page.locator("main button").all_inner_texts()
            assert not [name for name in names if name.strip() in orders or name.startswith("Retry")], (view, names)
            assert page.locator("main input[type=checkbox]").count() == 0, view
        page.view("overview")
        assert "removals held" in page.locator("main").inner_text()


TESTS = [
    every_view_and_dialog_is_accessible_in_both_themes, the_way_in_is_accessible, no_view_scrolls_sideways_at_320_pixels_or_200_percent,
    forced_colours_and_reduced_motion_lose_nothing, names_are_data, a_reader_sees_everything_and_no_button_that_orders,
]

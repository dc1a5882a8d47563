"""Size and speed: 100 kB in all, the first view in under 300 ms from loopback, also over 10,000 people."""

from crafted import State

MAX_BYTES = 100_000
MAX_MILLISECONDS = 300
VIEWS = ["overview", "log", "people", "attention", "configuration", "audit"]


def all_files_together_are_small(browser):
    with browser.open(State(people=50)) as page:
        for view in VIEWS:
            page.view(view)
        entries = page.evaluate("performance.getEntries().filter((one) => one.name.includes('/console/')).map((one) => [one.name, one.transferSize])")
        total = sum({name.split("#")[0]: size for name, size in entries}.values())
        print(f"    {total} bytes over the wire, {len(entries)} files")
        assert 0 < total <= MAX_BYTES, total


def the_first_view_is_quick(browser):
    with browser.open() as page:
        page.expect("404")
        signed_in = page.context.storage_state()
    times = []
    for _ in range(5):
        with browser.open(signed_in=False, storage_state=signed_in) as page:
            page.expect("404")
            page.add_init_script("""(() => {
                const look = () => document.querySelector('.word') ? window.firstView = performance.now() : requestAnimationFrame(look);
                look();
            })()""")
            page.goto(browser.demo.url)
            times.append(page.wait_for_function("() => window.firstView").json_value())
    # The machine does other work as well: the best is the nearest to what it takes.
    print(f"    {min(times):.0f} ms to the first view, of {[round(one) for one in times]}")
    assert min(times) < MAX_MILLISECONDS, times


def ten_thousand_people_stay_quick(browser):
    with browser.open(State(people=10_000)) as page:
        for view, row in [("log", "tr[data-row]"), ("people", "tr[data-row]"), ("attention", "tr[data-row]")]:
            page.evaluate("() => { location.hash = '#/audit'; }")
            page.wait_for_timeout(200)
            milliseconds = page.evaluate("""([view, row]) => new Promise((resolve) => {
                const began = performance.now();
                const look = () => document.querySelector(`main ${row}`) && document.querySelector(`nav a[data-view=${view}][aria-current]`)
                  ? resolve(performance.now() - began) : requestAnimationFrame(look);
                location.hash = `#/${view}`;
                look();
            })""", [view, row])
            print(f"    {view}: {milliseconds:.0f} ms")
            assert milliseconds < 1000, (view, milliseconds)
            assert page.locator("main tr").count() < 1200, "pages, not everything"


TESTS = [all_files_together_are_small, the_first_view_is_quick, ten_thousand_people_stay_quick]

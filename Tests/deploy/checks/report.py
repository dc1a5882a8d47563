"""Counts what held and what did not, and says so as it goes."""

import os


class Report:
    def __init__(self, say=print):
        self.passed = self.failed = self.skipped = 0
        self.say = say

    def expect(self, name, holds, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.say(f"FAILED  {name}" + (f": {detail}" if detail else ""))
        return holds

    def expect_none(self, name, problems):
        """Holds when there are no problems; prints each."""
        problems = list(problems)
        return self.expect(name, not problems, "; ".join(problems))

    def missing_tool(self, tool):
        """A tool that is not there: fails in CI, elsewhere is said and counted."""
        if os.environ.get("CI"):
            self.expect(f"{tool} is installed", False)
        else:
            self.skipped += 1
            self.say(f"skipped {tool}: not installed")

    def close(self):
        self.say(f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else ""))
        return 1 if self.failed else 0

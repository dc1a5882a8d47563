"""The alert rules: promtool, the names of metrics, and a test for each alert."""

import re
import shutil
import subprocess

import yaml


def known_metrics(project):
    """Those of the table (docs/metrics.md, "Metrics"), which Tests/docs/check compares with the code."""
    return set(re.findall(r"`((?:rollcall|process)_\w+)`", (project / "docs" / "metrics.md").read_text()))


def unknown_metrics(text, known):
    for name in sorted(set(re.findall(r"\b(?:rollcall|process)_\w+", text))):
        if name not in known and re.sub(r"_(sum|count|bucket)$", "", name) not in known:
            yield name


def check(report, project):
    folder = project / "deploy/prometheus"
    text = (folder / "alerts.yaml").read_text()
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    report.expect("alerts: there are some", bool(rules))
    report.expect_none("alerts: only metrics that Rollcall has", unknown_metrics(text, known_metrics(project)))
    tests = yaml.safe_load((folder / "alerts.test.yaml").read_text())["tests"]
    firing = [expression["expr"] for test in tests for expression in test["promql_expr_test"]
              if expression["exp_samples"]]
    for rule in rules:
        name = rule["alert"]
        report.expect(f"alerts: {name} has a severity", rule["labels"].get("severity") in ("warning", "critical"))
        report.expect(f"alerts: {name} says what and what to do",
                      all(rule["annotations"].get(key) for key in ("summary", "description")))
        report.expect(f"alerts: a test sees {name} fire", any(f'"{name}"' in expression for expression in firing))

    if not shutil.which("promtool"):
        report.missing_tool("promtool")
        return
    for arguments in (["check", "rules", "--lint=all", "--lint-fatal", "alerts.yaml"],
                      ["test", "rules", "alerts.test.yaml"]):
        done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
        report.expect(f"alerts: promtool {' '.join(arguments[:2])}", done.returncode == 0, done.stdout + done.stderr)

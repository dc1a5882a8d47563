"""The alert rules: promtool, the names of metrics, and a test for each alert."""

import re
import shutil
import subprocess

import yaml

QUEUE = ["depth", "adds_total", "retries_total", "queue_duration_seconds", "work_duration_seconds",
         "unfinished_work_seconds", "longest_running_processor_seconds"]
METRICS = {f"rollcall_workqueue_{name}" for name in QUEUE} | {
    "rollcall_notifications_total", "rollcall_change_latency_seconds", "rollcall_provisioning_actions_total",
    "rollcall_cycle_duration_seconds", "rollcall_cycle_last_attempt_timestamp_seconds",
    "rollcall_cycle_last_success_timestamp_seconds", "rollcall_upstream_request_duration_seconds",
    "rollcall_upstream_throttled_total", "rollcall_removals_held", "rollcall_quarantined",
    "rollcall_drift_found_total", "rollcall_subscription_expiration_timestamp_seconds",
    "rollcall_credential_expiration_timestamp_seconds", "rollcall_notifications_silent", "rollcall_build_info",
}


def unknown_metrics(text):
    for name in sorted(set(re.findall(r"\brollcall_\w+", text))):
        if name not in METRICS and re.sub(r"_(sum|count|bucket)$", "", name) not in METRICS:
            yield name


def check(report, project):
    folder = project / "deploy/prometheus"
    text = (folder / "alerts.yaml").read_text()
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    report.expect("alerts: there are some", bool(rules))
    report.expect_none("alerts: only metrics that Rollcall has", unknown_metrics(text))
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

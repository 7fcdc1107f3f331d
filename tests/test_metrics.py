"""Every metric is documented, no label can hold anything personal, and alerts and dashboard use what exists."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package of their own
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

import web.app
import worker
from activities.metrics import definitions
from tests.support.typography import faults
from tests.test_documents import _headings

_ROOT = Path(__file__).parent.parent
_PROMETHEUS = _ROOT / "deploy" / "prometheus"
_RULES: list[dict[str, Any]] = yaml.safe_load((_PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
_ALERTS = [rule for rule in _RULES if "alert" in rule]
_TRIALS = _ROOT / "tests" / "deploy" / "alerts.test.yml"
_DASHBOARD = json.loads((_ROOT / "deploy" / "grafana" / "dashboards" / "reassort.json").read_text())
_NAME = re.compile(r"\b(?:reassort|temporal|node|process|python)[_:][\w:]+|\bup\b")
_OURS = {each for each in vars(definitions).values() if isinstance(each, MetricWrapperBase)}
# The values of each label come from a list: routes, methods and statuses of HTTP; enums and gateways of ours; see
# `test_request_metrics.py` for addresses, `test_recovery_metrics.py` for causes.
_LABELS = {"route", "method", "status", "access", "outcome", "channel", "gateway", "stage", "cause", "role"}


def _documented() -> dict[str, set[str]]:
    """Return the labels of each metric of docs/metrics.md."""
    rows = re.findall(r"^\| `([\w:]+)` \|([^|]*)\|", (_ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def _name(metric: MetricWrapperBase) -> str:
    [family] = metric.describe()
    return f"{family.name}_total" if family.type == "counter" else family.name


def test_every_metric_is_documented() -> None:
    """Each has a row with its labels, and each row of ours its metric."""
    documented = {name: labels for name, labels in _documented().items() if name.startswith("reassort_")}
    assert documented == {_name(metric): set(metric._labelnames) for metric in _OURS}


def test_every_metric_is_in_one_file() -> None:
    """No module of web or worker registers another one."""
    assert {web.app.__name__, worker.__name__} <= set(sys.modules)
    families = {family.name for metric in _OURS for family in metric.describe()}
    assert {each.name for each in REGISTRY.collect() if each.name.startswith("reassort")} == families


def test_no_label_can_hold_anything_personal() -> None:
    """A new label is named here, once it is clear that its values are few and say nothing of a person."""
    assert {label for metric in _OURS for label in metric._labelnames} == _LABELS


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_uses_what_exists(rule: dict[str, Any]) -> None:
    """Each metric of its expression is documented, or recorded by another rule."""
    assert _unknown(rule["expr"]) == set()


def test_the_dashboard_uses_what_exists() -> None:
    """Each metric of its panels is documented; its titles have French typography."""
    panels = _DASHBOARD["panels"]
    assert [
        _unknown(target["expr"]) for panel in panels for target in panel["targets"] if _unknown(target["expr"])
    ] == []
    texts = [panel["title"] for panel in panels]
    texts += [
        re.sub(r"\{\{\w+\}\}", "X", target["legendFormat"]) for panel in panels for target in panel["targets"]
    ]
    assert [fault for text in texts for fault in faults(text)] == []


def _unknown(expression: str) -> set[str]:
    plain = re.sub(r'"[^"]*"', "", expression)
    names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in _NAME.findall(plain)}
    assert names
    return names - set(_documented()) - {rule["record"] for rule in _RULES if "record" in rule}


def test_an_unknown_metric_is_found() -> None:
    """Also beside known ones, as a histogram's buckets."""
    assert _unknown('sum(rate(reassort_sends_bucket{a="reassort_b"}[5m])) / up') == {"reassort_sends"}


@pytest.mark.parametrize("alert", _ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(alert: dict[str, Any]) -> None:
    """In French, with a section of the documents that exists; it is in the list of alerts, and is tried."""
    assert alert["labels"]["severity"] in {"page", "ticket"}
    texts = [re.sub(r"\{\{.*?\}\}", "X", alert["annotations"][key]) for key in ("summary", "action")]
    assert [fault for text in texts for fault in faults(text)] == []
    path, _, heading = alert["annotations"]["runbook"].partition("#")
    assert heading in _headings(_ROOT / path)
    assert f"`{alert['alert']}`" in (_ROOT / "docs" / "metrics.md").read_text()
    assert f'alertname="{alert["alert"]}"' in _TRIALS.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", _PROMETHEUS / "alerts.yml"),
        ("check", "config", "--syntax-only", _PROMETHEUS / "prometheus.yml"),
        ("test", "rules", _TRIALS),
    ],
    ids=["rules", "config", "trials"],
)
def test_prometheus_accepts_the_files(arguments: tuple[str | Path, ...]) -> None:
    """It reads both, and each alert fires when it must and at no other time."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed here; it is in Debian's package prometheus")
    checked = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

"""What the platforms ask for, as of a day."""

from __future__ import annotations

import json

import pytest

from kpiterm.cli import main


def test_the_standards_of_a_day_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["kpi", "standards", "--on", "2024-09-24", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["v"], document["on"]) == (1, "2024-09-24")
    found = {(s["channel"] or s["platform"], s["metric"]): s for s in document["standards"]}
    advice = found["amazon.com", "on_time_delivery_rate"]
    assert (advice["target"], advice["binding"], advice["valid_to"]) == (
        {"op": ">=", "value": "0.97"}, False, "2024-09-24",
    )  # fmt: skip
    assert ("walmart.com", "return_rate") not in found
    assert main.run(["--lang", "zh", "kpi", "standards", "--on", "2026-11-22"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("return_rate" in line and "≤ 6 %" in line and "2026-01-29 公布" in line for line in lines)


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["kpi", "standards", "--on", "yesterday"]) == 2
    assert "write 2026-11-01" in capsys.readouterr().err

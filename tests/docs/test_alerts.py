"""What the page on alerts shows is a file that kpiterm reads, and its commands are there."""

from __future__ import annotations

import re
from pathlib import Path

from kpiterm.analysis.alerts import load_rules
from kpiterm.analysis.kpi.catalogue import load_catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "alerts.md"


def test_the_rules_shown_are_valid_and_every_condition_is_in_the_table(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "alerts.toml").write_text(shown, "utf-8")
    assert [rule.kpi for rule in load_rules(tmp_path / "alerts.toml", load_catalogue()).rules] == ["odr", "contract"]
    conditions = re.findall(r"^\| `([^`]+)` \| (?!opens)", text, re.MULTILINE)
    assert len(conditions) == 7
    for when in conditions:
        (tmp_path / "alerts.toml").write_text(f'[[rule]]\nkpi = "*"\nwhen = "{when}"\nseverity = "info"\n', "utf-8")
        assert str(load_rules(tmp_path / "alerts.toml", ()).rules[0].when) == when

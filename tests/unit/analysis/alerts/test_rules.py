"""alerts.toml: what it may say, and what is said about its faults."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.alerts import DEFAULTS, Rule, When, load_rules
from kpiterm.errors import ConfigError

KNOWN = {"acos", "odr"}
RULE = """[[rule]]
kpi = "acos"
when = "breach"
severity = "critical"
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "alerts.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_or_without_rules_the_built_in_ones_are_in_force(tmp_path: Path) -> None:
    assert load_rules(tmp_path / "alerts.toml", KNOWN) == DEFAULTS
    found = load_rules(written(tmp_path, "window_hours = 1\nremind_hours = 12\n"), KNOWN)
    assert (found.rules, found.window, found.remind) == (DEFAULTS.rules, timedelta(hours=1), timedelta(hours=12))


def test_rules_of_the_file_take_the_place_of_the_built_in_ones(tmp_path: Path) -> None:
    text = (
        '[[rule]]\nkpi = "odr"\nchannel = "amazon.com"\nwhen = "p_hit < 0.25"\nseverity = "warning"\nfor = 3\n'
        'clear_after = 4\n[[rule]]\nkpi = "*"\nwhen = "data older than 1 day"\nseverity = "info"\n'
    )
    assert load_rules(written(tmp_path, text), KNOWN).rules == (
        Rule(kpi="odr", channel="amazon.com", when=When("p_hit", Decimal("0.25")), severity="warning", holds=3,
             clear_after=4),
        Rule(kpi="*", when=When("stale", Decimal(1)), severity="info"),
    )  # fmt: skip


def test_a_condition_reads_as_it_is_written(tmp_path: Path) -> None:
    for rule in DEFAULTS.rules:
        text = RULE.replace('"acos"', '"*"').replace('"breach"', f'"{rule.when}"')
        assert load_rules(written(tmp_path, text), KNOWN).rules[0].when == rule.when


@pytest.mark.parametrize(
    ("wrong", "right", "words", "hint"),
    [
        ('kpi = "acos"', 'kpi = "acoss"', "rule[1].kpi: unknown KPI 'acoss'", "did you mean 'acos'"),
        ('when = "breach"', 'when = "breached"', "rule[1].when: found 'breached'", "p_hit < 0.3"),
        ('when = "breach"', 'when = "p_hit < 30"', "rule[1].when", "p_hit < 0.3"),
        ('severity = "critical"', 'severity = "high"', "rule[1].severity: found 'high'", "info, warning, critical"),
        ('severity = "critical"\n', 'severity = "critical"\nfor = 0\n', "rule[1].for", "from 1"),
        ('kpi = "acos"', 'kpi = "acos"\nchanel = "all"', "rule[1].chanel: unknown key", "did you mean 'channel'"),
        ("[[rule]]", f"{RULE}[[rule]]", "rule[2]: says the same", "remove one"),
        ("[[rule]]", "window_hours = 48\n[[rule]]", "remind_hours: 24 is less", "at least 48"),
    ],
)
def test_a_fault_names_file_key_and_remedy(wrong: str, right: str, words: str, hint: str, tmp_path: Path) -> None:
    file = written(tmp_path, RULE.replace(wrong, right))
    with pytest.raises(ConfigError) as caught:
        load_rules(file, KNOWN)
    assert str(file) in caught.value.message
    assert words in caught.value.message
    assert hint in caught.value.hint

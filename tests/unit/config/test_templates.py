"""The templates must be right in both states: commented out, and with the comments taken away."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from kpiterm.analysis.alerts import DEFAULTS, load_rules
from kpiterm.analysis.contract.terms import load_terms, terms_in_force
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.config import load_config, write_templates
from kpiterm.paths import Paths


def uncomment(file: Path) -> None:
    """Take "# " away from lines that are TOML; prose starts with a capital or with "kpiterm:"."""
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^# (?=\[|[a-z_.]+ = )", "", text, flags=re.MULTILINE), encoding="utf-8")


def test_templates_say_nothing_until_they_are_filled_in(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    before = load_config(paths)
    assert write_templates(paths) == [
        paths.config, paths.contracts / "contract.toml", paths.kpis / "kpis.toml", paths.alerts,
    ]  # fmt: skip
    assert load_config(paths) == before
    assert load_terms(paths.contracts) == ()
    assert load_catalogue(paths.kpis) == load_catalogue()
    assert load_rules(paths.alerts, {}) == DEFAULTS


def test_templates_are_valid_once_the_comments_are_taken_away(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for file in write_templates(paths):
        uncomment(file)
    assert set(load_config(paths).targets) == {"acos", "gmv_mom"}
    assert "cancel_rate" in load_catalogue(paths.kpis)
    assert load_rules(paths.alerts, {}) == DEFAULTS  # the template shows what is in force without it
    assert "[[rule]]" in paths.alerts.read_text(encoding="utf-8").splitlines()
    agreed = terms_in_force(load_terms(paths.contracts), date(2026, 9, 1))
    assert set(agreed) == {"gmv_mom", "acos", "odr", "response_p90_h"}


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    write_templates(paths)
    paths.config.write_text('currency = "EUR"\n', encoding="utf-8")
    (paths.kpis / "kpis.toml").unlink()
    assert write_templates(paths) == [paths.kpis / "kpis.toml"]
    assert paths.config.read_text(encoding="utf-8") == 'currency = "EUR"\n'

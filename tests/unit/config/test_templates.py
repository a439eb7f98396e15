"""The templates must be right in both states: commented out, and with the comments taken away."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from kpiterm.analysis.alerts import DEFAULTS, load_rules
from kpiterm.analysis.contract.compliance import load_groups
from kpiterm.analysis.contract.terms import load_terms, terms_in_force
from kpiterm.analysis.inventory.supply.model import Spread, Supply
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.cli.supplies import load_supply, products_file, supply_file
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
        supply_file(paths), products_file(paths), paths.compliance,
    ]  # fmt: skip
    assert load_config(paths) == before
    assert load_terms(paths.contracts) == ()
    assert load_catalogue(paths.kpis) == load_catalogue()
    assert load_rules(paths.alerts, {}) == DEFAULTS
    assert load_groups(paths.compliance) is None
    assert load_supply(paths) == Supply()


def test_templates_are_valid_once_the_comments_are_taken_away(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for file in write_templates(paths):
        uncomment(file)
    assert set(load_config(paths).targets) == {"acos", "gmv_mom"}
    assert "cancel_rate" in load_catalogue(paths.kpis)
    supply = load_supply(paths)
    assert (set(supply.suppliers), set(supply.modes), set(supply.receiving)) == (
        {"ningbo"}, {"sea", "air"}, {"amazon.com"},
    )  # fmt: skip
    assert supply.receiving["amazon.com"].spread == Spread(p50=6, p90=13)
    assert load_rules(paths.alerts, {}) == DEFAULTS  # the template shows what is in force without it
    assert "[[rule]]" in paths.alerts.read_text(encoding="utf-8").splitlines()
    assert [group.requires for group in load_groups(paths.compliance) or ()] == [("CPC", "UPC")]
    agreed = terms_in_force(load_terms(paths.contracts), date(2026, 9, 1))
    assert set(agreed) == {"gmv_mom", "acos", "odr", "response_p90_h"}


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    write_templates(paths)
    paths.config.write_text('currency = "EUR"\n', encoding="utf-8")
    (paths.kpis / "kpis.toml").unlink()
    assert write_templates(paths) == [paths.kpis / "kpis.toml"]
    assert paths.config.read_text(encoding="utf-8") == 'currency = "EUR"\n'

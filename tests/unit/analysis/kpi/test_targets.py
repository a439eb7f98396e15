"""What a contract may agree on: nothing that anyone estimated, by whatever way it gets into a KPI."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.contract.terms import Agreement, Terms
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.targets import targets_in_force
from kpiterm.analysis.view import Target
from kpiterm.config import Config
from kpiterm.errors import ConfigError

DAY = date(2026, 11, 22)
HEAD = """
version = 1
unit = "{unit}"
direction = "up"
name = {{ en = "Own", zh = "自有" }}
sentence = {{ en = "A.", zh = "B。" }}
basis = "b"
"""
OWN = {
    "lost_share": ("ratio", 'kind = "share"\npart = "lost_sales"\nwhole = "gmv"'),
    "with_lost": ("money", 'kind = "net"\nplus = ["gmv"]\nminus = ["lost_sales"]'),
    "growth_of_lost": ("ratio", 'kind = "growth"\nof = "lost_sales"'),
    "stands_in": (
        "money", 'kind = "sum"\ntable = "order_line"\nday = "business_day"\nnumerator = "tax"\ninstead = "lost_sales"'
    ),
}  # fmt: skip


def agreed(kpi: str) -> Terms:
    target = Agreement(target=Target(">=", Decimal("0.1")), weight=Decimal(10), origin="contracts/a.toml")
    return Terms(origin="contracts/a.toml", version=1, effective_from=DAY, kpis={kpi: target})


@pytest.mark.parametrize(
    "kpi", ["market_share", "keyword_rank_mean", "keywords_top10", "lost_sales", "stock_out_days", "aged_units", *OWN]
)
def test_an_estimate_is_refused(tmp_path: Path, kpi: str) -> None:
    if kpi in OWN:
        unit, text = OWN[kpi]
        (tmp_path / "own.toml").write_text(f"[kpi.{kpi}]\n{HEAD.format(unit=unit)}{text}\n", encoding="utf-8")
    catalogue = load_catalogue(tmp_path)
    with pytest.raises(ConfigError) as caught:
        targets_in_force(catalogue, Config(), [agreed(kpi)], DAY)
    assert f"contracts/a.toml: terms.kpis.{kpi}: " in caught.value.message
    assert "is an estimate, which no party can sign" in caught.value.message
    assert "agree on a figure" in caught.value.hint


@pytest.mark.parametrize("kpi", ["gmv", "gmv_mom", "acos", "organic_share", "odr", "response_p90_h", "cover_days"])
def test_what_is_counted_can_be_agreed(kpi: str) -> None:
    found = targets_in_force(load_catalogue(), Config(), [agreed(kpi)], DAY)
    assert (found[kpi].target, found[kpi].weight) == (Target(">=", Decimal("0.1")), Decimal(10))

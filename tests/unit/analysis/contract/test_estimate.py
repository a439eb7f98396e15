from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.contract.estimate import Estimate, Onboarding, estimate, read_onboarding
from kpiterm.config.toml import Section
from kpiterm.errors import ConfigError
from tests.unit.analysis.contract.agreed import contract, settled

TOLD = """
platforms = ["amazon.com"]
skus = 50
ad_spend = "9000"
months = [
    { month = "2026-08", net_sales = "300000", margin = "0.20" },
    { month = "2026-10", net_sales = "500000", margin = "0.28" },
    { month = "2026-09", net_sales = "400000", margin = "0.24" },
]
"""


def told(text: str = TOLD) -> Onboarding:
    return read_onboarding(Section(Path("told.toml"), tomllib.loads(text)))


def found(changes: dict[str, str] | None = None) -> Estimate:
    return estimate(contract(changes), told())


def test_the_margin_is_a_ratio_of_sums() -> None:
    assert told().sales == Decimal(400000)
    assert told().margin == Decimal(60000 + 96000 + 140000) / Decimal(1200000)


def test_the_month_after_the_last_is_settled_at_target_as_a_month_on_those_figures_would_be() -> None:
    # 400,000 grown by 15 % is 460,000; less the baseline of 300,000 x 1 that is 160,000 in tiers of 5, 7 and 9 %.
    at_target = found().outcomes[1]
    assert at_target.settled.month.name == "2026-11"
    assert at_target.sales == Decimal(460000)
    lines = {line.code: line.amount for line in at_target.settled.lines}
    assert lines["base"] == Decimal(8000)
    assert lines["commission"] == Decimal(2500 + 3500 + 5400)


def test_better_figures_never_cost_the_provider_money() -> None:
    floor, target, stretch = (outcome.fee for outcome in found().outcomes)
    assert floor < target < stretch


def test_from_the_break_even_on_the_added_margin_pays_the_fee() -> None:
    growth = found().worth_it_from
    assert growth is not None

    def gain(at: Decimal) -> Decimal:
        kpis = {"gmv_mom": str(at), "acos": "0.28", "odr": {"value": "0.00495", "n": "1000"}, "response_p90_h": "11.88"}
        fee = settled({"kpis": kpis, "net_sales": str(400000 * (1 + at))}, period="2026-11").total
        return 400000 * at * told().margin - fee

    step = Decimal("0.001")
    assert gain(growth - step) < 0 <= gain(growth + step)


def test_a_margin_that_no_growth_can_pay_the_fee_from_is_said_to_be_so() -> None:
    thin = TOLD.replace("0.20", "0.001").replace("0.24", "0.001").replace("0.28", "0.001")
    assert estimate(contract(), told(thin)).worth_it_from is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("skus = 50", "skus = 0", "skus"),
        ("skus = 50", "sku = 50", "skus"),
        ('"0.20"', '"20"', r"months\[1\]\.margin"),
        ('"2026-09"', '"2026-9"', r"months\[3\]\.month"),
        ('"2026-09"', '"2026-08"', "months: a month stands twice"),
        ('"300000"', "300000.5", r"months\[1\]\.net_sales"),
    ],
)
def test_a_fault_names_file_and_key(old: str, new: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=rf"told\.toml: {fault}"):
        told(TOLD.replace(old, new))

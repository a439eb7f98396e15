"""The contract that the tests settle: as signed, or with some of its lines written otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.parse import contract_from_text
from kpiterm.analysis.contract.settle import Settled, settle
from kpiterm.analysis.contract.values import read_values

SIGNED = """
[contract]
id = "seller-us"
parties = { seller = "Seller Ltd", provider = "Provider Inc" }
timezone = "America/Los_Angeles"
currency = "USD"
signed_at = 2026-08-20

[[terms]]
version = 1
effective_from = 2026-09-01
base_fee = "8000"
pool_share = "0.5"
score = { dead_band = "0.02", floor = "0.70", penalty_max = "0.20", stretch = "1.10", bonus_max = "0.25", min_coverage = "0.60" }
missing = "reweight"
rounding = "half_even"

[terms.kpis.gmv_mom]
weight = 40
target = { op = ">=", value = "0.15" }
floor = "0.00"
stretch = "0.25"
max_attainment = "1.2"

[terms.kpis.acos]
weight = 30
target = { op = "<=", value = "0.28" }
floor = "0.38"
stretch = "0.22"
max_attainment = "1.2"

[terms.kpis.odr]
weight = 20
target = { op = "<", value = "0.005" }
floor = "0.010"
stretch = "0.002"
max_attainment = "1.2"

[terms.kpis.response_p90_h]
weight = 10
target = { op = "<", value = "12" }
floor = "24"
stretch = "6"
max_attainment = "1.2"

[terms.commission]
base = "incremental_net_sales"
baseline = "300000"
seasonal_index = { "2026-10" = "1.08" }
tiers = [ { from = "0", rate = "0.05" }, { from = "50000", rate = "0.07" }, { from = "100000", rate = "0.09" } ]
method = "marginal"
reset = "monthly"
refund_window_days = 30
"""  # noqa: E501
MEASURED: Mapping[str, Any] = {
    "kpis": {"gmv_mom": "0.12", "acos": "0.26", "odr": "0.0030", "response_p90_h": "14"},
    "net_sales": "412000.00",
}


def text(changes: Mapping[str, str] | None = None, *, more: str = "") -> str:
    """The contract's text with lines replaced; each must be there."""
    found = SIGNED
    for old, new in (changes or {}).items():
        assert old in found, old
        found = found.replace(old, new)
    return found + more


def contract(changes: Mapping[str, str] | None = None, *, more: str = "") -> Contract:
    return contract_from_text(text(changes, more=more), "agreed.toml")


def settled(values: Mapping[str, Any], agreed: Contract | None = None, period: str = "2026-10", **more: Any) -> Settled:
    return settle(agreed or contract(), period, read_values({**values, **more}, "values.json"))


def amounts(found: Settled) -> list[tuple[str, str]]:
    return [(line.code, str(line.amount)) for line in found.lines]


SECOND = """
[[terms]]
version = 2
effective_from = {day}
base_fee = "8000"
pool_share = "0.5"
score = {{ dead_band = "0.02", floor = "0.70", penalty_max = "0.20", stretch = "1.10", bonus_max = "0.25" }}
"""


def second(day: str, changes: Mapping[str, str] | None = None) -> str:
    """The same terms once more as version 2 from a day on, with lines replaced."""
    kpis = SIGNED[SIGNED.index("[terms.kpis.gmv_mom]") :]
    found = SECOND.format(day=day) + "\n" + kpis
    for old, new in (changes or {}).items():
        assert old in found, old
        found = found.replace(old, new)
    return found

"""What Amazon charges for stock, by the fee of the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.inventory.supply import fees
from kpiterm.errors import ConfigError

SHOP, DAY = "amazon.com", date(2026, 11, 23)
FOOT = fees.LITRES_PER_CUBIC_FOOT
KILO = Decimal(1)


def test_storage_follows_season_size_and_the_rate_of_the_day() -> None:
    month = {
        day: fees.storage(SHOP, day, KILO, FOOT) for day in (date(2024, 3, 31), date(2024, 4, 1), date(2024, 10, 1))
    }
    assert [charge.amount if charge else None for charge in month.values()] == [
        Decimal("0.87"), Decimal("0.78"), Decimal("2.40"),
    ]  # fmt: skip
    bulky = fees.storage(SHOP, DAY, Decimal(20), FOOT)
    assert bulky == (Decimal("1.40"), "USD", True)


def test_what_is_not_known_costs_nothing_that_could_be_told() -> None:
    assert fees.storage("walmart.com", DAY, KILO, FOOT) is None
    assert fees.storage(SHOP, DAY, None, None) is None
    assert fees.aged(SHOP, DAY, 200, None, None) is None
    assert fees.storage(SHOP, date(2019, 1, 1), KILO, FOOT) is None


def test_the_aged_surcharge_begins_at_181_days_and_never_falls() -> None:
    assert fees.aged(SHOP, DAY, 180, KILO, FOOT) is None
    steps = fees.aged_steps(SHOP, DAY)
    assert steps == (181, 211, 241, 271, 366, 456)
    charged = [charge.amount for step in steps if (charge := fees.aged(SHOP, DAY, step, KILO, FOOT))]
    assert charged == sorted(charged)
    assert charged[0] == Decimal("0.50")
    before = fees.aged(SHOP, DAY, 210, KILO, FOOT)
    assert before is not None
    assert before.amount == charged[0]


def test_of_the_two_rates_of_a_year_old_unit_the_greater_is_charged() -> None:
    big, small = (fees.aged(SHOP, DAY, 400, KILO, FOOT * share) for share in (Decimal(1), Decimal("0.01")))
    assert big is not None
    assert small is not None
    assert (big.amount, small.amount) == (Decimal("6.90"), Decimal("0.30"))
    assert not big.verified
    assert fees.aged(SHOP, date(2025, 6, 1), 400, KILO, FOOT) == (Decimal("6.90"), "USD", True)


@pytest.mark.parametrize(
    ("weight", "days", "amount"),
    [("0.3", 0, "0.89"), ("0.3", 13.9, "0.89"), ("0.3", 14, "0.63"), ("1", 20, "0.70"), ("3", 27.5, "0.47")],
)
def test_the_low_inventory_fee_hangs_on_weight_and_days_of_supply(weight: str, days: float, amount: str) -> None:
    charge = fees.low_inventory(SHOP, DAY, days, Decimal(weight), Decimal(2))
    assert charge is not None
    assert charge.amount == Decimal(amount)


def test_who_has_four_weeks_of_supply_or_sells_bulky_goods_is_not_charged() -> None:
    assert fees.low_inventory(SHOP, DAY, 28, KILO, Decimal(2)) is None
    assert fees.low_inventory(SHOP, DAY, 3, Decimal(30), Decimal(2)) is None


def test_no_two_entries_hold_for_the_same_thing_on_the_same_day() -> None:
    ends: dict[object, date | None] = {}
    for fee in sorted(fees.builtin_fees(), key=lambda fee: fee.valid_from):
        what = (fee.kind, fee.channel, fee.basis, fee.sizes, fee.months, fee.over_kg, fee.to_kg)
        for days in range(fee.least, fee.below or fee.least + 90):
            before = ends.get((what, days), date.min)
            assert before is not None, fee
            assert before < fee.valid_from, fee
            ends[what, days] = fee.valid_to


def test_every_fee_names_its_source_in_both_languages() -> None:
    assert all(fee.source["en"] and fee.source["zh"] for fee in fees.builtin_fees())


def test_a_fault_in_a_registry_names_the_key(tmp_path: Path) -> None:
    file = tmp_path / "fees.toml"
    file.write_text('[[fee]]\nkind = "storage"\nchannel = "amazon.com"\namount = 0.78\n', "utf-8")
    with pytest.raises(ConfigError, match=r"fee\[1\]\.source\.|fee\[1\]\.amount") as error:
        fees.read_fees(file)
    assert error.value.hint

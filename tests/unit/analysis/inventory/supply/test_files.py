"""`supply.toml` as a person writes it, and all of its faults at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.inventory.supply.faults import Faults
from kpiterm.analysis.inventory.supply.files import read_supply
from kpiterm.analysis.inventory.supply.model import Closure, Payment, Slowdown, Spread, Supply
from kpiterm.errors import ConfigError

GOOD = """
[supplier.ningbo]
name = "Ningbo Housewares"
currency = "CNY"
modes = ["sea"]
ramp_down = 10
stages.production = "25/35"
payment = [{ share = "0.30", at = "ordered" }, { share = "0.70", at = "shipped", days = 30 }]
closed = [{ first = 2026-12-28, last = 2027-01-03 }]

[mode.sea]
currency = "USD"
per_cbm = "165"
cutoff = "thu"
stages.transit = "20/28"

[receiving."amazon.com"]
slow = [{ season = "10-15..12-15", speed = "0.5" }]

[stages]
qc = "2/4"

[rates]
capital = "0.15"

[limits]
cash = "60000"
currency = "USD"
review_days = 14
shared_stock = ["amazon.com;walmart.com"]
capacity."amazon.com" = { units = 1200 }

[[event]]
name = "Coupon"
first = 2027-03-01
last = 2027-03-07
uplift = "1.8"
skus = ["MAT-1"]
"""


def read(path: Path, text: str) -> tuple[Supply, Faults]:
    file, faults = path / "supply.toml", Faults()
    file.write_text(text, "utf-8")
    return read_supply(file, faults), faults


def test_a_file_says_who_makes_what_is_shipped_how_and_within_which_bounds(tmp_path: Path) -> None:
    found, faults = read(tmp_path, GOOD)
    assert faults.found == []
    maker, sea = found.suppliers["ningbo"], found.modes["sea"]
    assert (maker.name, maker.currency, maker.ramp_down, maker.ramp_up) == ("Ningbo Housewares", "CNY", 10, 21)
    assert maker.payments[1] == Payment(share=Decimal("0.70"), at="shipped", days=30)
    assert maker.closures == (Closure(first=date(2026, 12, 28), last=date(2027, 1, 3)),)
    assert (sea.kind, sea.per_cbm, sea.per_kg, sea.cutoff) == ("sea", Decimal(165), None, 3)
    assert found.defaults == {"qc": Spread(p50=2, p90=4)}
    assert found.receiving["amazon.com"].slowdowns == (Slowdown(first=(10, 15), last=(12, 15), speed=0.5),)
    assert (found.rates.capital, found.limits.cash, found.limits.review_days) == (Decimal("0.15"), Decimal(60000), 14)
    assert found.limits.shared_stock == (("amazon.com", "walmart.com"),)
    assert found.limits.capacity[0].units == 1200
    assert (found.events[0].uplift, found.events[0].skus) == (Decimal("1.8"), ("MAT-1",))


def test_without_a_file_nothing_is_declared(tmp_path: Path) -> None:
    faults = Faults()
    assert read_supply(tmp_path / "supply.toml", faults) == Supply()
    assert faults.found == []


@pytest.mark.parametrize(
    ("line", "said", "remedy"),
    [
        ('supplier.a.stages.production = "35/25"', "supplier.a.stages.production: found '35/25'", "the median, first"),
        ('supplier.a.stages.transit = "3/5"', "supplier.a.stages.transit: unknown key", "known: booking"),
        ('supplier.a.currency = "usd"', "supplier.a.currency", '"USD"'),
        ('supplier.a.calender = "cn"', "supplier.a.calender: unknown key", "'calendar'"),
        ('supplier.a.payment = [{ share = "0.3", at = "ordered" }]', "add up to 0.3", "add up to 1"),
        ('supplier.a.payment = [{ share = "1", at = "sent" }]', "payment[1].at: found 'sent'", "one of ordered"),
        ("supplier.a.closed = [{ first = 2027-01-03, last = 2026-12-28 }]", "is before", "the last day"),
        ('mode.boat.currency = "USD"', "mode.boat.kind: missing", "one of sea"),
        ('mode.sea.cutoff = "donnerstag"', "mode.sea.cutoff", "one of mon"),
        ("mode.sea.per_cbm = 1.5", "mode.sea.per_cbm: found 1.5", "in quotes"),
        ('rates.capital = "12"', "rates.capital: found 12", "a share"),
        ('rates.service_low = "0.995"', "0.995 to 0.99", "service_low"),
        ('limits.cash = "5000"', "limits.currency: missing", "currency of `cash`"),
        ('receiving.x.slow = [{ season = "13-01..12-15", speed = "0.5" }]', "no day 13-01", "month and day"),
        ('receiving.x.slow = [{ season = "10-15..12-15", speed = "0" }]', "slow[1].speed: found 0", "usual pace"),
        ("suppliers = 3", "suppliers: unknown key", "'supplier'"),
    ],
)
def test_a_fault_names_key_and_remedy(tmp_path: Path, line: str, said: str, remedy: str) -> None:
    owners = [part for part in ("supplier.a", "mode.sea") if line.startswith(part) and "currency" not in line]
    _, faults = read(tmp_path, "\n".join([line, *(f'{owner}.currency = "USD"' for owner in owners)]))
    assert len(faults.found) == 1
    fault = faults.found[0]
    assert f"{tmp_path / 'supply.toml'}: " in fault.message
    assert said in fault.message
    assert remedy in fault.remedy


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    _, faults = read(
        tmp_path,
        'supplier.a.currency = "usd"\nsupplier.a.ramp_up = -1\nsupplier.a.modes = ["see"]\n'
        'mode.sea.cutoff = "x"\n[[event]]\nname = "E"\n',
    )
    with pytest.raises(ConfigError) as error:
        faults.end()
    said = error.value.message
    assert said.startswith("8 faults")
    for part in (
        "mode.sea.currency: missing",
        "a.currency",
        "a.ramp_up",
        "did you mean 'sea'?",
        "cutoff",
        "first: missing",
        "last: missing",
        "uplift",
    ):
        assert part in said


def test_a_file_that_is_no_toml_is_one_fault(tmp_path: Path) -> None:
    found, faults = read(tmp_path, "[supplier.a")
    assert found == Supply()
    assert "not valid TOML" in faults.found[0].message

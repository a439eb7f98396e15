from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.board import ask
from kpiterm.analysis.contract.gather import gather
from kpiterm.analysis.contract.ledger import CLOSE, RESOLVE, Ledger, Note
from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.source import Source
from kpiterm.analysis.contract.statement import Closing, statement
from kpiterm.analysis.kpi.fx import Rates
from kpiterm.config import Config
from kpiterm.errors import ConfigError
from tests.unit.analysis.contract.agreed import contract, second

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

SINCE = {"effective_from = 2026-09-01": "effective_from = 2026-08-01"}
DAY = timedelta(days=1)


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


@pytest.fixture
def months(store: Store) -> Store:
    """September at 100 a day, October at 120, the rest at 90 through yesterday; ACoS 20 %, from mid-October 40 %."""
    for day in days(date(2026, 8, 1), date(2026, 11, 21)):
        price = {9: 100, 10: 120}.get(day.month, 90)
        store.order(day, price, order_id=f"o{day}", line_key="1", sku="A", payload=f"p{day:%m}")
        store.ads(day, 8 if day >= date(2026, 10, 16) else 4, 20)
    return store


def source(store: Store, agreed: Contract, notes: list[Note] | None = None, **more: Any) -> Source:
    config = Config(timezone="America/Los_Angeles")
    question = ask(store, config, (), now=store.now, settles={}, rates=more.pop("rates", Rates()))
    return Source(
        contract=agreed, question=question, ledger=Ledger(notes or [], None), statements=more.pop("closed", {})
    )


def settled(store: Store, agreed: Contract, period: str, **more: Any) -> dict[str, Any]:
    return statement(agreed, period, gather(source(store, agreed, **more), period))


def line(document: dict[str, Any], code: str) -> dict[str, Any]:
    return next(found for found in document["lines"] if found["code"] == code)


def test_a_month_is_settled_on_the_board_s_own_values(months: Store) -> None:
    found = settled(months, contract(SINCE), "2026-10")
    gauge = months.gauge("gmv_mom", "2026-10")
    growth, acos = found["kpis"][:2]
    assert Decimal(growth["value"]) == gauge.value == Decimal("0.24")
    assert found["values"]["kpis"]["gmv_mom"]["hash"] == gauge.definition_hash
    assert found["values"]["kpis"]["gmv_mom"]["rows"] == 61, "those of September too"
    assert Decimal(acos["value"]).quantize(Decimal("0.0001")) == Decimal("0.3032")
    assert line(found, "commission")["inputs"]["sales"] == "3720"
    assert line(found, "commission")["evidence"][1:] == ["sha256:p10"]
    assert "sha256:p09" in growth["evidence"]
    assert [k["policy"] for k in found["kpis"]] == [None, None, "reweight", "reweight"]


def test_a_target_that_changes_is_measured_on_each_stretch(months: Store) -> None:
    agreed = contract(
        SINCE, more=second("2026-10-16", {'value = "0.28"': 'value = "0.45"', 'floor = "0.38"': 'floor = "0.5"'})
    )
    acos = next(k for k in settled(months, agreed, "2026-10")["kpis"] if k["id"] == "acos")
    assert [(s["value"], s["attainment"], s["denominator"]) for s in acos["segments"]] == [
        ("0.2", "1.2000", "300"),
        ("0.4", "1.0435", "320"),
    ]
    assert acos["attainment"] == f"{(Decimal('1.2') * 300 + (1 + Decimal('0.2') * 5 / 23) * 320) / 620:.4f}"


def test_growth_cannot_be_judged_in_a_first_month_that_is_not_whole(months: Store) -> None:
    agreed = contract({"effective_from = 2026-09-01": "effective_from = 2026-10-12"})
    found = settled(months, agreed, "2026-10")
    assert "first month is not whole" in found["kpis"][0]["reason"]
    assert found["days"] == {"active": 20, "of": 31}
    assert line(found, "commission")["inputs"]["sales"] == "2400"


def test_a_total_over_part_of_a_month_is_taken_at_its_monthly_rate(months: Store) -> None:
    changes = {
        "effective_from = 2026-09-01": "effective_from = 2026-10-12", "[terms.kpis.gmv_mom]": "[terms.kpis.gmv]",
        'value = "0.15"': 'value = "3000"', 'floor = "0.00"': 'floor = "0"', 'stretch = "0.25"': 'stretch = "4000"',
    }  # fmt: skip
    assert settled(months, contract(changes), "2026-10")["kpis"][0]["value"] == "3720"


def test_data_that_end_before_a_month_that_is_over_settle_nothing(store: Store) -> None:
    for day in days(date(2026, 9, 1), date(2026, 10, 20)):
        store.order(day, 100, order_id=f"o{day}", line_key="1")
    found = settled(store, contract(SINCE), "2026-10")
    assert (found["status"], found["kpis"][0]["value"]) == ("held", None)
    assert found["kpis"][0]["reason"] == "data through 2026-10-20 only"
    assert line(found, "commission")["formula"] == "held: net sales are not known"
    assert found["values"]["notes"] == ["net sales: data through 2026-10-20 only"]


def test_a_month_that_runs_is_drafted_on_what_there_is(months: Store) -> None:
    found = settled(months, contract(SINCE), "2026-11")
    assert line(found, "commission")["inputs"]["sales"] == str(90 * 21)
    assert found["kpis"][0]["value"] is not None


def test_sales_known_from_reports_only_are_not_taken_for_none(store: Store) -> None:
    for day in days(date(2026, 9, 1), date(2026, 11, 20)):
        store.traffic(day, 100)
    found = settled(store, contract(SINCE), "2026-10")
    assert line(found, "commission")["formula"] == "held: net sales are not known"
    assert "no order lines" in found["values"]["notes"][0]


def test_other_currencies_are_converted_at_the_months_rate(months: Store) -> None:
    months.order(date(2026, 10, 5), 1000, order_id="ca", line_key="1", channel="amazon.ca", currency="CAD")
    rates = Rates(base="USD", months={date(2026, month, 1): {"CAD": Decimal("0.75")} for month in (8, 9, 10)})
    found = settled(months, contract(SINCE), "2026-10", rates=rates)
    assert line(found, "commission")["inputs"]["sales"] == str(3720 + 750)
    assert found["values"]["rates"] == {"CAD": "0.75"}


LOW = SINCE | {'baseline = "300000"': 'baseline = "1000"', '"2026-10" = "1.08"': '"2026-12" = "1"'}


def refund(store: Store, order: date, day: date, amount: int) -> None:
    moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC).replace(tzinfo=None)
    store.add(
        "refund_line", account="us-main", channel="amazon.com", source="amazon.finances", order_id=f"o{order}",
        refunded_at=moment, amount=Decimal(amount), currency="USD",
    )  # fmt: skip


def test_refunds_of_september_are_booked_in_october_and_once(months: Store) -> None:
    agreed = contract(LOW)
    before = settled(months, agreed, "2026-09")
    assert line(before, "commission")["amount"] == "100.00"
    refund(months, date(2026, 9, 20), date(2026, 9, 25), 40)
    closed = statement(agreed, "2026-09", gather(source(months, agreed), "2026-09"), Closing(closed=True))
    assert line(closed, "commission")["amount"] == "98.00"

    refund(months, date(2026, 9, 20), date(2026, 10, 15), 60)
    refund(months, date(2026, 9, 2), date(2026, 10, 15), 80)  # 43 days later: outside the window
    for done in ({}, {"2026-09": closed}):
        found = settled(months, agreed, "2026-10", closed=done)
        assert (line(found, "clawback")["amount"], line(found, "clawback")["inputs"]["period"]) == ("-3.00", "2026-09")

    refund(months, date(2026, 9, 28), date(2026, 9, 29), 20)  # dated before the closing, and known only after it
    late = settled(months, agreed, "2026-10", closed={"2026-09": closed})
    assert line(late, "clawback")["amount"] == "-4.00"
    after = settled(months, agreed, "2026-11", closed={"2026-09": closed, "2026-10": late})
    assert [entry["period"] for entry in after["values"]["earlier"]] == ["2026-10"]


def test_an_annual_reset_counts_the_months_since_the_anniversary(months: Store) -> None:
    agreed = contract(LOW | {'reset = "monthly"': 'reset = "annual"'})
    found = settled(months, agreed, "2026-10")
    assert found["values"]["year_to_date"] == str(90 * 31 - 1000 + 100 * 30 - 1000)
    assert line(found, "commission")["inputs"]["year_to_date"] == "3790"


def note(seq: int, kind: str, day: date, **detail: Any) -> Note:
    return Note(seq, day, "ann", kind, {"contract": "seller-us", **detail}, f"h{seq}")


def test_a_resolution_books_what_the_closed_month_would_have_come_to(months: Store) -> None:
    agreed = contract(LOW)
    closed = statement(agreed, "2026-09", gather(source(months, agreed), "2026-09"), Closing(closed=True))
    notes = [
        note(1, CLOSE, date(2026, 10, 3), period="2026-09", hash=closed["hash"]),
        note(2, RESOLVE, date(2026, 10, 9), period="2026-09", values={"gmv_mom": "0.25"}),
        note(3, RESOLVE, date(2026, 11, 2), period="2026-09", values={"gmv_mom": "0.12"}),
    ]
    better = settled(months, agreed, "2026-10", notes=notes, closed={"2026-09": closed})
    worse = settled(months, agreed, "2026-11", notes=notes, closed={"2026-09": closed, "2026-10": better})
    first, then = (Decimal(line(found, "adjustment")["amount"]) for found in (better, worse))
    assert first > 0 > then, "the second is held against the first, not against the statement"
    assert line(better, "adjustment")["evidence"] == ["log:2:h2", closed["hash"]]


def test_a_resolution_before_the_closing_is_the_month_s_own_figure(months: Store) -> None:
    notes = [note(1, RESOLVE, date(2026, 11, 2), period="2026-10", values={"gmv_mom": "0.15", "net_sales": "5000"})]
    found = settled(months, contract(LOW), "2026-10", notes=notes)
    assert (found["kpis"][0]["value"], found["values"]["kpis"]["gmv_mom"]["measured"]) == ("0.15", "0.24")
    assert line(found, "commission")["inputs"]["sales"] == "5000"


def test_a_definition_that_is_not_the_one_that_was_signed_is_refused(months: Store) -> None:
    pinned = contract(SINCE | {"weight = 30": f'weight = 30\nhash = "sha256:{"0" * 64}"'})
    with pytest.raises(ConfigError, match="acos"):
        settled(months, pinned, "2026-10")


def test_what_was_gathered_twice_is_the_same(months: Store) -> None:
    agreed = contract(SINCE)
    again = replace(source(months, agreed))
    assert gather(source(months, agreed), "2026-10") == gather(again, "2026-10")

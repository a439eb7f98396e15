"""Settlements: listed and never asked for, read so that the components add up to the total of the first row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.plugins import Payload, Window
from kpiterm_amazon import reports
from kpiterm_amazon.settlements import REPORT_TYPE, SETTLEMENT, fetch

if TYPE_CHECKING:
    from conftest import Host, Rows

Load = Callable[..., dict[str, "Rows"]]
HEADER = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "marketplace-name", "amount-type", "amount-description", "amount", "posted-date",
    "posted-date-time", "sku", "quantity-purchased",
)  # fmt: skip
FIRST = {"settlement-id": "24", "total-amount": "10.00", "currency": "USD"}
LINE = {
    "settlement-id": "24", "transaction-type": "Order", "order-id": "113-1", "marketplace-name": "Amazon.com",
    "amount-type": "ItemPrice", "amount-description": "Principal", "amount": "10.00", "posted-date": "2026-11-01",
    "posted-date-time": "2026-11-01 06:30:00 UTC", "sku": "MAT-1", "quantity-purchased": "2",
}  # fmt: skip
at = datetime.fromisoformat  # naive UTC, as the store keeps moments
WINDOW = Window(datetime(2026, 8, 23, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))


def line(load: Load, country: str = "US", **changes: str) -> dict[str, Any]:
    changed = LINE | {name.replace("_", "-"): value for name, value in changes.items()}
    (row,) = load(SETTLEMENT, HEADER, FIRST, changed, country=country)["settlement_line"]
    return row


def test_the_vendors_sample_adds_up_to_its_total(shared: Path, load: Load) -> None:
    text = (shared / "data/amazon_us_settlement_v2/settlement-sample.txt").read_text()
    rows = load(SETTLEMENT, text)["settlement_line"]
    assert sum(row["amount"] for row in rows) == Decimal("582.89")
    assert len(rows) == len(text.splitlines()) - 2
    kinds: dict[str, Decimal] = {}
    for row in rows:
        kinds[row["kind"]] = kinds.get(row["kind"], Decimal()) + row["amount"]
    assert kinds == {
        "order": Decimal("492.88"), "fee": Decimal("-199.19"), "refund": Decimal("-129.99"),
        "adjustment": Decimal("18.75"), "transfer": Decimal("400.44"),
    }  # fmt: skip
    assert sum(row["quantity"] or 0 for row in rows if row["kind"] == "order") == 5
    assert {row["currency"] for row in rows} == {"USD"}


def test_a_line_is_read_whole(load: Load) -> None:
    assert line(load) == {
        "_payload": 1, "channel": "amazon.com", "settlement_id": "24", "posted_at": at("2026-11-01T06:30:00"),
        "kind": "order", "detail": "Principal", "order_id": "113-1", "sku": "MAT-1", "quantity": 2,
        "amount": Decimal("10.0000"), "currency": "USD",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("country", "posted", "moment"),
    [
        ("US", "2026-11-01 06:30:00 UTC", at("2026-11-01T06:30:00")),
        ("US", "2026-11-01T06:30:00+00:00", at("2026-11-01T06:30:00")),
        ("US", "2026-11-01T06:30:00+02:00", at("2026-11-01T04:30:00")),
        ("DE", "01.11.2026 06:30:00 UTC", at("2026-11-01T06:30:00")),
        ("US", "", at("2026-11-02T00:00:00")),
        ("DE", "", at("2026-11-02T00:00:00")),
        ("UK", "", at("2026-11-02T00:00:00")),
        ("JP", "", at("2026-11-02T00:00:00")),
    ],
)
def test_moments_come_in_several_forms(load: Load, country: str, posted: str, moment: datetime) -> None:
    forms = {"US": "11/02/26", "DE": "02.11.2026", "UK": "02/11/2026", "JP": "2026/11/02"}
    assert line(load, country, posted_date_time=posted, posted_date=forms[country])["posted_at"] == moment


def test_an_unknown_form_of_date_is_refused_by_name(load: Load) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=r"1\.Nov\.26"):
        line(load, posted_date_time="1.Nov.26")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("95,00", "95"), ("-3.263,25", "-3263.25"), ("1,278.00", "1278"), ("-0,5", "-0.5"), ("1,234", "1234"), ("7", "7")],
)
def test_amounts_may_have_a_decimal_comma(load: Load, text: str, amount: str) -> None:
    assert line(load, amount=text)["amount"] == Decimal(amount)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.decimals(-(10**7), 10**7, places=2, allow_nan=False), min_size=1, max_size=20))
def test_both_ways_of_writing_an_amount_mean_the_same(load: Load, amounts: list[Decimal]) -> None:
    english = [f"{amount:,.2f}" for amount in amounts]
    texts = [*english, *(text.translate(str.maketrans(",.", ".,")) for text in english), *map(str, amounts)]
    found = load(SETTLEMENT, HEADER, FIRST, *(LINE | {"amount": text} for text in texts))["settlement_line"]
    assert [row["amount"] for row in found] == amounts * 3


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"transaction_type": "Refund"}, "refund"),
        ({"transaction_type": "Refund", "amount_type": "ItemFees", "amount_description": "Commission"}, "fee"),
        ({"transaction_type": "ServiceFee", "amount_type": "Cost of Advertising"}, "fee"),
        ({"amount_type": "ItemWithheldTax"}, "tax"),
        ({"transaction_type": "other-transaction", "amount_description": "Current Reserve Amount"}, "transfer"),
        ({"transaction_type": "other-transaction", "amount_type": "FBA Inventory Reimbursement"}, "reimbursement"),
        ({"transaction_type": "other-transaction", "amount_type": "other-transaction"}, "other"),
        ({"transaction_type": "Chargeback Refund"}, "refund"),
        ({"transaction_type": "Liquidations"}, "liquidations"),
    ],
)
def test_kinds(load: Load, changes: dict[str, str], kind: str) -> None:
    assert line(load, **changes)["kind"] == kind


def test_orders_of_other_shops_and_other_marketplaces_keep_their_channel(load: Load) -> None:
    names = ("Amazon.de", "Non-Amazon DE", "")
    assert [line(load, "DE", marketplace_name=name)["channel"] for name in names] == [
        "amazon.de", "non-amazon", "amazon.de",
    ]  # fmt: skip
    assert line(load, "DE", marketplace_name="Amazon.fr")["channel"] == "amazon.fr"


def test_statements_are_listed_page_by_page_with_the_token_alone(host: Host) -> None:
    host_of_files = "https://tortuga-prod-na.s3-external-1.amazonaws.com/"

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", "a settlement cannot be asked for"
        if "amazonaws" in request.url.host:
            return httpx.Response(200, content=b"settlement-id\n")
        if "/documents/" in request.url.path:
            return httpx.Response(200, json={"url": host_of_files + request.url.path.rpartition("/")[2]})
        if "nextToken" in request.url.params:
            assert dict(request.url.params) == {"nextToken": "T"}
            return httpx.Response(200, json={"reports": [{"reportId": "2", "reportDocumentId": "D2"}]})
        query = dict(request.url.params)
        assert (query["reportTypes"], query["processingStatuses"]) == (REPORT_TYPE, "DONE")
        assert query["createdSince"] == "2026-08-23T00:00:00Z"
        found = [{"reportId": "1", "reportDocumentId": "D1"}, {"reportId": "0"}]
        return httpx.Response(200, json={"reports": found, "nextToken": "T"})

    payloads = list(fetch(host.context(answer), WINDOW))
    assert [payload.request for payload in payloads] == [f"{REPORT_TYPE} report 1", f"{REPORT_TYPE} report 2"]
    assert all(isinstance(p, Payload) and p.format == "tsv" for p in payloads)
    assert len(host.asked("GET", reports.DOCUMENTS)) == 2
    assert timedelta(days=90) > WINDOW.end - WINDOW.start

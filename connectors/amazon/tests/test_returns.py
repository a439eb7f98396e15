"""Returns to Amazon and to the seller, and reimbursements, with the header rows that production files have."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from kpiterm_amazon.returns import FBA_RETURNS, MERCHANT_RETURNS, REIMBURSEMENTS

if TYPE_CHECKING:
    from conftest import Rows

Load = Callable[..., dict[str, "Rows"]]
at = datetime.fromisoformat  # naive UTC, as the store keeps moments


@pytest.fixture
def header(shared: Path) -> Callable[[str], list[str]]:
    reports = json.loads((shared / "specs/amazon/flatfile_headers.json").read_text())["reports"]
    return lambda report_type: list(reports[report_type]["columns"])


def test_a_return_to_amazon(header: Callable[[str], list[str]], load: Load) -> None:
    line = {
        "return-date": "2026-11-10T22:30:00+00:00", "order-id": "113-1", "sku": "MAT-1", "asin": "B01", "quantity": 2,
        "detailed-disposition": "CUSTOMER_DAMAGED", "reason": "DEFECTIVE", "status": "Unit returned to inventory",
        "customer-comments": 'broken, call 555-0100, "urgent',
    }  # fmt: skip
    (row,) = load(FBA_RETURNS, header("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"), line)["return_line"]
    assert row == {
        "_payload": 1, "order_id": "113-1", "sku": "MAT-1", "item_id": "B01", "returned_at": at("2026-11-10T22:30:00"),
        "quantity": 2, "condition": "customer_damaged", "reason": "DEFECTIVE", "status": "Unit returned to inventory",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("country", "asked", "moment"),
    [
        ("US", "10-Nov-2026", "2026-11-10T08:00:00"),
        ("US", "11/10/2026", "2026-11-10T08:00:00"),
        ("UK", "10/11/2026", "2026-11-10T00:00:00"),
        ("DE", "10.11.2026", "2026-11-09T23:00:00"),
        ("JP", "2026/11/10", "2026-11-09T15:00:00"),
        ("US", "2026-11-10", "2026-11-10T08:00:00"),
    ],
)
def test_a_return_to_the_seller(
    header: Callable[[str], list[str]], load: Load, country: str, asked: str, moment: str
) -> None:
    line = {
        "Order ID": "113-2", "Return request date": asked, "Return request status": "Approved", "ASIN": "B01",
        "Merchant SKU": "MAT-1", "Return quantity": 1, "Return Reason": "Defective item", "Tracking ID": "1Z999",
    }  # fmt: skip
    columns = header("GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE")
    (row,) = load(MERCHANT_RETURNS, columns, line, country=country)["return_line"]
    assert row == {
        "_payload": 1, "order_id": "113-2", "sku": "MAT-1", "item_id": "B01", "returned_at": at(moment),
        "quantity": 1, "reason": "Defective item", "status": "Approved",
    }  # fmt: skip


def test_a_date_in_an_unknown_form_is_refused_by_name(header: Callable[[str], list[str]], load: Load) -> None:
    line = {"Order ID": "1", "Return request date": "last week", "Merchant SKU": "A", "Return quantity": 1}
    with pytest.raises(duckdb.InvalidInputException, match="last week"):
        load(MERCHANT_RETURNS, header("GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"), line)


@pytest.mark.parametrize(("text", "amount"), [("21.44", "21.44"), ("21,44", "21.44"), ("-3.50", "-3.5")])
def test_a_reimbursement_is_to_the_seller_positive(
    header: Callable[[str], list[str]], load: Load, text: str, amount: str
) -> None:
    line = {
        "approval-date": "2026-11-10T15:24:00+00:00", "reimbursement-id": "9000739930", "reason": "Lost_warehouse",
        "sku": "MAT-1", "currency-unit": "USD", "amount-total": text, "quantity-reimbursed-total": 2,
    }  # fmt: skip
    (row,) = load(REIMBURSEMENTS, header("GET_FBA_REIMBURSEMENTS_DATA"), line)["settlement_line"]
    assert row == {
        "_payload": 1, "settlement_id": "reimbursement 9000739930", "posted_at": at("2026-11-10T15:24:00"),
        "kind": "reimbursement", "detail": "Lost_warehouse", "order_id": None, "sku": "MAT-1", "quantity": 2,
        "amount": Decimal(amount), "currency": "USD",
    }  # fmt: skip

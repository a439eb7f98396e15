"""Payout statements in both layouts: every amount once, with its kind, adding up to the total that they state."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.plugins import Note, Payload, Rejected
from kpiterm.sync.imports_unknown import unknown
from kpiterm.sync.sheets import open_sheets
from kpiterm_amazon.import_files import IMPORTERS

V1 = (
    "settlement-id", "settlement-start-date", "total-amount", "currency", "transaction-type", "order-id",
    "marketplace-name", "shipment-fee-type", "shipment-fee-amount", "order-fee-type", "order-fee-amount", "posted-date",
    "order-item-code", "sku", "quantity-purchased", "price-type", "price-amount", "item-related-fee-type",
    "item-related-fee-amount", "misc-fee-amount", "other-fee-amount", "other-fee-reason-description",
    "direct-payment-type", "direct-payment-amount", "other-amount",
)  # fmt: skip
PROMOTION = ("promotion-id", "promotion-type", "promotion-amount")
ITEM = {
    "transaction-type": "Order",
    "order-id": "701-1",
    "order-item-code": "9",
    "sku": "A",
    "posted-date": "2026-10-02",
}
Line = dict[str, str]


def parse(path: Path, header: tuple[str, ...], *lines: Line) -> tuple[str, list[Line], list[str], list[str]]:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, delimiter="\t", restval="")
        writer.writeheader()
        writer.writerows({"settlement-id": "1", **line} for line in lines)
    (sheet,) = open_sheets(path)
    (importer,) = [i for i in IMPORTERS if i.recognise(sheet)]
    items = list(importer.read(sheet))
    (body,) = [item.body for item in items if isinstance(item, Payload)]
    assert isinstance(body, Path)
    with body.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    body.unlink()
    notes = [item.text for item in items if isinstance(item, Note)]
    return importer.kind, found, notes, [item.reason for item in items if isinstance(item, Rejected)]


@pytest.mark.parametrize("promoted", [False, True])
def test_v1_is_brought_into_the_layout_of_v2_with_or_without_promotions(tmp_path: Path, promoted: bool) -> None:
    promotion = [{**ITEM, "promotion-type": "Shipping", "promotion-amount": "-2.00"}] if promoted else []
    kind, lines, notes, refused = parse(
        tmp_path / "f", (*V1, *PROMOTION) if promoted else V1,
        {"total-amount": "46.50" if promoted else "48.50", "currency": "CAD"},
        {**ITEM, "quantity-purchased": "2"},
        {**ITEM, "price-type": "Principal", "price-amount": "60.00"},
        {**ITEM, "item-related-fee-type": "Commission", "item-related-fee-amount": "-9.50"},
        *promotion,
        {"transaction-type": "Storage Fee", "posted-date": "2026-10-03", "other-amount": "-2.00    "},
    )  # fmt: skip
    assert (kind, notes, refused) == ("amazon.settlement_v1", [], [])
    columns = ("transaction-type", "amount-type", "amount-description", "quantity-purchased", "amount")
    assert [tuple(line[c] for c in columns) for line in lines if line["amount-type"] != "Promotion"] == [
        ("Order", "ItemPrice", "Principal", "2", "60.00"), ("Order", "ItemFees", "Commission", "", "-9.50"),
        ("ServiceFee", "other-transaction", "Storage Fee", "", "-2.00"),
    ]  # fmt: skip
    assert {(line["currency"], line["marketplace-name"]) for line in lines} == {("CAD", "amazon.ca")}
    assert len(lines) == 3 + promoted


@pytest.mark.parametrize(
    ("word", "transaction", "amount_type"),
    [
        ("Payable to Amazon", "Transfer", "other-transaction"), ("Subscription Fee", "ServiceFee", "other-transaction"),
        ("WAREHOUSE_DAMAGE", "WAREHOUSE_DAMAGE", "FBA Inventory Reimbursement"),
    ],
)  # fmt: skip
def test_transactions_that_v1_names_itself_get_the_kind_that_v2_gives_them(
    tmp_path: Path, word: str, transaction: str, amount_type: str
) -> None:
    _, (line,), _, _ = parse(
        tmp_path / "f", V1, {"total-amount": "-1", "currency": "USD"},
        {"transaction-type": word, "posted-date": "2026-10-02", "other-amount": "-1"},
    )  # fmt: skip
    assert (line["transaction-type"], line["amount-type"], line["amount-description"]) == (
        transaction,
        amount_type,
        word,
    )


def test_a_statement_that_does_not_add_up_or_has_lost_its_total_is_told(tmp_path: Path) -> None:
    part = {**ITEM, "price-type": "Principal", "price-amount": "60.00"}
    _, lines, notes, _ = parse(
        tmp_path / "f", V1, {"total-amount": "-48.50", "currency": "CAD"}, part, {**part, "settlement-id": "2"}
    )
    assert len(lines) == 2
    assert "statement 1 states -48.50, but its lines add up to 60.00" in notes[0]
    assert "statement 2 has lost its first line" in notes[1]


V2 = (
    "settlement-id", "total-amount", "currency", "transaction-type", "order-id", "marketplace-name", "amount-type",
    "amount-description", "amount", "posted-date", "posted-date-time", "sku", "quantity-purchased",
)  # fmt: skip
PART = {"transaction-type": "Order", "amount-type": "ItemPrice", "amount-description": "Principal",
        "posted-date": "02.10.2026"}  # fmt: skip


def test_european_decimals_are_read_and_a_bad_line_is_kept_apart(tmp_path: Path) -> None:
    total = {"total-amount": "1.095,00", "currency": "EUR"}
    kind, lines, notes, refused = parse(
        tmp_path / "f", V2, total, {**PART, "amount": "1.095,00", "quantity-purchased": "1"}, {**PART, "amount": "x"},
        {**PART, "amount": "1,00", "posted-date": ""}, {**PART, "amount": ""},
    )  # fmt: skip
    assert (kind, [Decimal(line["amount"]) for line in lines]) == ("amazon.settlement_v2", [Decimal(1095)])
    assert [word in reason for word, reason in zip(("no amount", "posted-date", "amount"), refused, strict=True)] == [
        True, True, True,
    ]  # fmt: skip
    assert len(notes) == 1


def test_a_statement_that_has_lost_a_column_is_named_with_it(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("\t".join(c for c in V2 if c != "amount") + "\n" + "\t".join("x" * 12) + "\n")
    error = unknown(IMPORTERS, tmp_path / "f", open_sheets(tmp_path / "f"))
    assert "looks like amazon.settlement_v2" in str(error)
    assert "lacks the column 'amount'" in str(error)

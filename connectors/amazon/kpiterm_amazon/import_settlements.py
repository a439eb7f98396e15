"""Payout statements downloaded by hand: V2 (24 columns) and V1 (33, or 36 with promotions), which is brought into the
form of V2. A statement's components add up to the total of its first line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import amazon_channel
from kpiterm.plugins.parse import count, currency_of, money
from kpiterm_amazon.import_table import Header, body
from kpiterm_amazon.settlements import SETTLEMENT

_SHARED = (
    "settlement-id", "total-amount", "currency", "transaction-type", "order-id", "marketplace-name", "posted-date",
    "sku", "quantity-purchased",
)  # fmt: skip
# Where V1 has its amounts: column of the amount, column of its description, and the amount type of V2.
_PARTS = (
    ("price-amount", "price-type", "ItemPrice"),
    ("item-related-fee-amount", "item-related-fee-type", "ItemFees"),
    ("promotion-amount", "promotion-type", "Promotion"),
    ("shipment-fee-amount", "shipment-fee-type", "Shipment-Fees"),
    ("order-fee-amount", "order-fee-type", "Order-Fees"),
    ("misc-fee-amount", "transaction-type", "Order-Fees"),
    ("other-fee-amount", "other-fee-reason-description", "Order-Fees"),
    ("direct-payment-amount", "direct-payment-type", "other-transaction"),
    ("other-amount", "transaction-type", "other-transaction"),
)
_V1 = (*_SHARED, "order-item-code", *dict.fromkeys(name for part in _PARTS for name in part[:2]))
_V2 = (*_SHARED, "posted-date-time", "amount-type", "amount-description", "amount")
# Money that only moves between Amazon and the seller's bank or card.
_MOVES = ("payable to amazon", "successful charge", "micro deposit", "transfer", "debt", "disbursement")


def _header(columns: tuple[str, ...], *needed: str) -> Header:
    return Header(names={name: (name,) for name in columns}, needed=("settlement-id", "transaction-type", *needed))


HEADER_V1 = _header(
    _V1, "total-amount", "posted-date", "price-type", "price-amount", "item-related-fee-type",
    "item-related-fee-amount", "other-amount",
)  # fmt: skip
HEADER_V2 = _header(_V2, "total-amount", "posted-date", "amount-type", "amount-description", "amount")


def read_v1(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload in the layout of V2."""
    return body(sheet, tuple(SETTLEMENT.columns), _checked(_as_v2(HEADER_V1.lines(sheet))))


def read_v2(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the lines as they are, their amounts in one notation."""
    return body(sheet, tuple(SETTLEMENT.columns), _checked(HEADER_V2.lines(sheet)))


def _as_v2(lines: Iterator[tuple[int, dict[str, str | None]]]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """A line for each amount. V1 gives an item's units on a line of their own, before that of its price."""
    units: dict[tuple[str | None, str | None], str] = {}
    for number, line in lines:
        item = line["order-item-code"], line["sku"]
        quantity = line["quantity-purchased"]
        if line["total-amount"]:
            yield number, line
        for amount, description, kind in _PARTS:
            if line[amount] and not line["total-amount"]:
                goods = kind == "ItemPrice" and line[description] == "Principal"
                given = units.pop(item, None) if goods else None
                yield number, {**_typed(line, description, kind), "amount": line[amount], "quantity-purchased": given}
        if quantity:
            units[item] = quantity


def _typed(line: Mapping[str, str | None], description: str, kind: str) -> dict[str, str | None]:
    """The types as V2 would give them: what V1 calls a transaction of its own is there the description of one."""
    own = line["transaction-type"] or ""
    text, transaction = line[description] or own, own
    if description == "transaction-type":
        if own.casefold() in _MOVES:
            transaction = "Transfer"
        elif own.casefold().endswith("fee"):
            transaction = "ServiceFee"
        elif own.isupper() or "reimburse" in own.casefold():
            kind = "FBA Inventory Reimbursement"
    return {**line, "transaction-type": transaction, "amount-type": kind, "amount-description": text}


def _checked(lines: Iterator[tuple[int, dict[str, str | None]]]) -> Iterator[dict[str, str | None] | Rejected | Note]:
    """Lines with plain amounts, each with its statement's currency; then what does not add up."""
    totals: dict[str, Decimal] = {}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    currencies: dict[str, str | None] = {}
    for number, line in lines:
        try:
            statement = _needed(line, "settlement-id")
            if line["total-amount"]:
                totals[statement] = _amount(line["total-amount"])
                currencies[statement] = line["currency"]
                continue
            sums[statement] += (amount := _amount(_needed(line, "amount")))
            yield _plain(line, amount, currencies.get(statement))
        except ValueError as error:
            yield Rejected(number, str(error))
    yield from _notes(totals, sums)


def _plain(line: Mapping[str, str | None], amount: Decimal, currency: str | None) -> dict[str, str | None]:
    currency = line["currency"] or currency
    if currency and currency_of(currency) != currency:
        raise ValueError(f"currency: {currency!r} is no currency code")
    if not (line.get("posted-date-time") or line["posted-date"]):
        raise ValueError("posted-date is blank")
    units = count(line["quantity-purchased"])
    return {
        **line,
        "amount": str(amount),
        "currency": currency,
        "quantity-purchased": None if units is None else str(units),
        "marketplace-name": line["marketplace-name"] or amazon_channel(currency),
    }


def _amount(text: str | None) -> Decimal:
    try:
        amount = money(text)
    except ValueError as error:
        raise ValueError(f"amount: {error}") from None
    if amount is None:
        raise ValueError("amount is blank")
    return amount


def _needed(line: Mapping[str, str | None], name: str) -> str:
    if not (text := line.get(name)):
        raise ValueError(f"{name} is blank")
    return text


def _notes(totals: Mapping[str, Decimal], sums: Mapping[str, Decimal]) -> Iterator[Note]:
    for statement, total in totals.items():
        if sums.get(statement, Decimal(0)) != total:
            yield Note(
                f"statement {statement} states {total}, but its lines add up to {sums.get(statement, Decimal(0))}: "
                "the file has lost lines; download it again"
            )
    for statement in sums.keys() - totals.keys():
        yield Note(f"statement {statement} has lost its first line, which holds the total and the currency")


SETTLEMENTS = (
    Importer(
        kind="amazon.settlement_v2", title="Settlement report, V2 flat file", recognise=HEADER_V2, read=read_v2,
        shape=SETTLEMENT, columns=HEADER_V2.columns,
    ),
    Importer(
        kind="amazon.settlement_v1", title="Settlement report, V1 flat file", recognise=HEADER_V1, read=read_v1,
        shape=SETTLEMENT, columns=HEADER_V1.columns,
    ),
)  # fmt: skip

"""Fees that Amazon charges by the month: FBA storage, and the surcharge for aged stock.

A month's storage stands on the month's last day. Payout statements hold the same money in one sum.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from kpiterm.plugins import Importer, Note, Output, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES, amazon_channel
from kpiterm.plugins.parse import count, day, moment, money
from kpiterm_amazon.import_given import zone
from kpiterm_amazon.import_table import Header, Line, body
from kpiterm_amazon.places import PLACES

_FEE = ("channel", "day", "kind", "sku", "item_id", "quantity", "amount", "currency")
FEES = Shape(
    columns={
        **dict.fromkeys(_FEE, "VARCHAR"), "day": "DATE", "quantity": "BIGINT", "amount": "DECIMAL(18, 4)",
    },
    required=("day", "kind", "amount"),
    outputs=(
        Output(
            into="fee",
            select=f"select _payload, {', '.join(_FEE)} from source",
            replaces=("source", "channel", "day", "kind"),
        ),
    ),
)  # fmt: skip

STORAGE = Header(
    names={
        "item_id": ("asin",),
        "fnsku": ("fnsku",),
        "month": ("month_of_charge", "Month of charge"),
        "currency": ("currency", "通貨"),
        "country": ("country_code", "Country code"),
        "amount": ("estimated_monthly_storage_fee", "Monthly storage fee (est.)"),
        "rate": ("storage_rate", "Storage rate"),
        "centre": ("fulfillment_center", "Fulfillment center"),
    },
    needed=("item_id", "fnsku", "month", "currency", "amount", "rate"),
)
AGED = Header(
    names={
        "moment": ("snapshot-date", "日付"),
        "sku": ("sku", "出品者SKU"),
        "item_id": ("asin",),
        "fnsku": ("fnsku",),
        "currency": ("currency", "通貨"),
        "country": ("country", "国"),
        "amount": ("amount-charged", "long-time-range-long-term-storage-fee", "12-mo-long-terms-storage-fee"),
        "short": ("short-time-range-long-term-storage-fee", "6-mo-long-terms-storage-fee"),
        "units": (
            "qty-charged", "qty-charged-long-time-range-long-term-storage-fee",
            "qty-charged-12-mo-long-term-storage-fee",
        ),
        "short_units": (
            "qty-charged-short-time-range-long-term-storage-fee", "qty-charged-6-mo-long-term-storage-fee",
        ),
    },
    needed=("moment", "sku", "item_id", "currency", "amount", "units"),
)  # fmt: skip


def _storage(line: Line) -> dict[str, str | None]:
    first = day(f"{line['month']}-01")
    last = date(first.year, first.month, monthrange(first.year, first.month)[1])
    return {"day": last.isoformat(), "kind": "storage", "amount": str(_amount(line, "amount"))}


def _aged(line: Line) -> dict[str, str | None]:
    units = (count(line["units"]) or 0) + (count(line["short_units"]) or 0)
    amount = _amount(line, "amount") + (money(line["short"], decimal_comma=False) or 0)
    text, place = line["moment"] or "", MARKETPLACES.get(_channel(line) or "")
    local = moment(text).astimezone(zone(line, place)).date() if "T" in text else day(text)
    return {"day": local.isoformat(), "kind": "aged_inventory", "quantity": str(units), "amount": str(amount)}


def _amount(line: Line, name: str) -> Decimal:
    amount = money(line[name], decimal_comma=False)
    if amount is None:
        raise ValueError("the fee is blank")
    return amount.quantize(Decimal("0.0001"))


def _channel(line: Line) -> str | None:
    country = (line["country"] or "").upper()
    place = PLACES.get({"GB": "UK"}.get(country, country))
    return place.channel if place else amazon_channel(line["currency"]) or line["given_channel"]


def _lines(header: Header, fee: Callable[[Line], dict[str, str | None]], sheet: Sheet) -> Iterator[Line | Rejected]:
    for number, line in header.lines(sheet):
        try:
            shared = {"channel": _channel(line), "sku": line.get("sku"), "item_id": line["item_id"]}
            yield {**shared, "currency": line["currency"], **fee(line)}
        except ValueError as error:
            yield Rejected(number, str(error))


def _importer(kind: str, title: str, header: Header, fee: Callable[[Line], dict[str, str | None]]) -> Importer:
    def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
        return body(sheet, _FEE, _lines(header, fee, sheet))

    return Importer(kind=kind, title=title, recognise=header, read=read, shape=FEES, columns=header.columns)


MONTHLY_FEES = (
    _importer("amazon.storage_fees", "FBA monthly storage fees", STORAGE, _storage),
    _importer("amazon.aged_inventory_fees", "FBA long-term storage fees, aged inventory surcharge", AGED, _aged),
)

"""Data Kiosk economics (JSONL): what Amazon charged for each product, on the last day of the span that a record covers.

The advertising in the same records is left out: advertising reports hold that money.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from kpiterm.plugins import Importer, Note, Output, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.parse import day
from kpiterm_amazon.import_fees import FEES
from kpiterm_amazon.import_table import Header, Line, body
from kpiterm_amazon.places import PLACES

HEADER = Header(
    names={
        "marketplace": ("marketplaceId",),
        "first": ("startDate",),
        "last": ("endDate",),
        "sku": ("msku",),
        "item_id": ("childAsin",),
        "parent": ("parentAsin",),
        "fees": ("fees",),
        "ads": ("ads",),
    },
    needed=("marketplace", "first", "last", "fees", "ads", "parent"),
)
_COLUMNS = tuple(FEES.columns)
ECONOMICS_SHAPE = Shape(
    columns=FEES.columns,
    required=FEES.required,
    outputs=(
        Output(
            into="fee", select=FEES.outputs[0].select, replaces=("source", "channel", "day", "sku", "item_id"),
        ),
    ),
)  # fmt: skip
_PLACES = {place.marketplace_id: place for place in PLACES.values()}


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with a line for each charge."""
    return body(sheet, _COLUMNS, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Line | Rejected | Note]:
    spans, advertising = 0, Decimal(0)
    for number, line in HEADER.lines(sheet):
        try:
            first, last = day(line["first"]), day(line["last"])
            yield from list(_charges(line, last))
            advertising += sum((_total(ad["charge"]) for ad in _list(line["ads"])), Decimal(0))
            spans += first != last
        except (ValueError, KeyError, TypeError) as error:
            yield Rejected(number, f"the record is not as documented: {error}")
    if spans:
        yield Note(f"{spans} records cover several days each: their fees stand on the last of them")
    if advertising:
        yield Note(f"advertising of {advertising} is left out: the advertising reports hold it")


def _charges(line: Line, last: date) -> Iterator[Line]:
    place = _PLACES.get(line["marketplace"] or "")
    for fee in _list(line["fees"]):
        for charge in fee["charges"]:
            detail = charge["aggregatedDetail"]
            units = detail.get("quantity")
            yield {
                "channel": place.channel if place else line["given_channel"],
                "day": last.isoformat(),
                "kind": re.sub(r"(?<!^)(?=[A-Z])", "_", fee["feeTypeName"]).lower(),
                "sku": line["sku"],
                "item_id": line["item_id"],
                "quantity": str(int(units)) if units is not None and units == int(units) else None,
                "amount": str(_total(detail)),
                "currency": detail["totalAmount"]["currencyCode"],
            }


def _list(text: str | None) -> list[Any]:
    found = json.loads(text or "[]", parse_float=Decimal, parse_int=Decimal)
    return found if isinstance(found, list) else []


def _total(charge: dict[str, Any]) -> Decimal:
    return Decimal(charge["totalAmount"]["amount"])


ECONOMICS = Importer(
    kind="amazon.kiosk_economics",
    title="Data Kiosk economics (JSONL)",
    recognise=lambda sheet: sheet.encoding == "json" and HEADER(sheet),
    read=read,
    shape=ECONOMICS_SHAPE,
    columns=HEADER.columns,
)

"""The Amazon Sale Report of Indian sellers: order lines with a day but no time, months written first."""

from __future__ import annotations

from collections.abc import Iterator

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.parse import count, currency_of, day, money
from kpiterm_amazon.all_orders import ALL_ORDERS, COLUMNS
from kpiterm_amazon.import_given import start_of, zone
from kpiterm_amazon.import_table import Header, Line, body

INDIA = MARKETPLACES["amazon.in"]
HEADER = Header(
    names={
        "order": ("Order ID",),
        "day": ("Date",),
        "status": ("Status",),
        "fulfilment": ("Fulfilment",),
        "channel": ("Sales Channel",),
        "sku": ("SKU",),
        "item_id": ("ASIN",),
        "courier": ("Courier Status",),
        "quantity": ("Qty",),
        "currency": ("currency",),
        "amount": ("Amount",),
    },
    needed=("order", "day", "status", "channel", "sku", "item_id", "quantity", "amount", "courier"),
)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload in the layout of the All Orders report; orders stand at the start of their day."""
    return body(sheet, COLUMNS, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Line | Rejected | Note]:
    undated = 0
    for number, line in HEADER.lines(sheet):
        try:
            yield _order(line)
            undated += 1
        except ValueError as error:
            yield Rejected(number, str(error))
    if undated:
        yield Note("the report gives no time of day: orders stand at the start of their business day")


def _order(line: Line) -> dict[str, str | None]:
    for name in ("order", "status", "channel"):
        if not line[name]:
            raise ValueError(f"{HEADER.names[name][0]} is blank")
    units, amount = count(line["quantity"]), money(line["amount"], decimal_comma=False)
    currency = line["currency"]
    if currency and currency_of(currency) != currency:
        raise ValueError(f"currency: {currency!r} is no currency code")
    return {
        "amazon-order-id": line["order"],
        "purchase-date": start_of(day(line["day"], month_first=True), zone(line, INDIA)).isoformat(),
        "order-status": _status(line["status"] or ""),
        "sales-channel": line["channel"],
        "fulfillment-channel": line["fulfilment"],
        "sku": line["sku"],
        "asin": line["item_id"],
        "quantity": None if units is None else str(units),
        "currency": currency,
        "item-price": None if amount is None else str(amount),
    }


def _status(text: str) -> str:
    """Parcels that came back say so after "Shipped - "."""
    return "Returned" if "Returned" in text or "Returning" in text or "Rejected" in text else text


SALE_REPORT = Importer(
    kind="amazon.sale_report",
    title="Amazon Sale Report (India)",
    recognise=HEADER,
    read=read,
    shape=ALL_ORDERS,
    columns=HEADER.columns,
)

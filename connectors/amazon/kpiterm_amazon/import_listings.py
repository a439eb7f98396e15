"""The listings reports (all, active, inactive), English and Japanese: offers as listed."""

from __future__ import annotations

from collections.abc import Iterator

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.parse import lost_digits, money
from kpiterm_amazon.import_table import Header, Line, plain
from kpiterm_amazon.import_transactions import posted

HEADER = Header(
    names={
        "sku": ("seller-sku", "出品者SKU"),
        "item_id": ("asin1", "ASIN 1"),
        "product_id": ("product-id", "商品ID"),
        "title": ("item-name", "商品名"),
        "price": ("price", "価格"),
        "status": ("status", "ステータス"),
        "opened": ("open-date", "出品日"),
        "listing": ("listing-id", "出品ID"),
    },
    needed=("sku", "title", "price", "opened", "listing"),
)
_STATES = {"active": "active", "inactive": "inactive", "incomplete": "incomplete"}


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One `listing` row for each offer."""
    japanese = any(plain(cell) == "出品者sku" for cell in sheet.header)
    unpriced = 0
    for number, line in HEADER.lines(sheet):
        try:
            row = _row(line, japanese)
        except ValueError as error:
            yield Rejected(number, str(error))
            continue
        unpriced += row["currency"] is None
        yield Row("listing", row)
    if unpriced:
        yield Note(f"{unpriced} offers have no currency, since the report names none: name the account with --account")


def _row(line: Line, japanese: bool) -> dict[str, object]:
    if not line["sku"] or lost_digits(line["sku"]):
        raise ValueError("the SKU is blank or was cut by a spreadsheet")
    channel = "amazon.co.jp" if japanese else line["given_channel"]
    status = (line["status"] or "").casefold()
    return {
        "channel": channel,
        "sku": line["sku"],
        "item_id": line["item_id"] or line["product_id"],
        "title": line["title"],
        "price": money(line["price"]),
        "currency": "JPY" if japanese else line["given_currency"],
        "status": _STATES.get(status, status or None),
        "listed_at": posted(line["opened"], month_first=channel in (None, "amazon.com")) if line["opened"] else None,
    }


LISTINGS = Importer(
    kind="amazon.listings", title="Listings report", recognise=HEADER, read=read, columns=HEADER.columns
)

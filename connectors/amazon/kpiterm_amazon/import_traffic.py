"""Sales and traffic by product and from the sales dashboard, and what Data Kiosk and the Reports API give as JSON.

The store keeps traffic by day. A report by product holds one sum for all its days and no date: `--period` names the
day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import amazon_channel
from kpiterm.plugins.parse import count, currency_of, day, money, percent
from kpiterm_amazon.import_business import NAMES
from kpiterm_amazon.import_given import needed_day, span
from kpiterm_amazon.import_table import Header, Line
from kpiterm_amazon.places import PLACES

_ITEMS = {
    "parent": ("(parent) asin", "(親)asin", "（親）asin"),
    "child": ("(child) asin", "(子)asin", "（子）asin"),
    "sku": ("sku",),
}
_MEASURES = {ours: theirs for ours, theirs in NAMES.items() if ours != "day"}
BY_ITEM = Header(names={**_ITEMS, **_MEASURES}, needed=("parent", "sessions", "page_views", "units", "sales"))
DASHBOARD = Header(
    names={**_MEASURES, "day": ("date", "time", "日付")}, needed=("day", "units", "sales"),
    foreign=("sessions - total", "sessions", "(parent) asin", "セッション - 合計", "セッション"),
)  # fmt: skip
SNAPSHOT = Header(
    names={**_MEASURES, "average": ("avg. units/order item", "avg. units / order item")},
    needed=("order_items", "units", "sales", "average"), foreign=("date", "time"),
)  # fmt: skip


def read_items(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One `traffic_day` row for each product, on the day that `--period` names."""
    at = BY_ITEM.at(sheet.header)
    level = "sku" if "sku" in at else "child" if "child" in at else "parent"
    for number, line in BY_ITEM.lines(sheet):
        on = needed_day(sheet, line, "is a report by product: it holds no date")
        try:
            if not (item := line["child"] or line["parent"]):
                raise ValueError("the ASIN is blank")
            yield Row("traffic_day", {**_measures(line, on), "level": level, "item_id": item, "sku": line["sku"]})
        except ValueError as error:
            yield Rejected(number, str(error))


def read_dashboard(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One row for each day of the dashboard's table over time."""
    for number, line in DASHBOARD.lines(sheet):
        try:
            yield Row("traffic_day", {**_measures(line, day(line["day"], month_first=True)), "level": "account"})
        except ValueError as error:
            yield Rejected(number, str(error))


def read_snapshot(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """The dashboard's totals, where `--period` names the one day that they are of."""
    for number, line in SNAPSHOT.lines(sheet):
        days = span(line)
        if days is None or days[0] != days[1]:
            yield Note("the dashboard's totals name no single day and are left out: name it with --period 2026-10-05")
            return
        try:
            yield Row("traffic_day", {**_measures(line, days[0]), "level": "account"})
        except ValueError as error:
            yield Rejected(number, str(error))


def _measures(line: Line, on: date) -> dict[str, object]:
    currency = currency_of(line["sales"]) or line["given_currency"]
    return {
        "channel": line["given_channel"] or amazon_channel(currency),
        "day": on,
        "sessions": count(line.get("sessions")),
        "page_views": count(line.get("page_views")),
        "units": count(line["units"]),
        "order_items": count(line.get("order_items")),
        "ordered_sales": money(line["sales"], decimal_comma=False),
        "refunded_units": count(line.get("refunded")),
        "buy_box": percent(line.get("buy_box"), decimal_comma=False),
        "currency": currency,
    }


def _json(prefix: str, sales: str, traffic: str, **names: str) -> Header:
    """Columns of a JSON document: `sales` and `traffic` are the names of the inner objects."""
    sold, seen = f"{prefix}{sales}.", f"{prefix}{traffic}."
    columns = {
        "sales": f"{sold}orderedProductSales.amount", "currency": f"{sold}orderedProductSales.currencyCode",
        "units": f"{sold}unitsOrdered", "order_items": f"{sold}totalOrderItems", "refunded": f"{sold}unitsRefunded",
        "sessions": f"{seen}sessions", "page_views": f"{seen}pageViews", "buy_box": f"{seen}buyBoxPercentage",
        "parent": f"{prefix}parentAsin", "child": f"{prefix}childAsin", "sku": f"{prefix}sku", **names,
    }  # fmt: skip
    needed = ("sales", "units", "sessions", *(name for name in ("first", "parent") if name in names))
    return Header(names={ours: (theirs,) for ours, theirs in columns.items()}, needed=needed)


_SPEC = "reportSpecification"
_OF_REPORT = {"marketplace": f"{_SPEC}.marketplaceIds"}
KIOSK = _json("", "sales", "traffic", first="startDate", last="endDate", marketplace="marketplaceId")
BY_DATE = _json(
    "salesAndTrafficByDate.", "salesByDate", "trafficByDate", first="salesAndTrafficByDate.date",
    granularity=f"{_SPEC}.reportOptions.dateGranularity", **_OF_REPORT,
)  # fmt: skip
BY_ASIN = _json(
    "salesAndTrafficByAsin.", "salesByAsin", "trafficByAsin", parent="salesAndTrafficByAsin.parentAsin",
    first=f"{_SPEC}.dataStartTime", last=f"{_SPEC}.dataEndTime", **_OF_REPORT,
)  # fmt: skip


def _read_json(header: Header, sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One row for each record of a single day; weeks, months and other spans cannot be put on a day."""
    spans = Counter[str]()
    for number, line in header.lines(sheet):
        try:
            first, last = day(line["first"]), day(line.get("last") or line["first"])
            coarse = (line.get("granularity") or "DAY").upper()
            if first != last or coarse != "DAY":
                spans["week or month" if coarse != "DAY" else "span"] += 1
                raise ValueError(
                    f"it covers {first} to {last}" if coarse == "DAY" else f"it covers a {coarse.lower()} from {first}"
                )
            yield Row("traffic_day", _record(line, first))
        except ValueError as error:
            yield Rejected(number, str(error))
    if spans:
        yield Note(
            f"{spans.total()} records cover several days each: the store keeps traffic by day; ask for it again "
            "aggregated by DAY, or of a single day"
        )


def _record(line: Line, on: date) -> dict[str, object]:
    level = next((name for name in ("sku", "child", "parent") if line.get(name)), "account")
    share = money(line["buy_box"], decimal_comma=False)
    text = line.get("marketplace") or ""
    place = next((p for p in PLACES.values() if p.marketplace_id in text), None)
    return {
        "channel": place.channel if place else line["given_channel"] or amazon_channel(line["currency"]),
        "day": on,
        "level": level,
        "sku": line.get("sku"),
        "item_id": line.get("child") or line.get("parent"),
        **{name: _whole(line[name]) for name in ("sessions", "page_views", "units", "order_items")},
        "ordered_sales": money(line["sales"], decimal_comma=False),
        "refunded_units": _whole(line["refunded"]),
        "buy_box": None if share is None else share.scaleb(-2),
        "currency": line["currency"],
    }


def _whole(text: str | None) -> int | None:
    number = Decimal(text) if text else None
    return None if number is None else int(number)


def _json_importer(kind: str, title: str, header: Header) -> Importer:
    return Importer(
        kind=kind,
        title=title,
        recognise=lambda sheet: sheet.encoding == "json" and header(sheet),
        read=lambda sheet: _read_json(header, sheet),
    )


TRAFFIC_FILES = (
    Importer(kind="amazon.business_items", title="Business report by ASIN or SKU", recognise=BY_ITEM, read=read_items),
    Importer(kind="amazon.sales_dashboard", title="Sales dashboard, by day", recognise=DASHBOARD, read=read_dashboard),
    Importer(kind="amazon.sales_snapshot", title="Sales dashboard, totals", recognise=SNAPSHOT, read=read_snapshot),
    _json_importer("amazon.sales_traffic_date", "Sales and traffic report by date (JSON)", BY_DATE),
    _json_importer("amazon.sales_traffic_asin", "Sales and traffic report by ASIN (JSON)", BY_ASIN),
    _json_importer("amazon.kiosk_traffic", "Data Kiosk sales and traffic (JSONL)", KIOSK),
)

"""Sales and traffic by product and from the sales dashboard, and what Data Kiosk and the Reports API give as JSON.

A report by product holds one sum for all its days and no date: `--period` names them. Sums over several days are kept
as summaries, which count for no day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import amazon_channel
from kpiterm.plugins.parse import count, currency_of, day, money, percent
from kpiterm_amazon.import_business import NAMES
from kpiterm_amazon.import_given import needed_span, placed, span
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
    """One `traffic_day` row for each product, of the days that `--period` names."""
    at = BY_ITEM.at(sheet.header)
    level = "sku" if "sku" in at else "child" if "child" in at else "parent"
    ranges = 0
    for number, line in BY_ITEM.lines(sheet):
        days = needed_span(sheet, line, "is a report by product: it holds no date")
        try:
            if not (item := line["child"] or line["parent"]):
                raise ValueError("the ASIN is blank")
            yield Row("traffic_day", {**_measures(line), **placed(days, level), "item_id": item, "sku": line["sku"]})
            ranges += days[0] != days[1]
        except ValueError as error:
            yield Rejected(number, str(error))
    yield from _of_ranges(ranges)


def read_dashboard(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One row for each day of the dashboard's table over time."""
    for number, line in DASHBOARD.lines(sheet):
        try:
            on = day(line["day"], month_first=True)
            yield Row("traffic_day", {**_measures(line), **placed((on, on), "account")})
        except ValueError as error:
            yield Rejected(number, str(error))


def read_snapshot(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """The dashboard's totals, where `--period` names the days that they are of."""
    ranges = 0
    for number, line in SNAPSHOT.lines(sheet):
        if (days := span(line)) is None:
            yield Note("the dashboard's totals name no days and are left out: name them with --period 2026-10-05")
            return
        try:
            yield Row("traffic_day", {**_measures(line), **placed(days, "account")})
            ranges += days[0] != days[1]
        except ValueError as error:
            yield Rejected(number, str(error))
    yield from _of_ranges(ranges)


def _of_ranges(rows: int) -> Iterator[Note]:
    if rows:
        yield Note(f"{rows} rows cover several days each: they are kept as level 'summary' and count for no single day")


def _measures(line: Line) -> dict[str, object]:
    currency = currency_of(line["sales"]) or line["given_currency"]
    return {
        "channel": line["given_channel"] or amazon_channel(currency),
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
    """One row for each record: of a day, or of the week, month or other span that it covers."""
    ranges = 0
    for number, line in header.lines(sheet):
        try:
            first, last = days = _covered(line)
            yield Row("traffic_day", _record(line, days))
            ranges += first != last
        except ValueError as error:
            yield Rejected(number, str(error))
    yield from _of_ranges(ranges)


def _covered(line: Line) -> tuple[date, date]:
    first = day(line["first"])
    match (line.get("granularity") or "DAY").upper():
        case "WEEK":
            return first, first + timedelta(days=6)
        case "MONTH":
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        case _:
            return first, day(line.get("last") or line["first"])


def _record(line: Line, days: tuple[date, date]) -> dict[str, object]:
    level = next((name for name in ("sku", "child", "parent") if line.get(name)), "account")
    share = money(line["buy_box"], decimal_comma=False)
    text = line.get("marketplace") or ""
    place = next((p for p in PLACES.values() if p.marketplace_id in text), None)
    return {
        "channel": place.channel if place else line["given_channel"] or amazon_channel(line["currency"]),
        **placed(days, level),
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
        columns=header.columns,
    )


TRAFFIC_FILES = (
    Importer(
        kind="amazon.business_items",
        title="Business report by ASIN or SKU",
        recognise=BY_ITEM,
        read=read_items,
        columns=BY_ITEM.columns,
    ),
    Importer(
        kind="amazon.sales_dashboard",
        title="Sales dashboard, by day",
        recognise=DASHBOARD,
        read=read_dashboard,
        columns=DASHBOARD.columns,
    ),
    Importer(
        kind="amazon.sales_snapshot",
        title="Sales dashboard, totals",
        recognise=SNAPSHOT,
        read=read_snapshot,
        columns=SNAPSHOT.columns,
    ),
    _json_importer("amazon.sales_traffic_date", "Sales and traffic report by date (JSON)", BY_DATE),
    _json_importer("amazon.sales_traffic_asin", "Sales and traffic report by ASIN (JSON)", BY_ASIN),
    _json_importer("amazon.kiosk_traffic", "Data Kiosk sales and traffic (JSONL)", KIOSK),
)

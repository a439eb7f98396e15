"""Seller Central's daily business reports, English and Japanese: sales and traffic of the whole account by day.

Amazon cuts their days in the marketplace's own time. Two reports share most columns, so each is a source of its own and
a KPI reads one of them at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import amazon_channel
from kpiterm.plugins.parse import count, currency_of, money, percent
from kpiterm.plugins.parse_dates import day
from kpiterm_amazon.import_table import Header

NAMES = {
    "day": ("date", "日付"),
    "sales": ("ordered product sales", "注文商品売上"),
    "units": ("units ordered", "注文された商品点数"),
    "order_items": ("total order items", "注文品目総数"),
    "sessions": ("sessions - total", "sessions", "セッション - 合計", "セッション"),
    "page_views": ("page views - total", "page views", "ページビュー - 合計", "ページビュー"),
    "refunded": ("units refunded", "返金された商品点数"),
    "buy_box": (
        "featured offer (buy box) percentage",
        "featured offer percentage",
        "buy box percentage",
        "おすすめ商品(ショッピングカートボックス)の割合",
    ),
}
_NEEDED = ("day", "sales", "units", "sessions")
_BY_PRODUCT = ("(parent) asin", "(child) asin")
SALES = Header(names=NAMES, needed=_NEEDED, foreign=(*NAMES["page_views"], *_BY_PRODUCT))
TRAFFIC = Header(names=NAMES, needed=(*_NEEDED, "page_views"), foreign=_BY_PRODUCT)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One `traffic_day` row of level `account` for each day."""
    lines = [line for _, line in TRAFFIC.lines(sheet)]
    month_first = _month_first([line["day"] or "" for line in lines])
    for number, line in enumerate(lines, start=1):
        try:
            yield Row("traffic_day", _row(line, month_first))
        except ValueError as error:
            yield Rejected(number, str(error))
    currencies = {currency_of(line["sales"]) for line in lines}
    if None in currencies:
        yield Note("the report names no currency: its sales take part in no KPI")
    elif not any(map(amazon_channel, currencies)):
        yield Note("its currency belongs to several marketplaces: name the account with --account")


def _row(line: Mapping[str, str | None], month_first: bool | None) -> dict[str, object]:
    currency = currency_of(line["sales"])
    return {
        "channel": amazon_channel(currency),
        "day": day(line["day"], month_first),
        "level": "account",
        "sessions": count(line["sessions"]),
        "page_views": count(line.get("page_views")),
        "units": count(line["units"]),
        "order_items": count(line.get("order_items")),
        "ordered_sales": money(line["sales"], decimal_comma=False),
        "refunded_units": count(line.get("refunded")),
        "buy_box": percent(line.get("buy_box"), decimal_comma=False),
        "currency": currency,
    }


def _month_first(texts: list[str]) -> bool | None:
    """How `06/07/22` is meant: a report lists each day once, so the days lie closest together when read as written."""
    spans: dict[bool, timedelta] = {}
    for guess in (True, False):
        if days := _days(texts, guess):
            spans[guess] = max(days) - min(days)
    if len(spans) == 2 and spans[True] != spans[False]:
        return spans[True] < spans[False]
    return next(iter(spans)) if len(spans) == 1 else None


def _days(texts: list[str], month_first: bool) -> list[date]:
    try:
        return [day(text, month_first) for text in texts]
    except ValueError:
        return []


BUSINESS_REPORTS = (
    Importer(
        kind="amazon.business_sales",
        title="Business report, sales by date",
        recognise=SALES,
        read=read,
        columns=SALES.columns,
    ),
    Importer(
        kind="amazon.business_traffic",
        title="Business report, sales and traffic by date",
        recognise=TRAFFIC,
        read=read,
        columns=TRAFFIC.columns,
    ),
)

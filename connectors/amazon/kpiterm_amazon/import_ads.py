"""Advertising reports of the Ads console, CSV and Excel: Sponsored Products and the unified reports of 2026."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import amazon_channel
from kpiterm.plugins.parse import count, currency_of, day, day_range, lost_digits, money, unwrap

T = TypeVar("T")

# Header texts, lower case and without window and unit, that name a column. The first one that a file has is taken.
_NAMES = {
    "day": ("date",),
    "range": ("date range",),
    "first": ("start date",),
    "last": ("end date",),
    "campaign": ("campaign name",),
    "campaign_id": ("campaign id",),
    "ad_group": ("ad group name",),
    "ad_group_id": ("ad group id",),
    "program": ("campaign type", "ad product"),
    "sku": ("advertised sku", "advertised product sku"),
    "item_id": ("advertised asin", "advertised product id"),
    "search_term": ("customer search term", "search term"),
    "target": ("targeting", "target value"),
    "placement": ("placement", "placement name"),
    "currency": ("currency", "budget currency"),
    "spend": ("spend", "total cost"),
    "clicks": ("clicks",),
    "impressions": ("impressions",),
    "sales": ("total sales", "sales"),
    "orders": ("total orders", "purchases"),
    "units": ("total units", "units sold"),
}
_HEADER = re.compile(r"(?:(\d+) day )?(.*?)(?: ?\([^()]*\))?")
_PROGRAMS = {"sponsored products": "SP", "sponsored brands": "SB", "sponsored display": "SD"}
# Reports that share these columns but repeat other reports' money, or are no daily figures at all.
_FOREIGN = re.compile(r"new-to-brand|viewable|cost type|search term impression|^record type$|^entity$|^operation$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a report has what: positions by our names, the attribution window and currency that its header states."""

    at: Mapping[str, int]
    attribution_days: int | None
    currency: str | None

    def has(self, *names: str) -> bool:
        return all(name in self.at for name in names)


def columns_of(header: tuple[str, ...]) -> Columns:
    """Reads a header in any of the spellings that Amazon has used."""
    texts = [" ".join(cell.casefold().split()) for cell in header]
    parts = [found.groups() if (found := _HEADER.fullmatch(text)) else (None, text) for text in texts]
    names = [name for _, name in parts]
    at = {
        ours: position
        for ours, theirs in _NAMES.items()
        if (position := next((names.index(name) for name in theirs if name in names), None)) is not None
    }
    sales = at.get("sales")
    window = parts[sales][0] if sales is not None else None
    bracketed = [currency_of(header[at[name]]) for name in ("spend", "sales") if name in at and "(" in header[at[name]]]
    return Columns(at, int(window) if window else None, next(filter(None, bracketed), None))


def breakdown(columns: Columns) -> str:
    """What a report breaks its figures down by, the most specific first; `account` where it is by day alone."""
    if columns.has("search_term"):
        return "search_term"
    if columns.has("placement"):
        return "placement"
    if columns.has("sku") or columns.has("item_id"):
        return "product"
    if columns.has("target"):
        return "targeting"
    return "campaign" if columns.has("campaign") else "account"


def read_report(sheet: Sheet, by: str, program: str | None) -> Iterator[Row | Rejected | Note]:
    """One `ad_day` row for each line of the file, and what its owner should know of them."""
    columns, seen = columns_of(sheet.header), Counter[str]()
    for number, cells in enumerate(sheet.rows(), start=1):
        line = {ours: unwrap(cells[position]) for ours, position in columns.at.items()}
        if _is_total(cells):
            continue
        try:
            row = _row(line, columns, by, program, text=sheet.delimiter is not None)
        except ValueError as error:
            yield Rejected(number, str(error))
            continue
        seen["several days"] += row["day"] != row["last_day"]
        seen["no currency"] += row["currency"] is None
        seen["sign"] += "currency" not in columns.at and row["currency"] is not None
        seen["cut id"] += lost_digits(line.get("campaign_id"))
        yield Row("ad_day", {**row, "channel": amazon_channel(_currency(line, columns))})
    yield from _notes(seen, columns)


def _is_total(cells: tuple[str | None, ...]) -> bool:
    first = next(filter(None, cells), "")
    return first.strip().casefold() in ("total", "totals", "grand total")


def _row(
    line: Mapping[str, str | None], columns: Columns, by: str, program: str | None, *, text: bool
) -> dict[str, object]:
    first, last = _days(line)
    campaign, group = _name(line.get("campaign"), text), _name(line.get("ad_group"), text)
    if campaign is None and by != "account":
        raise ValueError("the campaign is blank")
    whole_day = first == last and by != "account"
    return {
        "day": first,
        "last_day": last,
        "level": by if whole_day else "summary",
        "detail": None if whole_day else by,
        "ad_product": _program(line.get("program")) or program,
        "campaign_id": _id(line.get("campaign_id")) or campaign,
        "campaign": campaign,
        "ad_group_id": _id(line.get("ad_group_id")) or group,
        "sku": line.get("sku"),
        "item_id": line.get("item_id"),
        "term": line.get("search_term") or line.get("placement") or line.get("target"),
        "spend": _number("spend", line, _amount),
        "clicks": _number("clicks", line, count),
        "impressions": _number("impressions", line, count),
        "attributed_sales": _number("sales", line, _amount),
        "attributed_orders": _number("orders", line, count),
        "attributed_units": _number("units", line, count),
        "attribution_days": columns.attribution_days,
        "currency": _currency(line, columns),
    }


def _days(line: Mapping[str, str | None]) -> tuple[date, date]:
    """`Date` wins: beside it, Start and End Date are the campaign's own. Rows of one day belong to that day."""
    if only := line.get("day"):
        return day(only), day(only)
    if span := line.get("range"):
        return day_range(span)
    first, last = day(line.get("first")), day(line.get("last"))
    if last < first:
        raise ValueError(f"the range ends on {last}, before it starts on {first}")
    return first, last


def _name(text: str | None, from_csv: bool) -> str | None:
    """Campaign CSVs put a backslash before quotes, besides doubling them; workbooks give the same name without."""
    return text.replace('\\"', '"') if text and from_csv else text


def _id(text: str | None) -> str | None:
    return None if lost_digits(text) else text


def _program(text: str | None) -> str | None:
    return _PROGRAMS.get(text.casefold(), text) if text else None


def _amount(text: str | None) -> Decimal | None:
    return money(text, decimal_comma=False)


def _number(name: str, line: Mapping[str, str | None], parse: Callable[[str | None], T]) -> T:
    try:
        return parse(line.get(name))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _currency(line: Mapping[str, str | None], columns: Columns) -> str | None:
    if code := line.get("currency"):
        if not re.fullmatch("[A-Z]{3}", code):
            raise ValueError(f"currency: {code!r} is no currency code")
        return code
    return columns.currency or currency_of(line.get("spend")) or currency_of(line.get("sales"))


def _notes(seen: Counter[str], columns: Columns) -> Iterator[Note]:
    texts = {
        "several days": "rows cover several days each: they are kept as level 'summary' and count for no single day",
        "no currency": "rows name no currency: their money takes part in no KPI until the report is exported with one",
        "sign": "rows have their currency from its sign ($ as USD, ¥ as JPY, Rs as INR), for want of a Currency column",
        "cut id": "campaign ids were cut by a spreadsheet (4.68E+14): the campaign's name stands in for its id",
    }
    for key, text in texts.items():
        if seen[key]:
            yield Note(f"{seen[key]} {text}")
    if columns.has("sales") and columns.attribution_days is None:
        yield Note("the report does not say within how many days it attributes sales")


def _importer(kind: str, title: str, by: str, unified: bool) -> Importer:
    def recognise(sheet: Sheet) -> bool:
        texts = {" ".join(cell.casefold().split()) for cell in sheet.header}
        columns = columns_of(sheet.header)
        return (
            columns.has("spend", "clicks")
            and (columns.has("day") or columns.has("range") or columns.has("first", "last"))
            and ("total cost" in texts) == unified
            and (columns.has("orders") if unified else "cost per click (cpc)" in texts)
            and not any(map(_FOREIGN.search, texts))
            and breakdown(columns) == by
        )

    def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
        return read_report(sheet, by, None if unified else "SP")

    return Importer(
        kind=kind,
        title=title,
        recognise=recognise,
        read=read,
        columns=((*_UNIFIED, *_BY[by]) if unified else (*_SP, *_BY[by])),
    )


# What all reports of a layout have, and what tells their breakdown.
_SP = (
    ("Date", "Start Date"), "Impressions", "Clicks", "Click-Thru Rate (CTR)", "Cost Per Click (CPC)", "Spend",
    "7 Day Total Sales", "Total Advertising Cost of Sales (ACOS)", "Total Return on Advertising Spend (ROAS)",
)  # fmt: skip
_UNIFIED = (("Date range", "Date"), "Impressions", "Clicks", "CTR", "CPC", "Total cost", "Purchases", "Sales", "ROAS")
_CAMPAIGN = ("Campaign Name",)
_BY: Mapping[str, tuple[str | tuple[str, ...], ...]] = {
    "account": (),
    "campaign": _CAMPAIGN,
    "product": (*_CAMPAIGN, ("Advertised SKU", "Advertised ASIN", "Advertised product ID")),
    "search_term": (*_CAMPAIGN, ("Customer Search Term", "Search term")),
    "targeting": (*_CAMPAIGN, ("Targeting", "Target value")),
    "placement": (*_CAMPAIGN, ("Placement", "Placement name")),
}
_REPORTS = {
    "campaign": ("campaign", "Campaign"),
    "product": ("advertised_product", "Advertised product"),
    "search_term": ("search_term", "Search term"),
    "targeting": ("targeting", "Targeting"),
    "placement": ("placement", "Placement"),
}
SPONSORED_PRODUCTS = tuple(
    _importer(f"amazon.sp_{name}", f"Sponsored Products {title.lower()} report", by, unified=False)
    for by, (name, title) in {**_REPORTS, "account": ("performance_over_time", "Performance over time")}.items()
)
UNIFIED = tuple(
    _importer(f"amazon.ads_{name}", f"{title} report of the Ads console (2026)", by, unified=True)
    for by, (name, title) in _REPORTS.items()
)

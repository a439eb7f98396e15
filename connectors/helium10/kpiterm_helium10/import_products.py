"""Xray and Black Box exports: what Helium 10 estimates of each product, by its own ASIN.

Columns of the parent level repeat on every variation, and can differ between the parent's row and its variations', so
that no sum over them means anything: they are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm_helium10.import_table import (
    ASIN,
    SHAPE,
    Item,
    bounded,
    channel_in,
    currency_named,
    day_of,
    decimal_comma,
    names,
    pick,
    table,
    unread,
)

# Older exports hold a single figure for the whole listing, the same on each variation: it keeps a name of its own.
_FIGURES: Mapping[str, tuple[str, ...]] = {
    "price": ("price",),
    "units_30d": ("asin sales",),
    "revenue_30d": ("asin revenue",),
    "listing_units_30d": ("sales", "monthly sales"),
    "listing_revenue_30d": ("revenue", "monthly revenue"),
    "bsr": ("bsr",),
    "rating": ("reviews rating", "ratings"),
    "reviews": ("review count",),
    "sellers": ("number of active sellers", "active sellers"),
}
_SALES = ("ASIN Sales", "Sales", "Monthly Sales")
_MONEY = frozenset({"price", "revenue_30d", "listing_revenue_30d"})
_XRAY = """display order|product details|asin|url|image url|brand|price|parent level sales|asin sales|recent purchases
|parent level revenue|asin revenue|title char. count|bsr|seller country/region|fees|active sellers|ratings|review count
|images|review velocity|buy box|category|size tier|fulfillment|dimensions|weight|aba most clicked|creation date
|sponsored|best seller|seller age (mo)|seller|sales|revenue|variation sales strength (1 - 10)"""
_BLACK_BOX = """url|asin|title|brand|fulfillment|category|bsr|subcategory|price|price trend (90 days) (%)|monthly sales
|parent level sales|asin sales|sales trend (90 days) (%)|monthly revenue|parent level revenue|asin revenue|review count
|reviews rating|seller|seller country/region|number of active sellers|last year sales|sales year over year (%)|size tier
|length|width|height|weight|storage fee (jan - sep)|storage fee (oct - dec)|best sales period|age (month)
|listing age (months)|number of images|variation count|sales to reviews|image url"""


@dataclass(frozen=True, slots=True)
class Tool:
    """One of the two: how its metrics begin, the columns that tell it, all that it is known to export."""

    name: str
    telling: tuple[str, ...]
    known: frozenset[str]

    def recognise(self, sheet: Sheet) -> bool:
        at = names(sheet)
        sales = {name.casefold() for name in _SALES} & at.keys()
        return {name.casefold() for name in self.telling} <= at.keys() and bool(sales)


XRAY = Tool(
    "xray",
    ("Display Order", "Product Details", "ASIN", "Price", "BSR"),
    frozenset(_XRAY.replace("\n", "").split("|")),
)
BLACK_BOX = Tool(
    "black_box",
    ("ASIN", "Title", "Price", "Review Count", "Reviews Rating", "Number of Active Sellers"),
    frozenset(_BLACK_BOX.replace("\n", "").split("|")),
)


def read(tool: Tool, sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """`market_estimate` rows: the figures of each ASIN."""
    yield from table(sheet, _lines(tool, sheet))


def _lines(tool: Tool, sheet: Sheet) -> Iterator[Item]:
    day, told = day_of(sheet)
    at = names(sheet)
    figures = pick(at, _FIGURES)
    comma = decimal_comma(cells[position] for cells in sheet.rows() for position in figures.values())
    for number, cells in _by_asin(sheet, at).values():
        channel = channel_in(cells[at["url"]]) if "url" in at else None
        currency = currency_named(sheet) or (MARKETPLACES[channel].currency if channel else None)
        base = {"channel": channel, "day": day, "item_id": (cells[at["asin"]] or "").strip(), "currency": currency}
        for name, position in figures.items():
            try:
                value, bound = bounded(cells[position], comma)
            except ValueError as error:
                yield Rejected(number, f"{sheet.header[position]}: {error}")
                continue
            if value is not None:
                money = "yes" if name in _MONEY else None
                yield base | {"metric": f"{tool.name}_{name}", "estimate": value, "bound": bound, "money": money}
    yield from _rest(tool, sheet, at, told)


def _rest(tool: Tool, sheet: Sheet, at: Mapping[str, int], told: Note | None) -> Iterator[Item]:
    """Rows that were not read, and what the owner should know."""
    filled = 0
    for number, cells in enumerate(sheet.rows(), start=1):
        if ASIN.fullmatch((cells[at["asin"]] or "").strip()):
            filled += 1
        else:
            yield Rejected(number, f"ASIN {cells[at['asin']]!r} is no ASIN")
    if repeats := filled - len(_by_asin(sheet, at)):
        yield Note(f"{repeats} rows repeat an ASIN; its row as a variation was read, or its first one")
    if any(name.startswith("parent level") for name in at):
        yield Note("the parent level columns repeat on every variation and are not read")
    if told:
        yield told
    yield from unread(sheet, tool.known)


def _by_asin(sheet: Sheet, at: Mapping[str, int]) -> dict[str, tuple[int, tuple[str | None, ...]]]:
    """The row of each ASIN: a variation's own (`3.1.`) rather than its parent's (`3.`)."""
    found: dict[str, tuple[int, tuple[str | None, ...]]] = {}
    depths: dict[str, int] = {}
    order = at.get("display order")
    for number, cells in enumerate(sheet.rows(), start=1):
        asin = (cells[at["asin"]] or "").strip()
        depth = len([part for part in (cells[order] or "").split(".") if part]) if order is not None else 0
        if ASIN.fullmatch(asin) and depth > depths.get(asin, -1):
            found[asin], depths[asin] = (number, cells), depth
    return found


def _importer(tool: Tool, title: str) -> Importer:
    return Importer(
        kind=f"helium10.{tool.name}",
        title=title,
        recognise=tool.recognise,
        read=partial(read, tool),
        shape=SHAPE,
        columns=(*tool.telling, _SALES),
    )


PRODUCTS = (_importer(XRAY, "Helium 10 Xray export"), _importer(BLACK_BOX, "Helium 10 Black Box export"))

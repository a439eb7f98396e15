"""Sponsored Search exports, CSV or Excel, for advertisers without a partner's API keys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.parse import count, day, lost_digits, money, unwrap
from kpiterm_walmart.places import marketplace

T = TypeVar("T")

# Header texts in lower case, letters and digits only, that name a column; the first one that a file has is taken.
_NAMES = {
    "day": ("date",),
    "campaign_id": ("campaignid",),
    "campaign": ("campaignname", "campaign"),
    "ad_group_id": ("adgroupid", "adgroupname", "adgroup"),
    "item_id": ("itemid", "advertiseditemid"),
    "term": ("searchedkeyword", "biddedkeyword", "keyword", "keywordtext"),
    "spend": ("adspend",),
    "clicks": ("numadsclicks", "clicks"),
    "impressions": ("numadsshown", "impressions"),
    "sales": ("attributedsales", "totalattributedsales", "totalattributedsalesrevenue"),
    "orders": ("attributedorders", "orders"),
    "units": ("attributedunits", "unitssold"),
}
_ATTRIBUTED = ("sales", "orders", "units")
_WINDOW = re.compile(r"(\D*?)(?:(\d+)days?)?")
_WINDOWS = ("14", "30", "3", None)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a file has what, and the attribution window that its header states."""

    at: Mapping[str, int]
    attribution_days: int | None

    def has(self, *names: str) -> bool:
        return all(name in self.at for name in names)


def columns_of(header: tuple[str, ...]) -> Columns:
    """Reads a header. Where sales are given for several windows, those of 14 days are taken, Walmart's standard."""
    found: dict[tuple[str, str | None], int] = {}
    for position, cell in enumerate(header):
        parts = _WINDOW.fullmatch(re.sub(r"[^a-z0-9]", "", cell.casefold()))
        if parts:
            found.setdefault((parts[1], parts[2]), position)
    window = next((w for w in _WINDOWS if any((name, w) in found for name in _NAMES["sales"])), None)
    at = {
        ours: found[name, days]
        for ours, theirs in _NAMES.items()
        for days in (window if ours in _ATTRIBUTED else None,)
        for name in reversed(theirs)
        if (name, days) in found
    }
    return Columns(at, int(window) if window else None)


def level(columns: Columns) -> str:
    """What the file breaks its figures down by, the most specific first."""
    if columns.has("term"):
        return "targeting"
    return "product" if columns.has("item_id") else "campaign"


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One `ad_day` row for each line of the file."""
    columns, seen = columns_of(sheet.header), Counter[str]()
    for number, cells in enumerate(sheet.rows(), start=1):
        line = {ours: unwrap(cells[position]) for ours, position in columns.at.items()}
        if (line.get("day") or "").casefold().startswith("total"):
            continue
        try:
            yield Row("ad_day", _row(line, columns))
        except ValueError as error:
            yield Rejected(number, str(error))
        seen["cut id"] += lost_digits(line.get("campaign_id"))
    if seen["cut id"]:
        yield Note(f"{seen['cut id']} campaign ids were cut by a spreadsheet: the campaign's name stands in for its id")
    if columns.attribution_days is None:
        yield Note("the file does not say within how many days it attributes sales")


def _row(line: Mapping[str, str | None], columns: Columns) -> dict[str, object]:
    on = day(line.get("day"), month_first=True)
    number = None if lost_digits(line.get("campaign_id")) else line.get("campaign_id")
    if not (number or line.get("campaign")):
        raise ValueError("the campaign is blank")
    return {
        "day": on,
        "last_day": on,
        "level": level(columns),
        "ad_product": "SP",
        "campaign_id": number or line.get("campaign"),
        "campaign": line.get("campaign"),
        "ad_group_id": line.get("ad_group_id"),
        "item_id": line.get("item_id"),
        "term": line.get("term"),
        "spend": _number("spend", line, _amount),
        "clicks": _number("clicks", line, count),
        "impressions": _number("impressions", line, count),
        "attributed_sales": _number("sales", line, _amount),
        "attributed_orders": _number("orders", line, count),
        "attributed_units": _number("units", line, count),
        "attribution_days": columns.attribution_days,
        "currency": marketplace({}).currency,
    }


def _amount(text: str | None) -> Decimal | None:
    return money(text, decimal_comma=False)


def _number(name: str, line: Mapping[str, str | None], parse: Callable[[str | None], T]) -> T:
    try:
        return parse(line.get(name))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _importer(kind: str, title: str, of: str) -> Importer:
    def recognise(sheet: Sheet) -> bool:
        columns = columns_of(sheet.header)
        named = columns.has("campaign_id") or columns.has("campaign")
        return columns.has("day", "spend", "clicks", "impressions", "sales") and named and level(columns) == of

    return Importer(
        kind=f"walmart.{kind}",
        title=title,
        recognise=recognise,
        read=read,
        marketplace=marketplace({}),
        columns=(*_COLUMNS, *_TELLING[of]),
    )


_COLUMNS = (
    "Date", ("Campaign Name", "Campaign ID"), "Ad Spend", ("Impressions", "Num Ads Shown"),
    ("Clicks", "Num Ads Clicks"), ("Attributed Sales", "Total Attributed Sales Revenue"),
)  # fmt: skip
_TELLING: Mapping[str, tuple[str | tuple[str, ...], ...]] = {
    "campaign": (),
    "product": ("Item ID",),
    "targeting": (("Searched Keyword", "Bidded Keyword", "Keyword"),),
}


SPONSORED_SEARCH = (
    _importer("ads_campaign", "Sponsored Search campaign or ad group report", "campaign"),
    _importer("ads_item", "Sponsored Search advertised item report", "product"),
    _importer("ads_keyword", "Sponsored Search keyword report", "targeting"),
)

"""Advertising figures without dates in them: JSON reports of the Ads API and bulksheets, for the days of `--period`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import amazon_channel
from kpiterm.plugins.parse import count, day, money
from kpiterm_amazon.import_given import needed_span
from kpiterm_amazon.import_table import Header, Line

_WINDOWS = (1, 7, 14, 30)
_API = Header(
    names={
        "day": ("date", "startDate"), "last": ("date", "endDate"), "campaign_id": ("campaignId",),
        "campaign": ("campaignName",), "ad_group_id": ("adGroupId",), "sku": ("advertisedSku", "promotedSku"),
        "item_id": ("advertisedAsin", "promotedAsin"), "search_term": ("searchTerm",),
        "target": ("targeting", "targetingText", "keyword"), "currency": ("campaignBudgetCurrencyCode",),
        "spend": ("cost", "spend"), "clicks": ("clicks",), "impressions": ("impressions",),
        **{f"sales{n}": (f"sales{n}d",) for n in _WINDOWS}, "sales": ("sales", "salesClicks"),
        **{f"orders{n}": (f"purchases{n}d",) for n in _WINDOWS}, "orders": ("purchases", "purchasesClicks"),
        **{f"units{n}": (f"unitsSoldClicks{n}d",) for n in _WINDOWS}, "units": ("unitsSoldClicks", "unitsSold"),
    },
    needed=("spend", "clicks", "impressions", "campaign_id"),
)  # fmt: skip
_BULK = Header(
    names={
        "entity": ("Entity", "Record Type"), "program": ("Product",), "campaign_id": ("Campaign ID", "Record ID"),
        "campaign": ("Campaign Name", "Campaign"), "spend": ("Spend",), "clicks": ("Clicks",),
        "impressions": ("Impressions",), "sales": ("Sales",), "orders": ("Orders",), "units": ("Units", "Total Units"),
    },
    needed=("entity", "campaign_id", "campaign", "spend", "clicks", "impressions", "sales", "orders"),
)  # fmt: skip
_PROGRAMS = {"sponsored products": "SP", "sponsored brands": "SB", "sponsored display": "SD"}


def read_api(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One `ad_day` row for each record."""
    by = _breakdown(sheet)
    window = next((n for n in _WINDOWS if sheet.has(f"sales{n}d")), None)
    program = "SP" if window else None
    yield from _rows(sheet, _API.lines(sheet), by, program, window)
    if program is None:
        yield Note("the report does not say of which ad product it is, nor within how many days it attributes sales")


def read_bulk(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One row for each campaign: the other lines of a bulksheet repeat the campaign's money."""
    campaigns = ((n, line) for n, line in _BULK.lines(sheet) if (line["entity"] or "").casefold() == "campaign")
    yield from _rows(sheet, campaigns, "campaign", None, None)
    yield Note("only the campaigns' own lines are read: ad groups, ads and targets repeat the same money")


def _breakdown(sheet: Sheet) -> str:
    at = _API.at(sheet.header)
    if "search_term" in at:
        return "search_term"
    if "sku" in at or "item_id" in at:
        return "product"
    return "targeting" if "target" in at else "campaign"


def _rows(
    sheet: Sheet, lines: Iterator[tuple[int, dict[str, str | None]]], by: str, program: str | None, window: int | None
) -> Iterator[Row | Rejected | Note]:
    seen = Counter[str]()
    for number, line in lines:
        try:
            row = _row(sheet, line, by, program, window)
        except ValueError as error:
            yield Rejected(number, str(error))
            continue
        seen["no currency"] += row["currency"] is None
        seen["several days"] += row["day"] != row["last_day"]
        yield Row("ad_day", row)
    if seen["no currency"]:
        yield Note(f"{seen['no currency']} rows name no currency: name the account with --account")
    if seen["several days"]:
        yield Note(f"{seen['several days']} rows cover several days each: they count for no single day")


def _row(sheet: Sheet, line: Line, by: str, program: str | None, window: int | None) -> dict[str, object]:
    if line.get("day"):
        first, last = day(line["day"]), day(line["last"])
    else:
        first, last = needed_span(sheet, line, "names neither its days nor its account and currency")
    currency = line.get("currency") or line["given_currency"]
    whole_day = first == last
    return {
        "channel": line["given_channel"] or amazon_channel(currency),
        "day": first,
        "last_day": last,
        "level": by if whole_day else "summary",
        "detail": None if whole_day else by,
        "ad_product": _PROGRAMS.get((line.get("program") or "").casefold(), program),
        "campaign_id": line["campaign_id"],
        "campaign": line["campaign"],
        "ad_group_id": line.get("ad_group_id"),
        "sku": line.get("sku"),
        "item_id": line.get("item_id"),
        "term": line.get("search_term") or line.get("target"),
        "spend": _money("spend", line),
        "clicks": count(line["clicks"]),
        "impressions": count(line["impressions"]),
        "attributed_sales": _money(f"sales{window or ''}", line),
        "attributed_orders": count(line.get(f"orders{window or ''}")),
        "attributed_units": count(line.get(f"units{window or ''}")),
        "attribution_days": window,
        "currency": currency,
    }


def _money(name: str, line: Line) -> Decimal | None:
    return money(line.get(name), decimal_comma=False)


# What tells the breakdown of a report.
_TELLING: Mapping[str, tuple[str | tuple[str, ...], ...]] = {
    "campaign": (),
    "product": (("advertisedSku", "advertisedAsin"),),
    "targeting": ("targeting",),
    "search_term": ("searchTerm",),
}


def _is_json(sheet: Sheet) -> bool:
    return sheet.encoding == "json" and _API(sheet)


def _api_importer(by: str, title: str) -> Importer:
    return Importer(
        kind=f"amazon.ads_api_{by}",
        title=f"Ads API report, {title} (JSON)",
        recognise=lambda sheet: _is_json(sheet) and _breakdown(sheet) == by,
        read=read_api,
        columns=(*_API.columns, *_TELLING[by]),
    )


ADS_SUMS = (
    *(
        _api_importer(by, title)
        for by, title in (
            ("campaign", "campaigns"), ("product", "advertised products"), ("targeting", "targeting"),
            ("search_term", "search terms"),
        )
    ),
    Importer(kind="amazon.ads_bulksheet", title="Ads bulksheet, campaigns", recognise=_BULK, read=read_bulk,
             columns=_BULK.columns),
)  # fmt: skip

"""Helium 10 Ads, as a cross-check of spend and attributed sales: the profile's totals by day.

Its query flow describes itself at run time and is walked in the order that Helium 10 demands: platforms, levels,
schema, materials, query. A step that does not offer what is needed ends it with an error, so that nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kpiterm.plugins import Context, DataError, Payload, Row, SettingError, Stream, Window
from kpiterm_helium10.estimates import Measure, day_of, figures, listed, number
from kpiterm_helium10.mcp import Session, session
from kpiterm_helium10.places import WALMART, code
from kpiterm_helium10.tools import ADS_LEVELS, ADS_MATERIALS, ADS_PLATFORMS, ADS_QUERY, ADS_SCHEMA

LEVEL = "campaign"
_MEASURES: Mapping[str, Measure] = {
    "spend": Measure("ads_spend", money=True),
    "sales": Measure("ads_sales", money=True),
    "clicks": Measure("ads_clicks"),
    "impressions": Measure("ads_impressions"),
    "orders": Measure("ads_orders"),
}


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """`market_estimate` rows without item_id: the sum of all campaigns of the profile, by day."""
    days = window.days(ctx.tz)
    profile, platform = ctx.settings["ads_profile_id"], "walmart" if code(ctx.settings) == WALMART else "amazon"
    measures = _offered(session(ctx), platform, profile)
    query = {
        "platform": platform, "level": LEVEL, "profile_ids": [profile], "dimensions": ["date"], "measures": measures,
        "granularity": "day", "date_from": str(days[0]), "date_to": str(days[-1]),
    }  # fmt: skip
    answer = session(ctx).call(ADS_QUERY, query)
    if answer is None:
        return
    yield Payload(body=answer.body, format="json", request=f"{ADS_QUERY} {platform} {days[0]}..{days[-1]}")
    for day, values in sorted(_by_day(_records(answer.data)).items()):
        if day in days:
            known = {key: value for key, value in values.items() if value or platform != "walmart" or key != "spend"}
            yield from figures(day, known, _MEASURES, currency=ctx.marketplace.currency)


def _offered(mcp: Session, platform: str, profile: str) -> list[str]:
    """The measures that the profile's campaigns have; the steps before the query, in their order."""
    _among(platform, _names(mcp.call(ADS_PLATFORMS, {}), "platforms"), "platform")
    _among(LEVEL, _names(mcp.call(ADS_LEVELS, {"platform": platform}), "levels"), "level")
    schema = mcp.call(ADS_SCHEMA, {"platform": platform, "level": LEVEL})
    _among("date", _names(schema, "dimensions"), "dimension")
    measures = [name for name in _MEASURES if name in _names(schema, "measures")]
    _among("spend", measures, "measure")
    materials = mcp.call(ADS_MATERIALS, {"platform": platform, "level": LEVEL})
    profiles = _names(materials, "profiles")
    if profile not in profiles:
        raise SettingError(
            f"Helium 10 has no advertising profile {profile!r}",
            hint=f"set ads_profile_id to one of {', '.join(sorted(profiles)[:10]) or '(none is connected)'}",
        )
    return measures


def _names(answer: Any, kind: str) -> list[str]:  # noqa: ANN401 - an Answer or None
    """What a step offers: a list of names, or of objects with an id or a name."""
    found = (answer.data.get("data") or {}).get(kind) if answer else None
    entries = found if isinstance(found, list) else []
    keys = ("id", "name", "key", "profile_id")
    return [
        str(next((entry[key] for key in keys if key in entry), "")) if isinstance(entry, dict) else str(entry)
        for entry in entries
    ]


def _among(name: str, offered: Iterable[str], kind: str) -> None:
    names = list(offered)
    if name not in names:
        raise DataError(
            f"Helium 10 Ads offers no {kind} {name!r}, only {', '.join(names[:10]) or 'none'}",
            hint="if Helium 10 changed its ads query, upgrade the connector",
        )


def _records(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows as objects, whether they came so or as lists under their columns."""
    inner = data.get("data") or {}
    if not isinstance(inner, dict) or not isinstance(rows := inner.get("rows"), list):
        return [dict(record) for record in listed(data, "data", "rows")]
    columns = _columns(inner.get("columns"))
    return [dict(row) if isinstance(row, dict) else dict(zip(columns, row, strict=False)) for row in rows]


def _columns(found: object) -> list[str]:
    entries = found if isinstance(found, list) else []
    return [str(entry.get("name")) if isinstance(entry, dict) else str(entry) for entry in entries]


def _by_day(records: Iterable[Mapping[str, Any]]) -> dict[date, dict[str, Decimal]]:
    totals: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for record in records:
        day = day_of(str(record.get("date") or ""))
        for key in _MEASURES:
            if (value := number(record.get(key), key)) is not None:
                totals[day][key] = totals[day].get(key, Decimal(0)) + value
    return totals


STREAM = Stream(
    name="ads",
    title="Advertising of the profile by day (cross-check)",
    fetch=fetch,
    by_day=True,
    lookback=timedelta(days=30),
    max_window=timedelta(days=60),
    history=timedelta(days=60),
    every=timedelta(hours=12),
    settles=timedelta(days=30),
    needs=("token", "ads_profile_id"),
)

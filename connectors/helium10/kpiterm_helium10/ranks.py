"""Rank history of the keywords that the account tracks in Keyword Tracker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, Window
from kpiterm_helium10.estimates import day_of, listed, number
from kpiterm_helium10.mcp import session
from kpiterm_helium10.places import WALMART, code
from kpiterm_helium10.tools import RANK_HISTORY

_KINDS = {"organic_rank": "organic", "sponsored_rank": "sponsored"}
_RANK = re.compile(r"(>?)\s*(\d+)")


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """`keyword_rank` rows; nothing for an account that tracks no keywords, or sells at Walmart."""
    if (place := code(ctx.settings)) == WALMART:
        return
    days = window.days(ctx.tz)
    span = {"date_from": str(days[0]), "date_to": str(days[-1])}
    answer = session(ctx).call(RANK_HISTORY, {"marketplace": [place]} | span)
    if answer is None:
        return
    yield Payload(body=answer.body, format="json", request=f"{RANK_HISTORY} {days[0]}..{days[-1]}")
    for record in listed(answer.data, "data", "rows"):
        for row in _rows(record):
            if row.values["day"] in days:
                yield row


def _rows(record: Mapping[str, Any]) -> Iterator[Row]:
    volume = number(record.get("search_volume"), "search_volume")
    for key, kind in _KINDS.items():
        for text, value in ((record.get(key) or {}).get("values") or {}).items():
            rank, bound = rank_of(value)
            yield Row(
                "keyword_rank",
                {
                    "day": day_of(str(text)), "item_id": record.get("asin"), "kind": kind,
                    "keyword": " ".join(str(record.get("keyword", "")).split()).casefold(),
                    "rank": rank, "bound": bound, "search_volume": None if volume is None else int(volume),
                },
            )  # fmt: skip


def rank_of(value: object) -> tuple[int | None, str | None]:
    """`54` as an exact rank, `>306` as a bound, `-` and 0 as no rank at all."""
    text = "" if value is None else str(value).strip()
    if text in ("", "-", "0", "N/R", "n/a", "N/A"):
        return None, None
    found = _RANK.fullmatch(text)
    if not found:
        raise DataError(f"Helium 10 gives a rank as {text[:40]!r}", hint="upgrade the connector, or report this")
    return int(found[2]), "more_than" if found[1] else "exact"


STREAM = Stream(
    name="ranks",
    title="Rank history of tracked keywords",
    fetch=fetch,
    by_day=True,
    lookback=timedelta(days=3),
    max_window=timedelta(days=30),
    history=timedelta(days=60),
    every=timedelta(hours=12),
    needs=("token",),
)

"""What the API keys may do: each scope of the token, as Walmart states it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_walmart.places import url
from kpiterm_walmart.token import DETAIL, TokenDetail
from kpiterm_walmart.wire import decode

LEVELS = {"full_access": "edit", "view_only": "view"}


def fetch(ctx: Context, _window: Window) -> Iterator[Payload | Row]:
    """Today's reading, without the scopes that the keys do not have. The token itself lives for fifteen minutes, so its
    end says nothing about the grant."""
    day = ctx.now.astimezone(ZoneInfo(ctx.tz)).date()
    response = ctx.http.get(url(DETAIL), headers={"Content-Type": "application/json"})
    detail = decode(response, TokenDetail)
    yield Payload(body=response.content, format="json", request=f"GET {DETAIL}")
    for scope, level in sorted(detail.scopes.items()):
        if level != "no_access":
            grant = {"day": day, "principal": ctx.settings["client_id"], "role": scope, "level": LEVELS.get(level)}
            yield Row("access_grant", grant)


STREAM = Stream(
    name="access",
    title="Scopes of the API keys",
    fetch=fetch,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    snapshot=True,
)

"""What the shop's owner granted the app: each scope, with what may be done by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.auth import kind
from kpiterm_shopify.queries import load
from kpiterm_shopify.rotation import refresh_expires
from kpiterm_shopify.scopes import Granted

_EDIT = ("write_", "unauthenticated_write_")


def fetch(ctx: Context, _window: Window) -> Iterator[Payload | Row]:
    """Today's reading. The tokens of a shop belong to its app, so the app is the principal."""
    day = ctx.now.astimezone(ZoneInfo(ctx.tz)).date()
    answer = Admin(ctx).ask(load("scopes"))
    yield Payload(body=answer.body, format="json", request="Scopes")
    principal = ctx.settings.get("client_id") or "access token"
    ends = refresh_expires(ctx) if kind(ctx) == "refresh_token" else None
    for scope in sorted(answer.read(Granted).current_app_installation.handles):
        level = "edit" if scope.startswith(_EDIT) else "view"
        grant = {"day": day, "principal": principal, "role": scope, "level": level, "expires_at": ends}
        yield Row("access_grant", grant)


STREAM = Stream(
    name="access",
    title="Scopes that the shop granted the app",
    fetch=fetch,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    snapshot=True,
)

"""What the app may read, and how far back: without `read_all_orders`, older orders are simply absent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from kpiterm.plugins import Context, Note, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.queries import load

ALL_ORDERS = "read_all_orders"
VISIBLE = timedelta(days=60)
TRUNCATED = (
    "order history is truncated: without the scope read_all_orders Shopify shows the last 60 days only, and older "
    "orders look as if they had never been; month-on-month figures need it"
)
REMEDY = "Ask Shopify for it in the app's API access requests; once it is granted, run `kpiterm sync --full`"


class AccessScope(msgspec.Struct):
    """One granted scope."""

    handle: str


class Installation(msgspec.Struct, rename="camel"):
    """The app as it is installed in the shop."""

    access_scopes: list[AccessScope] = []

    @property
    def handles(self) -> frozenset[str]:
        return frozenset(scope.handle for scope in self.access_scopes)


class Granted(msgspec.Struct, rename="camel"):
    """The answer to the query `scopes`."""

    current_app_installation: Installation


def truncation(ctx: Context, admin: Admin, window: Window) -> Iterator[Note]:
    """A note where the window reaches further back than Shopify shows."""
    if window.start >= ctx.now - VISIBLE:
        return
    if ALL_ORDERS not in admin.ask(load("scopes")).read(Granted).current_app_installation.handles:
        yield Note(f"{TRUNCATED}. {REMEDY}")

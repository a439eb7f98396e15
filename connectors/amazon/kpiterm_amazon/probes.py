"""What `kpiterm account test` asks Amazon: one cheap call for each thing that the streams need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from kpiterm.plugins import AccessError, AuthError, Context, PluginError, Probe, Window
from kpiterm_amazon import (
    access,
    data_kiosk,
    fba_planning,
    feedback,
    finances,
    inventory,
    orders,
    performance,
    profiles,
    reports,
    settlements,
    traffic,
)
from kpiterm_amazon.auth import has_ads
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import stamp

ORDERS_ROLE = "Inventory and Order Tracking"
# What getReports is asked about, and the role that Amazon's documentation or common knowledge names for it.
_REPORTS = (
    ("orders report", ORDERS_ROLE, orders.REPORT_TYPE),
    ("sales and traffic", "Brand Analytics", traffic.REPORT_TYPE),
    ("account health", "Selling Partner Insights", performance.REPORT_TYPE),
    ("settlements", "Finance and Accounting", settlements.REPORT_TYPE),
    ("FBA reports", "Amazon Fulfillment", fba_planning.PLANNING_TYPE),
    ("seller feedback", "Selling Partner Insights", feedback.REPORT_TYPE),
)


def test(ctx: Context) -> Iterator[Probe]:
    """Token, marketplaces, then one call per role; after a refused token nothing else is tried."""
    try:
        yield _marketplaces(ctx)
    except AuthError as error:
        yield Probe("sign in", False, _say(error))
        return
    except PluginError as error:
        yield Probe("marketplaces", False, _say(error))
    yield _probe("orders", ORDERS_ROLE, lambda: _orders(ctx))
    yield _probe("stock", "Amazon Fulfillment, or Inventory and Order Tracking", lambda: _stock(ctx))
    for name, role, report_type in _REPORTS:
        yield _probe(name, role, partial(_report, ctx, report_type))
    yield _probe("data kiosk", "Brand Analytics", lambda: _kiosk(ctx))
    yield _probe("finances", "Finance and Accounting", lambda: _finances(ctx))
    if has_ads(ctx):
        yield _probe("advertising", "advertising::campaign_management (a scope of the ads login)", lambda: _ads(ctx))
    else:
        yield Probe("advertising", True, "not set up: the ads streams are skipped")


def _probe(name: str, role: str, call: Callable[[], str]) -> Probe:
    try:
        return Probe(name, True, call())
    except AccessError as error:
        return Probe(name, False, f"role missing or lost: {role}. {_say(error)}")
    except PluginError as error:
        return Probe(name, False, _say(error))


def _say(error: PluginError) -> str:
    return f"{error.message}. {error.hint}".rstrip(". ")


def _marketplaces(ctx: Context) -> Probe:
    where = place(ctx.settings)
    _, entries = access.participations(ctx)
    active = {e.marketplace.id: e for e in entries}
    names = ", ".join(sorted(e.name for e in entries))
    own = active.get(where.marketplace_id)
    if own is None:
        return Probe("marketplaces", False, f"the seller is not on {where.channel}; it sells on {names or 'none'}")
    note = f"; listings on {where.channel} are suspended" if own.participation.has_suspended_listings else ""
    return Probe("marketplaces", True, f"sells on {names}{note}")


def _orders(ctx: Context) -> str:
    where = place(ctx.settings)
    params = {
        "lastUpdatedAfter": stamp(ctx.now - timedelta(days=1)),
        "marketplaceIds": where.marketplace_id,
        "maxResultsPerPage": "1",
    }
    ctx.http.get(where.selling(orders.SEARCH), params=params)
    return "orders of the last hours can be read"


def _report(ctx: Context, report_type: str) -> str:
    params = {"reportTypes": report_type, "pageSize": "1"}
    ctx.http.get(place(ctx.settings).selling(reports.REPORTS), params=params)
    return report_type


def _stock(ctx: Context) -> str:
    where = place(ctx.settings)
    ctx.http.get(where.selling(inventory.SUMMARIES), params=inventory.query(where.marketplace_id))
    return "stock can be read"


def _kiosk(ctx: Context) -> str:
    ctx.http.get(place(ctx.settings).selling(data_kiosk.QUERIES), params={"pageSize": "1"})
    return "queries can be sent"


def _finances(ctx: Context) -> str:
    day = Window(ctx.now - timedelta(days=1), ctx.now)
    ctx.http.get(place(ctx.settings).selling(finances.TRANSACTIONS), params=finances.query(ctx, day))
    return "postings can be read"


def _ads(ctx: Context) -> str:
    chosen = ctx.settings.get("ads_profile_id")
    return f"profile {profiles.named(ctx, chosen) if chosen else profiles.choose(ctx)}"

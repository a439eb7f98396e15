"""What `kpiterm account test` asks Shopify: who the shop is, what the app may read, and how far back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from kpiterm.plugins import AccessError, AuthError, Context, PluginError, Probe
from kpiterm_shopify import shop
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.auth import kind
from kpiterm_shopify.queries import load
from kpiterm_shopify.scopes import ALL_ORDERS, REMEDY, TRUNCATED, Installation
from kpiterm_shopify.traffic import question

# What each stream reads, and the scopes that it takes; of alternatives, any one will do.
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("read_orders",), ("read_products",)),
    "refunds": (("read_orders",), ("read_products",)),
    "returns": (("read_orders",), ("read_returns",), ("read_products",)),
    "inventory": (("read_inventory",), ("read_products",), ("read_locations",)),
    "products": (("read_products",),),
    "payments": (("read_shopify_payments_accounts", "read_shopify_payments"),),
    "disputes": (("read_shopify_payments_accounts", "read_shopify_payments"), ("read_shopify_payments_disputes",)),
    "traffic": (("read_reports",),),
    "access": (),
}


class _Plan(msgspec.Struct, rename="camel"):
    public_display_name: str = ""


class _Shop(msgspec.Struct, rename="camel"):
    name: str
    myshopify_domain: str
    iana_timezone: str
    currency_code: str
    plan: _Plan = msgspec.field(default_factory=_Plan)


class _Version(msgspec.Struct):
    handle: str
    supported: bool


class _Data(msgspec.Struct, rename="camel"):
    shop: _Shop
    current_app_installation: Installation
    public_api_versions: list[_Version] = []


def test(ctx: Context) -> Iterator[Probe]:
    """The shop and its days, the version, then each stream's scopes; after a refused sign-in nothing else is tried."""
    admin = Admin(ctx)
    try:
        data = admin.ask(load("shop")).read(_Data)
    except PluginError as error:
        name = "sign in" if isinstance(error, AuthError | AccessError) else "shop"
        yield Probe(name, False, _say(error))
        return
    yield Probe("sign in", True, f"by {kind(ctx)}")
    yield from _place(ctx, data.shop)
    yield _version(data.public_api_versions)
    granted = data.current_app_installation.handles
    yield from _scopes(granted)
    everything = ALL_ORDERS in granted
    yield Probe("order history", everything, "all orders" if everything else f"{TRUNCATED}. {REMEDY}")
    if "read_reports" in granted:
        yield _probe("ShopifyQL", lambda: _ask_shopifyql(ctx, admin))


def _place(ctx: Context, found: _Shop) -> Iterator[Probe]:
    where = ctx.marketplace
    yield Probe("shop", True, f"{found.name} ({found.myshopify_domain}), {found.plan.public_display_name}".rstrip(", "))
    for setting, ours, theirs in (
        ("timezone", where.timezone, found.iana_timezone),
        ("currency", where.currency, found.currency_code),
    ):
        remedy = f'; its days and money are wrong until you write {setting} = "{theirs}" in accounts/{ctx.account}.toml'
        same = ours == theirs
        yield Probe(setting, same, theirs if same else f"the account says {ours}, the shop {theirs}{remedy}")


def _version(versions: list[_Version]) -> Probe:
    ours = next((version for version in versions if version.handle == shop.API_VERSION), None)
    if versions and not (ours and ours.supported):
        return Probe("API version", False, f"Shopify no longer serves {shop.API_VERSION}: upgrade kpiterm-shopify")
    return Probe("API version", True, shop.API_VERSION)


def _scopes(granted: frozenset[str]) -> Iterator[Probe]:
    for stream, needs in NEEDS.items():
        missing = [" or ".join(any_of) for any_of in needs if not granted.intersection(any_of)]
        detail = f"scope missing: {', '.join(missing)}; release a version of the app with it and approve it in the shop"
        yield Probe(stream, not missing, detail if missing else "may be read")


def _ask_shopifyql(ctx: Context, admin: Admin) -> str:
    """The scope alone is not enough for ShopifyQL, so it is tried."""
    today = ctx.now.date()
    admin.ask(load("shopifyql"), {"question": question(today, today)})
    return "answers"


def _probe(name: str, call: Callable[[], str]) -> Probe:
    try:
        return Probe(name, True, call())
    except PluginError as error:
        return Probe(name, False, _say(error))


def _say(error: PluginError) -> str:
    return f"{error.message}. {error.hint}".rstrip(". ")

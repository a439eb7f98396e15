"""How a simulated shop is set up, and what a request's resolvers work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.shopify.paging import LONGEST

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.bulk import BulkOperations
    from kpiterm.sandbox.shopify.storefront import Storefront
    from kpiterm.sandbox.vendor import World

SCOPES = (
    "read_all_orders",
    "read_customers",
    "read_inventory",
    "read_locations",
    "read_orders",
    "read_products",
    "read_reports",
    "read_returns",
    "read_shopify_payments_accounts",
    "read_shopify_payments_disputes",
)
_SHORT_HISTORY = 60 * DAY

STANDARD = Plan(rate=100, burst=2000)  # points of the plain plan: per second, and at once

Grant = Literal["client_credentials", "static", "refresh"]


@dataclass(frozen=True)
class Setup:
    """What differs between shops and apps: scopes, credentials, the cost bucket, and how the vendor's side behaves.

    `same_organization=False` makes the client credentials grant answer `shop_not_permitted`; the first `failing_bulk`
    bulk operations end as FAILED with partial data; `rows` is how ShopifyQL answers.
    """

    scopes: tuple[str, ...] = SCOPES
    grants: tuple[Grant, ...] = ("client_credentials",)
    bucket: Plan = STANDARD
    longest_listing: int = LONGEST
    same_organization: bool = True
    failing_bulk: int = 0
    rows: Literal["objects", "lists"] = "objects"


@dataclass(frozen=True)
class Context:
    """One request: the shop as at `at` (epoch seconds), the token's scopes, the version that is served."""

    front: Storefront
    at: float
    scopes: frozenset[str]
    setup: Setup
    version: str
    bulk: BulkOperations
    world: World
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, query: str | None, problems: list[dict[str, str]]) -> None:
        """Note what of a search was not understood; the answer says so among its extensions."""
        if problems:
            self.warnings.append({"query": query, "warnings": problems})

    @property
    def oldest(self) -> float:
        """Orders created before this moment are as if they had never been, without a word about it."""
        return 0.0 if "read_all_orders" in self.scopes else self.at - _SHORT_HISTORY

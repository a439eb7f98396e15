"""What several answers have in common: money in the shop's currency, and what was sold."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from kpiterm_shopify.search import number


class Money(msgspec.Struct, rename="camel"):
    """An amount with its currency; Shopify sends amounts as text."""

    amount: Decimal
    currency_code: str


class MoneyBag(msgspec.Struct, rename="camel"):
    """An amount in the shop's currency; the buyer's own is not asked for."""

    shop_money: Money


class Named(msgspec.Struct):
    """Something with an id."""

    id: str


class Item(msgspec.Struct, rename="camel"):
    """A line's goods. Goods whose product was deleted have no variant."""

    sku: str | None = None
    variant: Named | None = None

    @property
    def variant_id(self) -> str | None:
        return number(self.variant.id) if self.variant else None

    @property
    def key(self) -> str | None:
        """The seller's own code; where there is none, the variant stands in for it."""
        own = (self.sku or "").strip()
        return own or (f"variant-{self.variant_id}" if self.variant_id else None)

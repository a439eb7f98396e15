"""The seeded catalogue as the online shop lists it: a product for each family, variants, a gift card, unit costs."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY

if TYPE_CHECKING:
    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.shopify.sales import SaleLine

VENDOR = "Larkhill Home"
_PRODUCT_BASE, _VARIANT_BASE, _ITEM_BASE = 8_100_000_000, 45_200_000_000, 47_300_000_000
GIFT_CARD = -1


class ProductRecord(NamedTuple):
    """A product page; `number` is its id."""

    number: int
    title: str
    kind: str
    created: int
    vendor: str
    positions: tuple[int, ...]
    gift_card: bool


class VariantRecord(NamedTuple):
    """A variant, in cents; `position` is the catalogue's, -1 for the gift card. No SKU or cost: none was given."""

    position: int
    rank: int
    product: ProductRecord
    sku: str | None
    title: str
    price: int
    unit_cost: int | None
    tracked: bool

    @property
    def number(self) -> int:
        return _VARIANT_BASE + self.position + 1

    @property
    def item_number(self) -> int:
        """The id of its inventory item."""
        return _ITEM_BASE + self.position + 1


class Listings(NamedTuple):
    """Everything that the shop lists, by number."""

    products: dict[int, ProductRecord]
    variants: dict[int, VariantRecord]
    by_position: dict[int, VariantRecord]


@lru_cache(maxsize=16)
def listings(shop: Shop) -> Listings:
    """The shop's products and variants in order of their ids."""
    families: dict[str, list[Product]] = {}
    for product in shop.products:
        families.setdefault(product.parent_asin, []).append(product)
    opened = shop.anchor - 400 * DAY
    products, variants = {}, {}
    for index, family in enumerate(families.values()):
        title = family[0].title.partition(",")[0]
        positions = tuple(p.position for p in family)
        record = ProductRecord(
            _PRODUCT_BASE + index, title, family[0].category, opened + index * DAY, VENDOR, positions, False
        )
        products[record.number] = record
        for rank, product in enumerate(family, 1):
            variant = _variant(shop, record, rank, product)
            variants[variant.number] = variant
    gift = ProductRecord(_PRODUCT_BASE + 9_999, "Gift Card", "Gift Cards", opened, VENDOR, (GIFT_CARD,), True)
    card = VariantRecord(GIFT_CARD, 1, gift, None, "$25.00", 2500, None, False)
    products[gift.number], variants[card.number] = gift, card
    ordered = dict(sorted(variants.items()))
    return Listings(products, ordered, {variant.position: variant for variant in ordered.values()})


def variant_of(shop: Shop, line: SaleLine) -> VariantRecord | None:
    """The variant that an order line sold; None for custom items."""
    if line.product is not None:
        return listings(shop).by_position[line.product.position]
    return listings(shop).by_position[GIFT_CARD] if line.gift_card else None


def _variant(shop: Shop, record: ProductRecord, rank: int, product: Product) -> VariantRecord:
    rng = Random(f"{shop.seed}:shopify-cost:{product.sku}")
    # Every ninth variant was entered without a SKU, every eleventh without a cost.
    return VariantRecord(
        position=product.position,
        rank=rank,
        product=record,
        sku=None if product.position % 9 == 7 else product.sku,
        title=product.title.partition(", ")[2].rpartition(", ")[0],
        price=product.price,
        unit_cost=None if product.position % 11 == 4 else round(product.price * rng.uniform(0.3, 0.46)),
        tracked=product.position % 23 != 17,
    )

"""The shop's products as Walmart lists them: numeric item ids, GTINs, and which kind of ship node sends each one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from kpiterm.sandbox.catalog import Product

Node = Literal["SellerFulfilled", "WFSFulfilled", "3PLFulfilled"]
NODES: tuple[Node, ...] = ("SellerFulfilled", "WFSFulfilled", "3PLFulfilled")
# By position of the product: five of eight from Walmart's warehouses, one from a third party's.
_PATTERN: tuple[Node, ...] = (
    "WFSFulfilled",
    "SellerFulfilled",
    "WFSFulfilled",
    "WFSFulfilled",
    "3PLFulfilled",
    "WFSFulfilled",
    "WFSFulfilled",
    "SellerFulfilled",
)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COMMISSION_PERCENT = {"Kitchen": 15, "Bath": 15, "Pets": 15, "Garden": 15, "Office": 12}


class Item(NamedTuple):
    """One listing; `product.afn` is True where Walmart's own warehouses (WFS) hold it."""

    product: Product
    item_id: str
    wpid: str
    gtin: str
    offer_id: str
    node: Node
    published: bool

    @property
    def wfs(self) -> bool:
        return self.node == "WFSFulfilled"

    @property
    def customer_favourite(self) -> bool:
        return self.product.weight > 4

    @property
    def commission_percent(self) -> int:
        return COMMISSION_PERCENT[self.product.category]


def build_items(seed: int, products: tuple[Product, ...]) -> tuple[Item, ...]:
    """The listings of the whole catalogue, in its order."""
    return tuple(_item(seed, product) for product in products)


def _item(seed: int, product: Product) -> Item:
    rng = Random(f"{seed}:walmart-item:{product.sku}")
    node = _PATTERN[product.position % len(_PATTERN)]
    digits = f"0084{rng.randrange(10**9):09d}"
    return Item(
        product=product._replace(afn=node == "WFSFulfilled"),
        item_id=str(rng.randrange(10**9, 10**10)),
        wpid="".join(rng.choices(_LETTERS, k=12)),
        gtin=digits + _check_digit(digits),
        offer_id="".join(rng.choices("0123456789ABCDEF", k=32)),
        node=node,
        published=product.position % 13 != 12,
    )


def _check_digit(digits: str) -> str:
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits))
    return str(-total % 10)

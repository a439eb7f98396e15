"""The demo seller's products: titles, prices, popularity and how each one is fulfilled, all drawn from the seed."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RANGES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[int, int]], ...] = (
    (
        "Kitchen",
        "KI",
        ("Silicone Baking Mat", "Bamboo Cutting Board", "Café Pour-Over Dripper", "Glass Storage Jar"),
        ('16" x 12"', '24" x 16"', "Set of 2", "Set of 4"),
        (1299, 3499),
    ),
    (
        "Bath",
        "BA",
        ("Memory Foam Bath Rug", "Waffle Shower Curtain", "Teak Shower Caddy", "Cotton Bath Towel"),
        ('31" x 19"', '47" x 24"', '72" x 72"', "Grey – 2 Pack"),
        (1599, 4299),
    ),
    (
        "Pets",
        "PE",
        ("Slow Feeder Bowl", "Orthopedic Dog Bed", "Cat Scratching Post", "Reflective Dog Leash"),
        ("Small", "Medium", 'Large, 36"', "X-Large"),
        (999, 5999),
    ),
    (
        "Garden",
        "GA",
        ("Raised Planter Box", "Solar Path Light", "Expandable Garden Hose", "Kneeling Pad"),
        ("50 ft", "100 ft", "8 Pack", '17" x 11"'),
        (1499, 6499),
    ),
    (
        "Office",
        "OF",
        ("Felt Desk Pad", "Monitor Riser", "Cable Organizer Box", "Document Tray"),
        ('35" x 17"', "2 Tier", "Black", "White"),
        (1199, 3999),
    ),
)
_BRAND = "Larkhill Home"


class Product(NamedTuple):
    """One sellable SKU; `price` in cents, `weight` is its share of demand before promotions."""

    position: int
    sku: str
    asin: str
    parent_asin: str
    fnsku: str
    title: str
    category: str
    price: int
    weight: float
    afn: bool
    refund_rate: float
    conversion: float


def build_catalog(seed: int, skus: int) -> tuple[Product, ...]:
    """The seed's catalogue; families of up to four variants share a parent ASIN."""
    rng = Random(f"{seed}:catalog")
    products: list[Product] = []
    family = 0
    while len(products) < skus:
        variants = min(rng.choice((1, 2, 3, 4)), skus - len(products))
        products += _family(rng, family, len(products), variants)
        family += 1
    return tuple(products)


def _family(rng: Random, family: int, first: int, variants: int) -> list[Product]:
    category, prefix, nouns, sizes, (low, high) = _RANGES[family % len(_RANGES)]
    noun = nouns[family // len(_RANGES) % len(nouns)]
    parent, popularity, price = _code(rng, "B0", 8), rng.paretovariate(1.3), rng.randrange(low, high)
    afn, refund_rate = family % 6 != 4, rng.uniform(0.02, 0.07)  # every sixth family ships from the seller
    return [
        Product(
            position=first + i,
            sku=_sku(prefix, noun, family, i),
            asin=_code(rng, "B0", 8),
            parent_asin=parent,
            fnsku=_code(rng, "X00", 7),
            title=f"{_BRAND} {noun}, {sizes[i % len(sizes)]}, {category}",
            category=category,
            price=(price + i * 400) // 100 * 100 + 99,
            weight=min(popularity, 12.0) / (i + 1),
            afn=afn,
            refund_rate=refund_rate,
            conversion=rng.uniform(0.08, 0.19),
        )
        for i in range(variants)
    ]


def _sku(prefix: str, noun: str, family: int, variant: int) -> str:
    # Real sellers have SKUs with blanks and SKUs of digits alone; every seed gets one of each.
    if (family, variant) == (1, 0):
        return f"{noun.split()[-1]} {family:03d}"
    if (family, variant) == (2, 0):
        return "0084721"
    return f"{prefix}-{noun.split()[-1][:4].upper()}-{family:03d}-{variant + 1}"


def _code(rng: Random, prefix: str, length: int) -> str:
    return prefix + "".join(rng.choices(_ALPHABET, k=length))

"""What the six calls answer: the shop's products as an outsider models them: near the truth, never equal to it."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.junglescout.api import CATEGORIES, Refused, Route
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shop import days_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.vendor import World

_ASIN = re.compile(r"B[\dA-Z]{9}|\d{9}[\dX]")
_IDEAS = ("best {}", "{} for home", "cheap {}", "large {}", "{} gift", "small {}", "{} 2 pack", "modern {}")
_LONGEST = timedelta(days=366)


class Answers:
    """Estimates of one seller's products and of what buyers type for them."""

    def __init__(self, world: World) -> None:
        self._world, self._shop = world, world.shop
        self._by_asin = {product.asin: product for product in self._shop.products}
        self._families: dict[str, list[Product]] = defaultdict(list)
        for product in self._shop.products:
            self._families[product.parent_asin].append(product)
        self.phrases = tuple(dict.fromkeys(_words(product) for product in self._shop.products))

    def routes(self) -> tuple[Route, ...]:
        return (
            Route("GET", "sales_estimates_query", 0, self._sales),
            Route("GET", "share_of_voice", 0, self._voice),
            Route("GET", "keywords/historical_search_volume", 50, self._volume),
            Route("POST", "keywords/keywords_by_asin_query", 50, self._ranks),
            Route("POST", "keywords/keywords_by_keyword_query", 50, self._ideas),
            Route("POST", "product_database_query", 10, self._database),
        )

    def _today(self) -> date:
        return business_day(self._world.clock().timestamp())

    def _span(self, query: Mapping[str, Any]) -> list[date]:
        try:
            first, last = date.fromisoformat(query["start_date"]), date.fromisoformat(query["end_date"])
        except (KeyError, ValueError):
            raise Refused(422, "start_date and end_date must be YYYY-MM-DD.") from None
        if first > last or last - first >= _LONGEST:
            raise Refused(422, "The span must not be longer than 366 days.")
        return list(days_between(first, min(last, self._today() - timedelta(days=1))))

    def _units(self, product: Product, day: date) -> int:
        """Units as modelled: those really sold, seen through fog."""
        true = sum(
            line.quantity for o in self._shop.day_orders(day) for line in o.lines if line.product.sku == product.sku
        )
        rng = Random(f"{self._shop.seed}:scout:{product.asin}:{day}")
        return round(true * rng.uniform(0.6, 1.5) + rng.random())

    def _sales(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        asin, days = query.get("asin", ""), self._span(query)
        if not _ASIN.fullmatch(asin):
            raise Refused(422, "asin is not valid.")
        family = self._families.get(asin) or [p for p in self._shop.products if p.asin == asin]
        if not family:
            return []
        is_parent = asin in self._families
        data = [
            {"date": str(day), "estimated_units_sold": sum(self._units(p, day) for p in family),
             "last_known_price": None if is_parent else family[0].price / 100}
            for day in days
        ]  # fmt: skip
        attributes = {
            "asin": asin, "is_parent": is_parent, "is_variant": not is_parent, "is_standalone": False,
            "parent_asin": family[0].parent_asin, "variants": [p.asin for p in family], "data": data,
        }  # fmt: skip
        return [{"id": f"us/{asin}", "type": "sales_estimate_result", "attributes": attributes}]

    def _keyword(self, phrase: str) -> dict[str, Any]:
        rng = Random(f"{self._shop.seed}:phrase:{phrase}")
        volume = rng.randrange(120, 60_000)
        return {
            "country": "us", "name": phrase, "monthly_trend": rng.randrange(-40, 90), "quarterly_trend": 3.5,
            "monthly_search_volume_exact": volume, "monthly_search_volume_broad": volume * 2,
            "dominant_category": rng.choice(CATEGORIES), "ppc_bid_exact": round(rng.uniform(0.4, 3), 2),
            "ease_of_ranking_score": rng.randrange(100), "relevancy_score": rng.randrange(100),
            "organic_product_count": rng.randrange(900), "sponsored_product_count": rng.randrange(80),
            "updated_at": f"{self._today()}T05:00:00.000Z",
        }  # fmt: skip

    def _rank(self, asin: str, phrase: str, kind: str) -> int | None:
        rng = Random(f"{self._shop.seed}:{kind}:{asin}:{phrase}")
        return rng.randrange(1, 120) if rng.random() < 0.8 else None

    def _ranks(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        asins = asked.get("asins")
        if not isinstance(asins, list) or not 1 <= len(asins) <= 10 or not all(map(_ASIN.fullmatch, map(str, asins))):
            raise Refused(422, "asins must hold 1 to 10 ASINs.")
        found = []
        for phrase in self.phrases:
            for idea in (phrase, *(form.format(phrase) for form in _IDEAS)):
                others = [(asin, self._rank(asin, idea, "organic")) for asin in asins[1:]]
                attributes = self._keyword(idea) | {
                    "primary_asin": asins[0], "organic_rank": self._rank(asins[0], idea, "organic"),
                    "sponsored_rank": self._rank(asins[0], idea, "sponsored"),
                    "competitor_organic_rank": [{"asin": a, "organic_rank": r} for a, r in others if r],
                    "competitor_sponsored_rank": None,
                }  # fmt: skip
                found.append({"id": f"us/{idea}", "type": "keywords_by_asin_result", "attributes": attributes})
        return found

    def _ideas(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        phrase = str(asked.get("search_terms") or "")
        self._check_categories(asked)
        if not phrase:
            raise Refused(422, "search_terms is required.")
        ideas = (phrase, *(form.format(phrase) for form in _IDEAS), *(p for p in self.phrases if p != phrase))
        return [{"id": f"us/{i}", "type": "keywords_by_keyword_result", "attributes": self._keyword(i)} for i in ideas]

    def _check_categories(self, asked: Mapping[str, Any]) -> None:
        named = asked.get("categories")
        if not isinstance(named, list) or not named or not set(named) <= set(CATEGORIES):
            raise Refused(422, "categories must be those of the marketplace.")

    def _volume(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Weeks from Sunday to Saturday; only those that are over are known, and a span may cut its first."""
        phrase, days = query.get("keyword", ""), self._span(query)
        weeks: dict[date, list[date]] = defaultdict(list)
        for day in days:
            weeks[day - timedelta(days=(day.weekday() + 1) % 7)].append(day)
        found = []
        for sunday, part in weeks.items():
            volume = Random(f"{self._shop.seed}:volume:{phrase}:{sunday}").randrange(30, 15_000)
            attributes = {
                "estimate_start_date": str(part[0]), "estimate_end_date": str(part[-1]),
                "estimated_exact_search_volume": volume * len(part) // 7,
            }  # fmt: skip
            name = f"us/{phrase}/{part[0]}"
            found.append({"id": name, "type": "historical_keyword_search_volume_result", "attributes": attributes})
        return found

    def _voice(self, query: Mapping[str, Any]) -> dict[str, Any]:
        phrase = query.get("keyword", "")
        rng = Random(f"{self._shop.seed}:voice:{phrase}")
        top = [p for p in self._shop.products if _words(p) == phrase][:3]
        attributes = {
            "estimated_30_day_search_volume": rng.randrange(500, 90_000), "product_count": 120,
            "updated_at": f"{self._today()}T05:00:00.000Z", "exact_suggested_bid_median": 1.2,
            "brands": [self._brand(rng, name) for name in ("Larkhill Home", "Rival & Sons", "Nordvik")],
            "top_asins": [
                {"asin": p.asin, "name": p.title, "brand": "Larkhill Home", "clicks": rng.randrange(20, 900),
                 "conversions": rng.randrange(1, 40), "conversion_rate": 0.08}
                for p in top
            ],
        }  # fmt: skip
        return {"id": f"us/{phrase}", "type": "share_of_voice_result", "attributes": attributes}

    def _brand(self, rng: Random, name: str) -> dict[str, Any]:
        parts = {
            f"{part}_{what}": rng.randrange(1, 40)
            for part in ("combined", "organic", "sponsored")
            for what in ("products", "weighted_sov", "basic_sov", "average_position", "average_price")
        }
        return {"brand": name, **parts, "sponsored_weighted_sov": None}

    def _database(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        self._check_categories(asked)
        words = [str(word).lower() for word in asked.get("include_keywords") or ()]
        products = [p for p in self._shop.products if not words or any(w in p.title.lower() for w in words)]
        parents = [(p.parent_asin, p, True) for p in {p.parent_asin: p for p in products}.values()]
        entries = [*parents, *((p.asin, p, False) for p in products)]
        return [self._entry(asin, product, is_parent=is_parent) for asin, product, is_parent in entries]

    def _entry(self, asin: str, product: Product, *, is_parent: bool) -> dict[str, Any]:
        days = list(days_between(self._today() - timedelta(days=30), self._today() - timedelta(days=1)))
        family = self._families[asin] if is_parent else [product]
        units = sum(self._units(p, day) for p in family for day in days)
        rng = Random(f"{self._shop.seed}:database:{asin}")
        fba, referral = 415, product.price * 15 // 100
        attributes = {
            "title": product.title, "price": None if is_parent else product.price / 100, "rating": 4.4,
            "reviews": rng.randrange(4, 4000), "category": product.category, "brand": "Larkhill Home",
            "product_rank": rng.randrange(80, 90_000), "number_of_sellers": 1, "is_parent": is_parent,
            "is_variant": not is_parent, "parent_asin": product.parent_asin, "listing_quality_score": 7.5,
            "approximate_30_day_units_sold": units, "approximate_30_day_revenue": units * product.price / 100,
            "fee_breakdown": {
                "fba_fee": fba / 100, "referral_fee": referral / 100, "variable_closing_fee": 0,
                "total_fees": (fba + referral) / 100,
            },
            "updated_at": f"{self._today()}T05:00:00.000Z",
        }  # fmt: skip
        return {"id": f"us/{asin}", "type": "product_database_result", "attributes": attributes}


def _words(product: Product) -> str:
    """What buyers type for a product: its kind, without the brand."""
    return " ".join(product.title.split(", ")[0].split()[2:]).lower()

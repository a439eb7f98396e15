"""How the Admin API writes ids, moments and money."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kpiterm.sandbox.clock import iso

CURRENCY = "USD"
_RATES = {"CAD": 137}  # hundredths of one shop dollar, as if it never moved

# Personal data that every order carries; none of it may turn up anywhere behind a connector.
CANARIES = (
    "Canary Featherstone-Quill",
    "canary.quill@canary.example",
    "+1 555 010 7788",
    "77 Plumage Lane",
    "leave it with Wren Featherstone next door",
    "198.51.100.77",
)


def gid(kind: str, number: int | str) -> str:
    """`gid://shopify/Order/450789469`."""
    return f"gid://shopify/{kind}/{number}"


def number_of(global_id: str, kind: str) -> int | None:
    """The number of an id of that kind, or None for any other text."""
    head, _, number = global_id.rpartition("/")
    return int(number) if head == f"gid://shopify/{kind}" and number.isdecimal() else None


def moment(seconds: float) -> str | None:
    """`2026-11-23T07:05:43Z`; None for a moment that never comes."""
    return iso(seconds) if seconds else None


def decimal(cents: int) -> str:
    """Cents as a decimal with one place at least, `12.5` and `-0.05`."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    places = f"{cents % 100:02d}"
    return f"{sign}{cents // 100}.{places[0] if places[1] == '0' else places}"


@lru_cache(maxsize=65536)
def money(cents: int, currency: str = CURRENCY) -> dict[str, str]:
    """`MoneyV2`."""
    return {"amount": decimal(cents), "currencyCode": currency}


@lru_cache(maxsize=65536)
def bag(cents: int, presentment: str = CURRENCY) -> dict[str, Any]:
    """`MoneyBag`: the shop's money and what it was in the buyer's."""
    shown = cents if presentment == CURRENCY else (cents * _RATES[presentment] + 50) // 100
    return {"shopMoney": money(cents), "presentmentMoney": money(shown, presentment)}

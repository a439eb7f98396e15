"""Shopify's search language, and the ids and moments in it."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """A moment with its zone, without which Shopify may take another one."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def within(field: str, start: datetime, end: datetime) -> str:
    """A search for what has `field` in the half-open span."""
    return f"{field}:>='{stamp(start)}' AND {field}:<'{stamp(end)}'"


def updated(start: datetime, end: datetime) -> str:
    """Orders that changed within the half-open span. Without a status, archived and cancelled ones are among them."""
    return within("updated_at", start, end)


def number(gid: str | None) -> str | None:
    """The number in `gid://shopify/Order/1001`, which is the id in Shopify's exports and older APIs."""
    return gid.rpartition("/")[2].partition("?")[0] if gid else None

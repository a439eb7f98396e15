"""What the seller's consents reach: marketplaces of the selling application, profiles of the advertising one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_amazon import profiles
from kpiterm_amazon.auth import has_ads
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import decode

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


class _Marketplace(msgspec.Struct, rename="camel"):
    id: str
    domain_name: str = ""


class _Participation(msgspec.Struct, rename="camel"):
    is_participating: bool = False
    has_suspended_listings: bool = False


class Entry(msgspec.Struct):
    """A marketplace, and whether the seller sells there."""

    marketplace: _Marketplace
    participation: _Participation

    @property
    def name(self) -> str:
        return (self.marketplace.domain_name or self.marketplace.id).removeprefix("www.")


class _Participations(msgspec.Struct):
    payload: list[Entry]


def participations(ctx: Context) -> tuple[bytes, list[Entry]]:
    """Amazon's answer, and the marketplaces in it on which the seller sells."""
    response = ctx.http.get(place(ctx.settings).selling(PARTICIPATIONS))
    entries = decode(response, _Participations).payload
    return response.content, [entry for entry in entries if entry.participation.is_participating]


def fetch(ctx: Context, _window: Window) -> Iterator[Payload | Row]:
    """Today's reading. Amazon does not say which roles an application has: `account test` tries them."""
    day = ctx.now.astimezone(ZoneInfo(ctx.tz)).date()
    body, entries = participations(ctx)
    yield Payload(body=body, format="json", request=f"GET {PARTICIPATIONS}")
    for entry in entries:
        suspended = " (listings suspended)" if entry.participation.has_suspended_listings else ""
        yield _grant(day, ctx.settings["client_id"], f"marketplace {entry.name}{suspended}", None)
    if has_ads(ctx):
        yield from _advertising(ctx, day)


def _advertising(ctx: Context, day: date) -> Iterator[Payload | Row]:
    editable = {profile.profile_id for profile in profiles.listed(ctx, access="edit")[1]}
    body, found = profiles.listed(ctx)
    yield Payload(body=body, format="json", request=f"GET {profiles.PROFILES}")
    for profile in found:
        level = "edit" if profile.profile_id in editable else "view"
        yield _grant(day, ctx.settings["ads_client_id"], f"advertising profile {profile}", level)


def _grant(day: date, principal: str, role: str, level: str | None) -> Row:
    return Row("access_grant", {"day": day, "principal": principal, "role": role, "level": level})


STREAM = Stream(
    name="access",
    title="Marketplaces and advertising profiles that the consents reach",
    fetch=fetch,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    snapshot=True,
)

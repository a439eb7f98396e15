"""Which advertising profile belongs to the account's marketplace."""

from __future__ import annotations

import msgspec

from kpiterm.plugins import AccessError, Context
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import decode

PROFILES = "/v2/profiles"


class _AccountInfo(msgspec.Struct, rename="camel"):
    marketplace_string_id: str = ""
    type: str = ""
    id: str = ""
    name: str = ""


class Profile(msgspec.Struct, rename="camel"):
    """An advertiser in one country, as Amazon lists it."""

    profile_id: int | str
    country_code: str = ""
    currency_code: str = ""
    account_info: _AccountInfo = msgspec.field(default_factory=_AccountInfo)

    def __str__(self) -> str:
        info = self.account_info
        return f"{self.profile_id} ({info.type} {info.name or info.id}, {self.country_code})"


def profile_id(ctx: Context) -> str:
    """The account's `ads_profile_id`, else the one seller profile of its marketplace."""
    return ctx.settings.get("ads_profile_id") or str(choose(ctx).profile_id)


def listed(ctx: Context, access: str = "view") -> tuple[bytes, list[Profile]]:
    """Amazon's answer, and the profiles in it that the ads login may at least view, or edit."""
    response = ctx.http.get(place(ctx.settings).advertising(PROFILES), params={"accessLevel": access})
    return response.content, decode(response, list[Profile])


def named(ctx: Context, profile_id: str) -> Profile:
    """The profile of that id; AccessError names those that the ads login sees instead."""
    _, found = listed(ctx)
    for profile in found:
        if str(profile.profile_id) == profile_id:
            return profile
    raise AccessError(
        f"the ads login does not see profile {profile_id}; it sees {'; '.join(map(str, found)) or 'none'}",
        hint="correct ads_profile_id, or let the owner of the advertising account grant access",
    )


def choose(ctx: Context) -> Profile:
    """The one seller profile of the marketplace; AccessError names the candidates where there is none or more."""
    where = place(ctx.settings)
    _, found = listed(ctx)
    mine = [
        p
        for p in found
        if p.account_info.type == "seller" and p.account_info.marketplace_string_id == where.marketplace_id
    ]
    if len(mine) == 1:
        return mine[0]
    names = "; ".join(str(p) for p in mine or found) or "none: Amazon lists one after the first campaign has run"
    count = "no" if not mine else f"{len(mine)}"
    raise AccessError(
        f"{count} seller profiles for marketplace {where.code}; the ads login sees {names}",
        hint="set ads_profile_id to one of them, or let the owner of the advertising account grant access",
    )

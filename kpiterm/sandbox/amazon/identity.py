"""The demo seller's identity at Amazon: ids and secrets drawn from the seed, worth nothing anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from kpiterm.sandbox.vendor import SandboxAccount

App = Literal["selling-partner", "advertising"]
_HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Credentials:
    """One Login with Amazon application and the seller's consent to it."""

    app: App
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """The seller, as the two applications know it."""

    seller_id: str
    profile_id: int
    store_name: str
    apps: tuple[Credentials, Credentials]

    def account(self) -> SandboxAccount:
        """The account as a user would configure it."""
        selling, ads = self.apps
        return SandboxAccount(
            name="demo-us",
            connector="amazon",
            settings={
                "marketplace": "US",
                "client_id": selling.client_id,
                "ads_client_id": ads.client_id,
                "ads_profile_id": str(self.profile_id),
            },
            secrets={
                "client_secret": selling.client_secret,
                "refresh_token": selling.refresh_token,
                "ads_client_secret": ads.client_secret,
                "ads_refresh_token": ads.refresh_token,
            },
        )


def identity_of(seed: int) -> Identity:
    """The same seed always gives the same seller."""
    rng = Random(f"{seed}:identity")
    return Identity(
        seller_id="A" + "".join(rng.choices("0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ", k=13)),
        profile_id=rng.randrange(10**15, 4 * 10**15),
        store_name="Larkhill Home",
        apps=(_credentials(rng, "selling-partner"), _credentials(rng, "advertising")),
    )


def _credentials(rng: Random, app: App) -> Credentials:
    def text(length: int) -> str:
        return "".join(rng.choices(_HEX, k=length))

    return Credentials(
        app=app,
        client_id=f"amzn1.application-oa2-client.{text(32)}",
        client_secret=f"amzn1.oa2-cs.v1.{text(64)}",
        refresh_token=f"Atzr|{text(200)}",
    )

"""The demo seller at Helium 10: drawn from the seed, worth nothing anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from kpiterm.sandbox.vendor import SandboxAccount

if TYPE_CHECKING:
    from kpiterm.sandbox.shop import Shop

_TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Identity:
    """One user with one connected store, one advertising profile and one tracked market."""

    token: str = field(repr=False)
    markets_key: str = field(repr=False)
    seller_id: str
    profile_id: str
    market_id: str

    def account(self) -> SandboxAccount:
        """The account as a user would configure it."""
        return SandboxAccount(
            name="demo-helium10",
            connector="helium10",
            settings={
                "marketplace": "US",
                "seller_ids": self.seller_id,
                "ads_profile_id": self.profile_id,
                "market_ids": self.market_id,
            },
            secrets={"token": self.token, "market_tracker_key": self.markets_key},
        )


def identity_of(shop: Shop) -> Identity:
    """The same seed always gives the same user."""
    rng = Random(f"{shop.seed}:helium10-identity")
    return Identity(
        token="h10_mcp_" + "".join(rng.choices(_TEXT, k=48)),
        markets_key="".join(rng.choices(_TEXT, k=64)),
        seller_id="A" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=13)),
        profile_id=str(rng.randrange(10**14, 10**15)),
        market_id=str(rng.randrange(100_000, 200_000)),
    )

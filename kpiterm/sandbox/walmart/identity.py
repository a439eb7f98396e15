"""The demo seller's identity at Walmart and at Walmart Connect: drawn from the seed, worth nothing anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from kpiterm.sandbox.vendor import SandboxAccount
from kpiterm.sandbox.walmart.signing import SANDBOX_KEY

_TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Identity:
    """The seller as the Marketplace knows it, and the same one as an advertiser."""

    partner_id: str
    seller_id: str
    client_id: str
    client_secret: str = field(repr=False)
    advertiser_id: int
    consumer_id: str
    key_version: str
    auth_token: str = field(repr=False)

    def account(self) -> SandboxAccount:
        """The account as a user would configure it."""
        return SandboxAccount(
            name="demo-walmart",
            connector="walmart",
            settings={
                "client_id": self.client_id,
                "ads_advertiser_id": str(self.advertiser_id),
                "ads_consumer_id": self.consumer_id,
                "ads_key_version": self.key_version,
            },
            secrets={
                "client_secret": self.client_secret,
                "ads_private_key": SANDBOX_KEY.pem(),
                "ads_auth_token": self.auth_token,
            },
        )


def identity_of(seed: int) -> Identity:
    """The same seed always gives the same seller."""
    rng = Random(f"{seed}:walmart-identity")
    return Identity(
        partner_id=f"10001{rng.randrange(10**6):06d}",
        seller_id=str(rng.randrange(10**5, 10**6)),
        client_id=str(UUID(int=rng.getrandbits(128), version=4)),
        client_secret="".join(rng.choices(_TEXT, k=86)),
        advertiser_id=rng.randrange(10**5, 10**6),
        consumer_id=str(UUID(int=rng.getrandbits(128), version=4)),
        key_version="1",
        auth_token="".join(rng.choices(_TEXT, k=180)),
    )

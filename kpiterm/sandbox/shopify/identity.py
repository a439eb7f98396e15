"""The demo shop's identity: credentials drawn from the seed, worth nothing anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from kpiterm.sandbox.shopify.sales import TIMEZONE
from kpiterm.sandbox.shopify.values import CURRENCY
from kpiterm.sandbox.vendor import SandboxAccount

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.context import Grant

SHOP = "kpiterm-demo.myshopify.com"
APP_TITLE = "kpiterm"
_NAMES = {"client_credentials": "demo-shopify", "static": "demo-shopify-static", "refresh": "demo-shopify-refresh"}


@dataclass(frozen=True)
class Identity:
    """The app's credentials, and the tokens that the shop's owner granted it."""

    client_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def account(self, grant: Grant) -> SandboxAccount:
        """The account as a user would configure it for one kind of credential."""
        app = {} if grant == "static" else {"client_id": self.client_id}
        settings = {"shop": SHOP, "timezone": TIMEZONE.key, "currency": CURRENCY}
        secrets = {
            "client_credentials": {"client_secret": self.client_secret},
            "static": {"access_token": self.access_token},
            "refresh": {"client_secret": self.client_secret, "refresh_token": self.refresh_token},
        }
        return SandboxAccount(name=_NAMES[grant], connector="shopify", settings=settings | app, secrets=secrets[grant])


def identity_of(seed: int) -> Identity:
    """The same seed always gives the same shop."""
    rng = Random(f"{seed}:shopify-identity")

    def text(prefix: str, length: int) -> str:
        return prefix + "".join(rng.choices("0123456789abcdef", k=length))

    return Identity(text("", 32), text("shpss_", 32), text("shpat_", 32), text("shprt_", 40))

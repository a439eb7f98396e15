"""What a connector is given to work with, for one account and one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from kpiterm.plugins.model import Marketplace


@dataclass(frozen=True, slots=True)
class Download:
    """A document on disk in the run's private directory; `charset` is what the vendor's header said, if anything."""

    path: Path
    charset: str | None
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One account's settings and secrets, and the host's services. Frozen; `repr` shows no secret.

    `http` has auth, timeouts, retries, the shared rate limiter, redaction and the connector's host allow-list built
    in, and raises the errors of `kpiterm.plugins.errors`. `download(url)` streams a large document to disk, unzipping
    gzip, with no credentials sent. `state` is a small text store of the account that survives a crash
    (`recall`/`remember`), for ids of reports that were requested but not yet read. `sleep` wakes early when the run is
    stopped. `save_secret` stores a rotated secret in the keyring before it returns.
    """

    account: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    marketplace: Marketplace
    http: httpx.Client = field(repr=False)
    now: datetime
    log: Callable[[str], None] = field(repr=False)
    sleep: Callable[[float], None] = field(repr=False)
    download: Callable[[str], Download] = field(repr=False)
    recall: Callable[[str], str | None] = field(repr=False)
    remember: Callable[[str, str | None], None] = field(repr=False)
    save_secret: Callable[[str, str], None] = field(repr=False)

    @property
    def tz(self) -> str:
        """The time zone that cuts the account's business days."""
        return self.marketplace.timezone

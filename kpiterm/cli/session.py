"""What every command needs: where it works, how it should answer, and the store behind it."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.errors import UsageError
from kpiterm.paths import Paths, resolve

if TYPE_CHECKING:
    from kpiterm.analysis.view import View
    from kpiterm.config import Account, Config
    from kpiterm.i18n import Translate
    from kpiterm.plugins.manager import Plugins
    from kpiterm.secrets import SecretStore
    from kpiterm.store.read import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The global options of one call."""

    paths: Paths
    lang: str | None
    as_of: datetime | None
    json: bool
    quiet: bool
    verbose: bool

    @classmethod
    def of(cls, args: argparse.Namespace) -> Session:
        if args.no_color:
            os.environ["NO_COLOR"] = "1"
        if args.low_bandwidth:
            os.environ["KPITERM_LOW_BANDWIDTH"] = "1"
        return cls(
            paths=resolve(args.home, args.workspace),
            lang=args.lang,
            as_of=_moment(args.as_of),
            json=args.json,
            quiet=args.quiet,
            verbose=args.verbose,
        )

    def config(self) -> Config:
        from kpiterm.config import load_config

        return load_config(self.paths)

    def accounts(self) -> tuple[Account, ...]:
        from kpiterm.config import load_accounts

        return load_accounts(self.paths)

    def plugins(self, names: set[str] | None = None) -> Plugins:
        from kpiterm.cli.board import remember_plugins
        from kpiterm.plugins.manager import load

        plugins = load(names)
        remember_plugins(self, plugins)
        return plugins

    def shop_zone(self) -> str:
        """The zone that cuts the days of channels that are no known marketplace."""
        from kpiterm.cli.board import shop_zone

        return shop_zone(self)

    def secrets(self) -> SecretStore:
        from kpiterm.secrets import SecretStore

        return SecretStore(self.paths.workspace, self.config().keyring_backend)

    def reader(self) -> Reader:
        from kpiterm.store.read import Reader

        return Reader(self.paths, as_of=self.as_of, zone=self.shop_zone())

    def now(self) -> datetime:
        """The moment that the answer is for: `--as-of`, else now."""
        return self.as_of or datetime.now(UTC)

    def teller(self) -> Translate:
        """What tells texts and sentences in the session's language."""
        from kpiterm.i18n import teller

        return teller(self.lang or self.config().language)

    def view(self, period: str | None) -> View:
        """The board, computed from the current snapshot."""
        from kpiterm.cli.board import compute

        return compute(self, period)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if "T" not in text.upper() and ":" not in text:  # a day means the end of it: all that was known on that day
            moment += timedelta(days=1)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"--as-of {text!r} is no moment", hint="write 2026-11-01T08:00Z or 2026-11-01") from None


def interactive() -> bool:
    """Whether a person sits at the other end."""
    return sys.stdin.isatty() and sys.stderr.isatty()

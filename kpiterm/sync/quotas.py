"""Which of the vendors' quotas an account uses: written down at each sync, so that a screen can tell what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from kpiterm.analysis.pages.quotas import Quota
from kpiterm.paths import Paths, private_dir
from kpiterm.plugins import Connector, clock
from kpiterm.plugins.limits import place_of, read_left, scope_of
from kpiterm.plugins.model import Rate
from kpiterm.store.snapshot import point_to

Noted = Mapping[str, Mapping[str, tuple[str, float, int]]]
"""By account and operation: the bucket's file, requests a second, burst."""


def note(paths: Paths, account: str, connector: Connector, sandbox: str | None, secrets: Mapping[str, str]) -> None:
    """Remember the account's quotas; of its credential only what the names of the buckets' files are made of."""
    scope = scope_of(connector.name, sandbox, secrets)
    known = dict(_noted(paths))
    mine = {rate.operation: (place_of(scope, rate.operation), rate.per_second, rate.burst) for rate in connector.rates}
    if known.get(account) != mine:
        private_dir(paths.store)
        point_to(_file(paths), msgspec.json.encode({**known, account: mine}).decode())


def left(paths: Paths) -> Mapping[str, tuple[Quota, ...]]:
    """What is left now, by account; of operations that were ever asked."""
    return {account: tuple(_left(paths.limits, rates)) for account, rates in _noted(paths).items()}


def _left(limits: Path, rates: Mapping[str, tuple[str, float, int]]) -> Iterator[Quota]:
    now = clock.time()
    for operation, (file, per_second, burst) in sorted(rates.items()):
        tokens = read_left(limits / file, Rate(operation=operation, match="*", per_second=per_second, burst=burst), now)
        if tokens is not None:
            yield Quota(operation, max(int(tokens + 1e-9), 0), burst, max(0.0, (1 - tokens) / per_second))


def _noted(paths: Paths) -> Noted:
    try:
        return msgspec.json.decode(_file(paths).read_bytes(), type=dict[str, dict[str, tuple[str, float, int]]])
    except (OSError, ValueError):  # there is none yet, or it is damaged: the next sync writes it
        return {}


def _file(paths: Paths) -> Path:
    return paths.store / "quotas.json"

"""Stands in for the host: a Context over a function that answers requests, with a clock that sleeping moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from kpiterm.plugins.context import Context
from kpiterm.plugins.http import Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.model import Connector
from kpiterm.plugins.redact import Redactor

Handler = Callable[[httpx.Request], httpx.Response]
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
_LONGEST = 30 * 86400.0


class Clock:
    """Seconds that pass only while somebody sleeps. Sleeping on for a month means that a poll never ends."""

    def __init__(self, now: datetime) -> None:
        self._start = self._now = now.timestamp()

    def __call__(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += max(0.0, seconds)
        if self._now - self._start > _LONGEST:
            raise AssertionError("the connector has waited for 30 days: does it poll for an answer that never comes?")


def example_settings(connector: Connector) -> dict[str, str]:
    """A value for each setting that has a default, a choice, or is required."""
    return {
        setting.name: setting.default or (setting.choices or (f"example-{setting.name}",))[0]
        for setting in connector.settings
        if setting.default or setting.choices or setting.required
    }


def example_secrets(connector: Connector) -> dict[str, str]:
    """A recognisable value for each secret."""
    return {secret.name: f"value+of/{secret.name}|0123456789" for secret in connector.secrets}


def make_context(
    connector: Connector,
    handler: Handler,
    *,
    tmp_path: Path,
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    now: datetime = NOW,
    state: MutableMapping[str, str] | None = None,
    log: Callable[[str], None] | None = None,
    attempts: int = 2,
) -> Context:
    """A Context whose requests `handler` answers; waits return at once. `state` backs recall and remember.

    Settings and secrets that are not given get example values. Auth, rate limits, the host allow-list, retries and
    errors are the real ones. What is logged goes to `log` as it is, unredacted.
    """
    clock, memory = Clock(now), {} if state is None else state
    settings = example_settings(connector) if settings is None else settings
    secrets = example_secrets(connector) if secrets is None else secrets
    client = open_client(
        connector,
        auth=None,
        limiter=Limiter(tmp_path / "limits", connector.name, connector.rates, sleep=clock.sleep, clock=clock),
        redactor=Redactor(secrets.values()),
        sleep=clock.sleep,
        log=_ignore,
        stats=Stats(),
        spool=tmp_path / "spool",
        transport=httpx.MockTransport(handler),
        attempts=attempts,
    )
    context = Context(
        account="example",
        settings=settings,
        secrets=secrets,
        marketplace=connector.marketplace(settings),
        http=client,
        now=now,
        log=log or _ignore,
        sleep=clock.sleep,
        download=client.download,
        recall=memory.get,
        remember=partial(_remember, memory),
        save_secret=lambda _name, _value: None,
    )
    if connector.auth:
        client.auth = connector.auth(context)
    return context


def _ignore(_text: str) -> None:
    """A log that nobody reads."""


def _remember(memory: MutableMapping[str, str], key: str, value: str | None) -> None:
    if value is None:
        memory.pop(key, None)
    else:
        memory[key] = value

"""Stands in for the host: Contexts over a function that answers requests, with a clock that sleeping moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from kpiterm.plugins.context import Context
from kpiterm.plugins.http import Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.model import Connector, Marketplace, Note, Payload, Row, Shape, Window
from kpiterm.plugins.redact import Redactor
from kpiterm.plugins.testing.rows import Rows, rows_of

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


def _ignore(_said: object) -> None:
    """Nobody listens."""


@dataclass(kw_only=True)
class Host:
    """kpiterm over several runs of one account, with the vendor in the test's hands. Nothing is slept.

    Auth, rate limits, the host allow-list, retries and errors are the real ones. `settings` and `secrets` that are not
    given get example values. `state` backs recall and remember, `keyring` has the secrets that were saved; `requests`,
    `slept` and `logs` are what the connector did. `logs` are not redacted.
    """

    connector: Connector
    directory: Path
    settings: Mapping[str, str] | None = None
    secrets: Mapping[str, str] | None = None
    account: str = "example"
    now: datetime = NOW
    attempts: int = 2
    state: MutableMapping[str, str] = field(default_factory=dict)
    keyring: dict[str, str] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None
    on_log: Callable[[str], None] = _ignore

    def context(
        self,
        handler: Handler | None = None,
        *,
        sandbox: str | None = None,
        settings: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        now: datetime | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> Context:
        """A run's Context. `handler` answers its requests, or a server does at the loopback address `sandbox`."""
        settings = _first(settings, self.settings, example_settings(self.connector))
        secrets = _first(secrets, self.secrets, example_secrets(self.connector))
        clock = Clock(now or self.now)
        sleep = sleep or partial(self._sleep, clock)
        scope = f"run-{len(self.clients)}"
        client = open_client(
            self.connector,
            auth=None,
            limiter=Limiter(self.directory / "limits", scope, self.connector.rates, sleep=sleep, clock=clock),
            redactor=Redactor(secrets.values()),
            sleep=sleep,
            log=self._log,
            stats=Stats(),
            spool=self.directory / "documents",
            settings=settings,
            sandbox=sandbox,
            transport=httpx.MockTransport(partial(self.respond, handler)) if handler else None,
            attempts=self.attempts,
        )
        self.clients.append(client)
        context = Context(
            account=self.account,
            settings=settings,
            secrets=secrets,
            marketplace=self.connector.marketplace(settings),
            http=client,
            now=now or self.now,
            log=self._log,
            sleep=sleep,
            download=client.download,
            recall=self.state.get,
            remember=self._remember,
            save_secret=self.keyring.__setitem__,
        )
        if self.connector.auth:
            client.auth = self.connector.auth(context)
        return context

    def respond(self, handler: Handler, request: httpx.Request) -> httpx.Response:
        """What the vendor answers. A subclass may answer what all of its tests have in common, such as a sign-in."""
        self.requests.append(request)
        return handler(request)

    def fetch(self, stream: str, handler: Handler, window: Window, **how: Any) -> list[Payload | Row | Note]:  # noqa: ANN401 - as context takes it
        """All that a stream yields for a window; `how` is for `context`."""
        found = self.connector.stream(stream)
        assert found, f"{self.connector.name} has no stream {stream!r}"
        return list(found.fetch(self.context(handler, **how), window))

    def read(self, shape: Shape, items: Iterable[object], place: Marketplace | None = None) -> dict[str, Rows]:
        """The rows that the host's own reader makes of payloads, by table. This needs the whole of kpiterm."""
        settings = _first(self.settings, None, example_settings(self.connector))
        return rows_of(shape, items, place or self.connector.marketplace(settings), self.directory)

    def close(self) -> None:
        """Close what was opened."""
        for client in self.clients:
            client.close()

    def _log(self, text: str) -> None:
        self.logs.append(text)
        self.on_log(text)

    def _sleep(self, clock: Clock, seconds: float) -> None:
        self.slept.append(seconds)
        clock.sleep(seconds)
        self.on_sleep()

    def _remember(self, key: str, value: str | None) -> None:
        if value is None:
            self.state.pop(key, None)
        else:
            self.state[key] = value


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
    """A Context whose requests `handler` answers; waits return at once. `Host` has more, and more runs than one."""
    host = Host(connector=connector, directory=tmp_path, settings=settings, secrets=secrets, now=now, attempts=attempts)
    host.state = host.state if state is None else state
    host.on_log = log or _ignore
    return host.context(handler)


def _first(
    given: Mapping[str, str] | None, usual: Mapping[str, str] | None, example: dict[str, str]
) -> Mapping[str, str]:
    found = usual if given is None else given
    return example if found is None else found

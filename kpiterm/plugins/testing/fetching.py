"""The part of the contract that runs a connector's streams against `responses`, with no network."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import httpx
import pytest

from kpiterm.plugins import auth as auth_module
from kpiterm.plugins.context import Context
from kpiterm.plugins.errors import AccessError, AuthError, PluginError, TransientError
from kpiterm.plugins.model import Connector, Note, Payload, Probe, Row, Stream, Window
from kpiterm.plugins.testing.host import NOW, Handler, example_secrets, make_context
from kpiterm.plugins.testing.items import Item, problems
from kpiterm.plugins.wire import matches

_MOST_ITEMS = 10_000


class Fetching:
    """What the streams yield, whom they ask, and what they say when they fail."""

    connector: Connector
    settings: ClassVar[Mapping[str, str] | None] = None
    secrets: ClassVar[Mapping[str, str] | None] = None
    now: datetime = NOW

    def responses(self, request: httpx.Request) -> httpx.Response:
        """The vendor: answers a request as its documentation promises."""
        raise NotImplementedError(f"{type(self).__name__}.responses does not answer {request.url}")

    @pytest.fixture
    def context(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Context]]:
        """Makes a Context over a handler; connecting to a real socket meanwhile is an error."""
        if type(self).responses is Fetching.responses:
            pytest.skip("define `responses(self, request)`, and the streams are tested too")
        monkeypatch.setattr(socket.socket, "connect", _refuse)
        made: list[Context] = []

        def make(handler: Handler, log: Callable[[str], None] | None = None) -> Context:
            directory = tmp_path / str(len(made))
            made.append(
                make_context(
                    self.connector, handler, tmp_path=directory, log=log, now=self.now,
                    settings=self.settings, secrets=self._secrets(),
                )
            )  # fmt: skip
            return made[-1]

        yield make
        for context in made:
            context.http.close()

    def test_yields_payloads_and_rows_that_its_shape_reads(self, context: Callable[..., Context]) -> None:
        for stream in self._streams(ctx := context(self.responses)):
            faults = [text for item in self._fetch(stream, ctx) for text in problems(stream, item)]
            assert not faults, "\n".join(dict.fromkeys(faults))

    def test_asks_only_its_own_hosts(self, context: Callable[..., Context]) -> None:
        asked: set[str] = set()

        def record(request: httpx.Request) -> httpx.Response:
            asked.add(request.url.host)
            return self.responses(request)

        for stream in self._streams(ctx := context(record)):
            self._fetch(stream, ctx)
        allowed = self.connector.hosts_for(ctx.settings)
        others = {host for host in asked if not any(matches(host, pattern) for pattern in allowed)}
        assert not others, f"asks {min(others)}, which hosts does not list"

    def test_says_no_secret(self, context: Callable[..., Context]) -> None:
        said: list[str] = []
        ctx = context(self.responses, said.append)
        said += [repr(ctx), repr(self.connector)]
        for stream in self._streams(ctx):
            said += [_said(item) for item in self._fetch(stream, ctx)]
        self._assert_no_secret(said)

    def test_fetches_the_same_again(self, context: Callable[..., Context]) -> None:
        runs = [context(self.responses), context(self.responses)]
        for stream in self._streams(runs[0]):
            first, second = ([_content(item) for item in self._fetch(stream, ctx)] for ctx in runs)
            assert first == second, f"stream {stream.name} gives other items when it is asked again for the same window"

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
    def test_fails_with_an_error_that_says_what_to_do(self, status: int, context: Callable[..., Context]) -> None:
        echo = " ".join(self._secrets().values())
        failing = context(lambda _: httpx.Response(status, json={"errors": [{"code": "Failed", "message": echo}]}))
        for stream in self._streams(failing):
            error = self._failure(stream, failing)
            if error is None:  # a stream may know better, such as that 404 means an empty shop
                continue
            self._assert_no_secret([error.message, error.hint, str(error), repr(error)])
            assert error.hint, f"stream {stream.name}: {error.kind} without a hint"
            assert isinstance(error, _expected(status)), f"stream {stream.name}: HTTP {status} became {error.kind}"

    def test_renews_a_refused_access_token_once(
        self, context: Callable[..., Context], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vendor = _Expiring(self.responses)
        monkeypatch.setattr(auth_module, "now", vendor.clock)
        for stream in self._streams(ctx := context(vendor)):
            vendor.expire()
            self._fetch(stream, ctx)
        if not vendor.tokens:
            pytest.skip("the connector fetches no access tokens")

    def test_answers_an_account_test(self, context: Callable[..., Context]) -> None:
        if self.connector.test is None:
            pytest.skip("the connector has no account test")
        probes = list(self.connector.test(context(self.responses)))
        assert probes, "the account test finds nothing at all"
        others = [type(probe).__name__ for probe in probes if not isinstance(probe, Probe)]
        assert not others, f"the account test yields a {others[0]}, not a Probe"
        self._assert_no_secret([repr(probe) for probe in probes])

    def _secrets(self) -> Mapping[str, str]:
        return example_secrets(self.connector) if self.secrets is None else self.secrets

    def _streams(self, ctx: Context) -> Iterator[Stream]:
        """The streams that the account's settings and secrets allow."""
        given = {name for name, value in {**ctx.settings, **ctx.secrets}.items() if value}
        return (stream for stream in self.connector.streams if set(stream.needs) <= given)

    def _fetch(self, stream: Stream, ctx: Context) -> list[Item]:
        items = list(islice(stream.fetch(ctx, _window(stream, ctx)), _MOST_ITEMS))
        assert len(items) < _MOST_ITEMS, f"stream {stream.name} has yielded {_MOST_ITEMS} items: does its paging end?"
        return items

    def _failure(self, stream: Stream, ctx: Context) -> PluginError | None:
        try:
            self._fetch(stream, ctx)
        except PluginError as error:
            return error
        return None

    def _assert_no_secret(self, texts: list[str]) -> None:
        for name, value in self._secrets().items():
            assert not [text for text in texts if value and value in text], f"the secret {name} is shown"


class _Expiring:
    """A vendor that refuses the first signed request after `expire()`, and a clock that is later by then."""

    def __init__(self, inner: Handler) -> None:
        self._inner, self._refuse, self._time = inner, False, 0.0
        self.tokens = 0

    def clock(self) -> float:
        return self._time

    def expire(self) -> None:
        self._refuse = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        response = self._inner(request)
        if re.search(rb'"access_token"\s*:', response.read()):
            self.tokens += 1
        elif self._refuse and self.tokens:
            self._refuse = False
            self._time += 600
            return httpx.Response(401, json={"errors": [{"code": "Unauthorized", "message": "token has expired"}]})
        return response


def _refuse(connection: socket.socket, _: object) -> None:
    connection.close()
    raise AssertionError("the connector opens a connection of its own: use ctx.http and ctx.download")


def _expected(status: int) -> type[PluginError] | tuple[type[PluginError], ...]:
    if status in (401, 403):
        return AuthError, AccessError, TransientError
    return TransientError if status in (429, 500, 503) else PluginError


def _window(stream: Stream, ctx: Context) -> Window:
    """A span of at most a day that ends where the vendor's data do; whole days for a stream that is by_day."""
    end = ctx.now - stream.lag
    if stream.by_day:
        zone = ZoneInfo(ctx.tz)
        last = end.astimezone(zone).date()
        return Window(
            datetime.combine(last - timedelta(days=1), time(), zone), datetime.combine(last, time(), zone)
        )  # fmt: skip
    return Window(end - min(stream.max_window, timedelta(days=1)), end)


def _said(item: Item) -> str:
    """The text of an item that people will read."""
    return item.request if isinstance(item, Payload) else item.text if isinstance(item, Note) else ""


def _content(item: Item) -> object:
    if isinstance(item, Note):
        return item
    if isinstance(item, Row):
        return item.table, dict(item.values)
    body = item.body.read_bytes() if isinstance(item.body, Path) else item.body
    return body, item.format, item.request, item.records, item.encoding, dict(item.extra)

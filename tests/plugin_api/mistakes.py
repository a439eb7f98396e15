"""Deliberately broken plugins, each with the mistake that its author made and what the contract kit says of it.

`python -m tests.plugin_api.mistakes` prints docs/reference/plugin-mistakes.md, which test_mistakes.py holds to that.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import repeat, takewhile
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import httpx
import pytest

from kpiterm.plugins import Connector, Context, DataError, Note, Output, Payload, Row, Secret, Setting, Window, hookimpl
from kpiterm.plugins.errors import PluginError, RateLimited
from kpiterm.plugins.manager import load
from kpiterm.plugins.testing import ConnectorContract
from kpiterm.plugins.testing.fetching import Fetching
from tests.plugin_api.acme import ACME, API, ORDERS, SELECT, SHAPE, acme, fetch_orders

LOADS = "loads_as_a_plugin"
YIELDS = "yields_payloads_and_rows_that_its_shape_reads"
FAILS = "fails_with_an_error_that_says_what_to_do"
RENEWS = "renews_a_refused_access_token_once"
NAMES = "has_names_that_people_can_type_and_titles_that_they_can_read"
HOSTS = "lists_the_hosts_it_speaks_to"
EXPLAINS = "explains_every_setting_and_secret"
RATES = "declares_rates_that_can_match"
PLANS = "declares_streams_that_can_be_planned"
COLUMNS = "declares_columns_and_outputs"
SQL = "has_sql_that_the_store_can_run"


@dataclass(frozen=True, slots=True)
class Mistake:
    """`what` the author did; the `check` of the kit that finds it; the plugin that is `broken` so, made anew."""

    what: str
    check: str
    broken: Callable[[], Connector | ModuleType]
    status: int | None = None


def connector(**changes: Any) -> Callable[[], Connector]:
    return lambda: replace(ACME, **changes)


def stream(**changes: Any) -> Callable[[], Connector]:
    return lambda: replace(ACME, streams=(replace(ORDERS, **changes),))


def with_sql(select: str, *, replaces: tuple[str, ...] = ("order_id",), **columns: str) -> Callable[[], Connector]:
    def made() -> Connector:
        output = Output(into="order_line", select=select, replaces=replaces)
        return stream(shape=replace(SHAPE, outputs=(output,), columns={**SHAPE.columns, **columns}))()

    return made


def into(table: str) -> Callable[[], Connector]:
    return lambda: stream(shape=replace(SHAPE, outputs=(Output(into=table, select=SELECT, replaces=("order_id",)),)))()


def shape(**changes: Any) -> Callable[[], Connector]:
    return lambda: stream(shape=replace(SHAPE, **changes))()


def plugin(hook: str, value: Callable[[], object], *, marked: bool = True) -> Callable[[], ModuleType]:
    """A module `acme` with one hook."""

    def function() -> object:
        return value()

    def made() -> ModuleType:
        module = ModuleType("acme")
        setattr(module, hook, hookimpl(function) if marked else function)
        return module

    return made


def fetching(fetch: Callable[[Context, Window], Iterator[object]], **changes: Any) -> Callable[[], Connector]:
    return lambda: replace(stream(fetch=fetch, **changes)(), auth=None)


def rows(table: str = "review", **values: object) -> Callable[[], Connector]:
    return fetching(lambda _ctx, _window: iter((Row(table, values),)), shape=None)


def payload(**changes: Any) -> Callable[[], Connector]:
    def fetch(ctx: Context, window: Window) -> Iterator[object]:
        for item in fetch_orders(ctx, window):
            yield replace(item, **changes) if isinstance(item, Payload) else item

    return fetching(fetch)


def goes_elsewhere(ctx: Context, _window: Window) -> Iterator[object]:
    yield Payload(body=ctx.http.get("https://tracker.example/").content, format="json", request="GET /")


def opens_its_own_connection(_ctx: Context, _window: Window) -> Iterator[object]:
    with urllib.request.urlopen("http://127.0.0.1:9/") as answer:
        yield Payload(body=answer.read(), format="json", request="GET /")


def logs_its_secret(ctx: Context, window: Window) -> Iterator[object]:
    ctx.log(f"signing in with {ctx.secrets['client_secret']}")
    yield from fetch_orders(ctx, window)


def asks_with_its_secret(ctx: Context, window: Window) -> Iterator[object]:
    for item in fetch_orders(ctx, window):
        key = ctx.secrets["client_secret"]
        yield replace(item, request=f"GET /orders?key={key}") if isinstance(item, Payload) else item


def notes_its_secret(ctx: Context, _window: Window) -> Iterator[object]:
    yield Note(f"nothing for {ctx.secrets['client_secret']}")


def counts_its_calls() -> Connector:
    calls = iter(range(1000))

    def fetch(_ctx: Context, _window: Window) -> Iterator[object]:
        yield Payload(body=json.dumps({"orders": [{"id": next(calls)}]}).encode(), format="json", records=("orders",),
                      request="GET /orders")  # fmt: skip

    return fetching(fetch)()


def polls_for_ever(ctx: Context, window: Window) -> Iterator[object]:
    while ctx.http.get(f"{API}/orders").json().get("status") != "DONE":
        ctx.sleep(7200)
    yield from fetch_orders(ctx, window)


def failing(raised: Callable[[Context, PluginError], PluginError]) -> Callable[[], Connector]:
    def fetch(ctx: Context, window: Window) -> Iterator[object]:
        try:
            yield from fetch_orders(ctx, window)
        except PluginError as error:
            raise raised(ctx, error) from None

    return fetching(fetch)


def with_its_secret(ctx: Context, error: PluginError) -> PluginError:
    error.args = (ctx.secrets["client_secret"],)
    return error


class Stubborn(httpx.Auth):
    """Keeps its first token for ever."""

    requires_response_body = True
    token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.token:
            self.token = (yield httpx.Request("POST", f"{API}/token")).json()["access_token"]
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


DAY = timedelta(days=1)
MISTAKES = (
    # What a plugin is.
    Mistake("the name of a hook is misspelt", LOADS, plugin("kpiterm_conectors", lambda: [ACME])),
    Mistake("a hook lacks its `@hookimpl`", LOADS, plugin("kpiterm_connectors", lambda: [ACME], marked=False)),
    Mistake("a hook returns the connector itself", LOADS, plugin("kpiterm_connectors", lambda: ACME)),
    Mistake("entry point and connector differ in name", LOADS,
            plugin("kpiterm_connectors", lambda: [replace(ACME, name="other")])),
    Mistake("a file of KPIs was not packed", LOADS, plugin("kpiterm_kpi_files", lambda: [Path("acme/kpis.toml")])),
    Mistake("a later plugin API is wanted", "is_made_for_this_plugin_api", connector(api_version=2)),
    # What it declares.
    Mistake("a name that cannot be typed", LOADS, connector(name="My Shop")),
    Mistake("two streams of one name", LOADS, connector(streams=(ORDERS, ORDERS))),
    Mistake("a stream needs what is not declared", LOADS, stream(needs=("ads_token",))),
    Mistake("no title", NAMES, connector(title=" ")),
    Mistake("no stream", NAMES, connector(streams=())),
    Mistake("no host", HOSTS, connector(hosts=())),
    Mistake("every host", HOSTS, connector(hosts=("*",))),
    Mistake("half of the internet", HOSTS, connector(hosts=("*.com",))),
    Mistake("an address in place of a host", HOSTS, connector(hosts=("https://api.acme.com",))),
    Mistake("capitals in a host", HOSTS, connector(hosts=("API.acme.com",))),
    Mistake("a host by a setting that is not declared", LOADS, connector(hosts=("{store}.acme.com",))),
    Mistake("a host by a setting that is whole a domain", LOADS, connector(hosts=("{shop}.com",))),
    Mistake("a host by a setting that may be absent", HOSTS, connector(settings=(Setting(name="shop", help="shop"),))),
    Mistake("a secret among the settings", "keeps_secrets_out_of_the_settings",
            connector(hosts=("api.acme.com",), settings=(Setting(name="api_key", help="the key"),))),
    Mistake("no help text", EXPLAINS, connector(secrets=(Secret(name="key", help=""),))),
    Mistake("a setting and a secret of one name", EXPLAINS, connector(secrets=(Secret(name="shop", help="same"),))),
    Mistake("a default that is no choice", EXPLAINS, connector(
        settings=(*ACME.settings, Setting(name="size", help="size", choices=("S", "M"), default="L")))),
    Mistake("no marketplace", "knows_its_marketplace", connector(marketplace=cast(Any, dict))),
    Mistake("a rate without a method", RATES, connector(rates=(replace(ACME.rates[0], match="/orders"),))),
    Mistake("two rates of one name", RATES, connector(rates=(*ACME.rates, *ACME.rates))),
    Mistake("a stream that is always due", PLANS, stream(every=0 * DAY)),
    Mistake("data from the future", PLANS, stream(lag=-DAY)),
    Mistake("looking back further than history goes", PLANS, stream(lookback=90 * DAY)),
    Mistake("days cut into parts of a day", PLANS, stream(by_day=True, max_window=DAY / 4)),
    Mistake("rows by day, windows by the hour", PLANS, with_sql(SELECT, replaces=("window:business_day",))),
    # Where the rows go.
    Mistake("rows for a table that does not exist", LOADS, into("orders")),
    Mistake("rows that replace none, and so double", LOADS, with_sql(SELECT, replaces=())),
    Mistake("a required column that is not declared", LOADS, shape(required=("number",))),
    Mistake("no output", COLUMNS, shape(outputs=())),
    Mistake("no column", COLUMNS, shape(columns={}, required=())),
    Mistake("SQL that is no SQL", SQL, with_sql("selekt 1")),
    Mistake("SQL that changes something", SQL, with_sql("delete from source")),
    Mistake("SQL of two statements", SQL, with_sql("select id as order_id from source; drop table source")),
    Mistake("SQL that reads a file", SQL, with_sql("select id as order_id from read_csv('/etc/passwd')")),
    Mistake("a source column that is not declared", SQL, with_sql("select id as order_id, buyer as title from source")),
    Mistake("a column that the table does not have", SQL, with_sql("select id as order_id, price as cost from source")),
    Mistake("without the key that it replaces by", SQL, with_sql("select sku from source")),
    Mistake("a list in a column", SQL, with_sql("select id as order_id, [price] as item_price from source")),
    Mistake("money as a binary fraction", SQL, with_sql("select id as order_id, price as tax from source",
                                                        price="DOUBLE")),
    Mistake("a type that DuckDB does not have", SQL, with_sql("select id as order_id from source", made="MONEY")),
    # What a stream yields.
    Mistake("something else than payloads and rows", YIELDS, fetching(lambda _ctx, _window: iter(({"id": 1},)))),
    Mistake("rows beside a shape", YIELDS, fetching(lambda _ctx, _window: iter((Row("review", {"rating": 5}),)))),
    Mistake("a row's money as a float", YIELDS, rows("refund_line", order_id="1", amount=19.9)),
    Mistake("a row's moment without a zone", YIELDS,
            rows(review_id="1", reviewed_at=datetime.fromisoformat("2026-11-20T10:00:00"))),
    Mistake("an extra column that is not declared", YIELDS, payload(extra={"_other": 1})),
    Mistake("records that are elsewhere", YIELDS, payload(records=("data", "orders"))),
    Mistake("an answer that is not JSON", YIELDS, payload(body=b"<html>")),
    Mistake("an answer of plain values", YIELDS, payload(body=b'{"orders": [1, 2]}')),
    Mistake("a note that says nothing", YIELDS, fetching(lambda _ctx, _window: iter((Note(" "),)))),
    Mistake("pages without an end", YIELDS,
            fetching(lambda _ctx, _window: repeat(Row("review", {"review_id": "1"})), shape=None)),
    Mistake("a poll without an end", YIELDS, fetching(polls_for_ever)),
    Mistake("other rows for the same window", "fetches_the_same_again", counts_its_calls),
    # Whom it asks, and what it says.
    Mistake("a host that is not declared", "asks_only_its_own_hosts", fetching(goes_elsewhere)),
    Mistake("a connection of its own", "asks_only_its_own_hosts", fetching(opens_its_own_connection)),
    Mistake("a secret in the log", "says_no_secret", fetching(logs_its_secret)),
    Mistake("a secret in a request's name", "says_no_secret", fetching(asks_with_its_secret)),
    Mistake("a secret in a note", "says_no_secret", fetching(notes_its_secret)),
    Mistake("a secret in an error", FAILS, failing(with_its_secret), 404),
    Mistake("an error without a remedy", FAILS, failing(lambda _, error: RateLimited(error.message)), 503),
    Mistake("a passing fault taken for bad data", FAILS,
            failing(lambda _, error: DataError(error.message, hint=error.hint)), 503),
    Mistake("a refused sign-in taken for bad data", FAILS,
            failing(lambda _, error: DataError(error.message, hint=error.hint)), 401),
    Mistake("a token that is never renewed", RENEWS, connector(auth=lambda _: Stubborn())),
    Mistake("an account test without a finding", "answers_an_account_test", connector(test=lambda _: ())),
)  # fmt: skip


class Kit(ConnectorContract):
    """The inherited tests, to be called by hand; not collected."""

    def responses(self, request: httpx.Request) -> httpx.Response:
        return acme(request)


@cache
def found(mistake: Mistake) -> str | None:
    """What the kit says of a broken plugin, as `kpiterm plugins check` shows it; None where it says nothing."""
    try:
        broken = mistake.broken()
    except ValueError as error:
        return f"ValueError: {error}"
    if isinstance(broken, ModuleType):
        (status,) = (status for status in load({"acme"}, extra=[broken]).statuses if status.name == "acme")
        return None if status.state == "ok" else f"{status.error}: {status.hint}"
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        return _failure(broken, mistake, Path(directory), patch)


def _failure(broken: Connector, mistake: Mistake, directory: Path, patch: pytest.MonkeyPatch) -> str | None:
    kit = Kit()
    kit.connector = broken
    contexts = Fetching.context.__wrapped__(kit, directory, patch)
    check = getattr(kit, f"test_{mistake.check}")
    given = {"context": next(contexts), "status": mistake.status, "monkeypatch": patch}
    try:
        check(**{name: given[name] for name in inspect.signature(check).parameters})
    except AssertionError as error:
        return "; ".join(takewhile(lambda line: not line.startswith("assert "), str(error).splitlines()))
    except PluginError as error:
        return f"{error.kind}: {error.message}"
    finally:
        next(contexts, None)
    return None


def page() -> str:
    """docs/reference/plugin-mistakes.md. The versions of DuckDB differ in their own words, so those are left out."""
    said = [re.sub(r"((?:Parser|Binder|Catalog|Permission) Error): .*", r"\1: …", found(m) or "") for m in MISTAKES]
    lines = [f"| {m.what} | {_name(m)}: {text} |\n" for m, text in zip(MISTAKES, said, strict=True)]
    return f"{HEAD}\n{''.join(lines)}"


def _name(mistake: Mistake) -> str:
    status = f" ({mistake.status})" if mistake.status else ""
    return f"**{mistake.check.replace('_', ' ')}{status}**"


HEAD = """\
# What the contract kit finds

Each row is a mistake that an author of a connector can make, and what `kpiterm plugins check` says of it, or pytest
where the contract is inherited. For every row the tests of kpiterm hold a plugin that is broken in just this way, and
`make docs` writes the page from what the kit says of it.

| the mistake | what the kit says |
|---|---|"""

if __name__ == "__main__":
    sys.stdout.write(page())

"""The contract kit: a sound connector passes it, and each kind of mistake fails the test that is named for it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import httpx
import pytest

from kpiterm.plugins import (
    Connector,
    Context,
    DataError,
    Output,
    Payload,
    Probe,
    Rate,
    Row,
    Secret,
    Setting,
    Shape,
    Stream,
    Window,
)
from kpiterm.plugins.auth import OAuth2Refresh
from kpiterm.plugins.errors import PluginError, RateLimited
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.testing import ConnectorContract, make_context
from kpiterm.plugins.testing import sql as checked_sql
from kpiterm.plugins.testing.declarations import Declarations
from kpiterm.plugins.testing.fetching import Fetching
from kpiterm.plugins.testing.pytest_plugin import kpiterm_context as kpiterm_context  # a fixture

API = "https://api.acme.com"
SELECT = """
select
    _payload,
    id as order_id,
    sku || '#1' as line_key,
    utc(made) as ordered_at,
    business_day(utc(made), getvariable('channel')) as business_day,
    price as item_price,
    getvariable('currency') as currency
from source
"""
SHAPE = Shape(
    columns={"id": "VARCHAR", "sku": "VARCHAR", "made": "VARCHAR", "price": "DECIMAL(18, 4)", "_shop": "VARCHAR"},
    required=("id", "made"),
    outputs=(Output(into="order_line", select=SELECT, replaces=("order_id",)),),
)


def fetch_orders(ctx: Context, window: Window) -> Iterator[Payload]:
    response = ctx.http.get(f"{API}/orders", params={"from": window.start.isoformat()})
    yield Payload(
        body=response.content,
        format="json",
        request=f"GET /orders {window}",
        records=("orders",),
        extra={"_shop": ctx.settings["shop"]},
    )


def fetch_health(ctx: Context, window: Window) -> Iterator[Row]:
    rate = ctx.http.get(f"{API}/health").json()["late"]
    yield Row("health_metric", {"day": window.end.date(), "metric": "late_shipment_rate", "numerator": rate})


def sign_in(ctx: Context) -> httpx.Auth:
    return OAuth2Refresh(f"{API}/token", client_id="kpiterm", client_secret=ctx.secrets["client_secret"])


def probe(ctx: Context) -> Iterator[Probe]:
    yield Probe("orders", ctx.http.get(f"{API}/orders").status_code == httpx.codes.OK)


ORDERS = Stream(name="orders", title="Orders", fetch=fetch_orders, shape=SHAPE, lookback=timedelta(days=2))
HEALTH = Stream(name="health", title="Account health", fetch=fetch_health, by_day=True)
ACME = Connector(
    name="acme",
    title="Acme",
    hosts=("api.acme.com",),
    streams=(ORDERS, HEALTH),
    marketplace=lambda _: MARKETPLACES["amazon.com"],
    settings=(Setting(name="shop", help="the shop's name", required=True),),
    secrets=(Secret(name="client_secret", help="the application's secret"),),
    rates=(Rate(operation="orders", match="GET /orders", per_second=0.1, burst=1),),
    auth=sign_in,
    test=probe,
)


def acme(request: httpx.Request) -> httpx.Response:
    answers = {
        "/token": {"access_token": "token-of-acme", "expires_in": 900},
        "/orders": {"orders": [{"id": "1", "sku": "A", "made": "2026-11-19T10:00:00Z", "price": 12.5}]},
        "/health": {"late": 3},
    }
    return httpx.Response(200, json=answers[request.url.path])


class TestSoundConnector(ConnectorContract):
    connector = ACME

    def responses(self, request: httpx.Request) -> httpx.Response:
        return acme(request)


class TestDeclarationsAlone(ConnectorContract):
    """Without answers the streams' tests are skipped and the others run."""

    connector = replace(ACME, auth=None, test=None)
    settings: ClassVar[dict[str, str]] = {"shop": "example"}


def stream(**changes: object) -> Connector:
    return replace(ACME, streams=(replace(ORDERS, **changes),))  # type: ignore[arg-type]


def with_sql(select: str, *, replaces: tuple[str, ...] = ("order_id",), **columns: str) -> Connector:
    output = Output(into="order_line", select=select, replaces=replaces)
    return stream(shape=replace(SHAPE, outputs=(output,), columns={**SHAPE.columns, **columns}))


MISTAKES = [
    ("is_made_for_this_plugin_api", replace(ACME, api_version=2)),
    ("has_names_that_people_can_type_and_titles_that_they_can_read", replace(ACME, title=" ")),
    ("has_names_that_people_can_type_and_titles_that_they_can_read", replace(ACME, streams=())),
    ("lists_the_hosts_it_speaks_to", replace(ACME, hosts=())),
    ("lists_the_hosts_it_speaks_to", replace(ACME, hosts=("*",))),
    ("lists_the_hosts_it_speaks_to", replace(ACME, hosts=("*.com",))),
    ("lists_the_hosts_it_speaks_to", replace(ACME, hosts=("https://api.acme.com",))),
    ("lists_the_hosts_it_speaks_to", replace(ACME, hosts=("API.acme.com",))),
    ("keeps_secrets_out_of_the_settings", replace(ACME, settings=(Setting(name="api_key", help="the key"),))),
    ("explains_every_setting_and_secret", replace(ACME, secrets=(Secret(name="key", help=""),))),
    ("explains_every_setting_and_secret", replace(ACME, secrets=(Secret(name="shop", help="same name twice"),))),
    (
        "explains_every_setting_and_secret",
        replace(ACME, settings=(Setting(name="size", help="size", choices=("S", "M"), default="L"),)),
    ),
    ("knows_its_marketplace", replace(ACME, marketplace=cast(Any, dict))),
    ("declares_rates_that_can_match", replace(ACME, rates=(replace(ACME.rates[0], match="/orders"),))),
    ("declares_rates_that_can_match", replace(ACME, rates=(*ACME.rates, *ACME.rates))),
    ("declares_streams_that_can_be_planned", stream(every=timedelta(0))),
    ("declares_streams_that_can_be_planned", stream(lag=timedelta(-1))),
    ("declares_streams_that_can_be_planned", stream(lookback=timedelta(days=90))),
    ("declares_streams_that_can_be_planned", stream(by_day=True, max_window=timedelta(hours=6))),
    ("declares_streams_that_can_be_planned", with_sql(SELECT, replaces=("window:business_day",))),
    ("declares_columns_and_outputs", stream(shape=replace(SHAPE, outputs=()))),
    ("declares_columns_and_outputs", stream(shape=replace(SHAPE, columns={}, required=()))),
    ("has_sql_that_the_store_can_run", with_sql("delete from source")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id from source; drop table source")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id, buyer as title from source")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id, price as turnover from source")),
    ("has_sql_that_the_store_can_run", with_sql("select sku from source")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id, [price] as item_price from source")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id, price as tax from source", price="DOUBLE")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id from read_csv('/etc/passwd')")),
    ("has_sql_that_the_store_can_run", with_sql("select id as order_id from source", made="NO_SUCH_TYPE")),
    ("has_sql_that_the_store_can_run", with_sql("selekt 1")),
]  # fmt: skip


@pytest.mark.parametrize(("test", "connector"), MISTAKES)
def test_a_mistake_in_a_declaration_is_caught(test: str, connector: Connector) -> None:
    kit = Declarations()
    kit.connector = connector
    with pytest.raises(AssertionError):
        getattr(kit, f"test_{test}")()


def misbehaving(fetch: Callable[[Context, Window], Iterator[object]]) -> Connector:
    return stream(fetch=fetch)


def yields_a_dict(ctx: Context, window: Window) -> Iterator[object]:
    yield {"id": 1}


def yields_a_row_beside_its_shape(ctx: Context, window: Window) -> Iterator[object]:
    yield Row("review", {"review_id": "1"})


def adds_an_undeclared_column(ctx: Context, window: Window) -> Iterator[object]:
    for payload in fetch_orders(ctx, window):
        yield replace(payload, extra={"_other": 1})


def goes_elsewhere(ctx: Context, window: Window) -> Iterator[object]:
    yield Payload(body=ctx.http.get("https://tracker.example/").content, format="json", request="GET /")


def opens_its_own_connection(ctx: Context, window: Window) -> Iterator[object]:
    with urllib.request.urlopen("http://127.0.0.1:9/") as answer:
        yield Payload(body=answer.read(), format="json", request="GET /")


def logs_its_secret(ctx: Context, window: Window) -> Iterator[object]:
    ctx.log(f"signing in with {ctx.secrets['client_secret']}")
    yield from fetch_orders(ctx, window)


def asks_with_its_secret(ctx: Context, window: Window) -> Iterator[object]:
    for payload in fetch_orders(ctx, window):
        yield replace(payload, request=f"GET /orders?key={ctx.secrets['client_secret']}")


def counts_its_calls(ctx: Context, window: Window) -> Iterator[object]:
    for payload in fetch_orders(ctx, window):
        CALLS.append(len(CALLS))
        yield replace(payload, body=json.dumps(CALLS).encode())


def pages_for_ever(ctx: Context, window: Window) -> Iterator[object]:
    while True:
        yield Row("review", {"review_id": "1"})


def polls_for_ever(ctx: Context, window: Window) -> Iterator[object]:
    while ctx.http.get(f"{API}/orders").json().get("status") != "DONE":
        ctx.sleep(7200)
    yield from fetch_orders(ctx, window)


def raises_without_a_hint(ctx: Context, window: Window) -> Iterator[object]:
    try:
        yield from fetch_orders(ctx, window)
    except PluginError as error:
        raise RateLimited(error.message) from error


def takes_everything_for_bad_data(ctx: Context, window: Window) -> Iterator[object]:
    try:
        yield from fetch_orders(ctx, window)
    except PluginError as error:
        raise DataError(error.message, hint=error.hint) from error


def shows_its_secret_in_an_error(ctx: Context, window: Window) -> Iterator[object]:
    try:
        yield from fetch_orders(ctx, window)
    except PluginError as error:
        error.args = (ctx.secrets["client_secret"],)
        raise


CALLS: list[int] = []
MISBEHAVIOURS = [
    ("yields_payloads_and_rows_that_its_shape_reads", misbehaving(yields_a_dict)),
    ("yields_payloads_and_rows_that_its_shape_reads", misbehaving(adds_an_undeclared_column)),
    ("yields_payloads_and_rows_that_its_shape_reads", misbehaving(yields_a_row_beside_its_shape)),
    ("yields_payloads_and_rows_that_its_shape_reads", stream(fetch=pages_for_ever, shape=None)),
    ("yields_payloads_and_rows_that_its_shape_reads", misbehaving(polls_for_ever)),
    ("asks_only_its_own_hosts", misbehaving(opens_its_own_connection)),
    ("says_no_secret", misbehaving(logs_its_secret)),
    ("says_no_secret", misbehaving(asks_with_its_secret)),
    ("fetches_the_same_again", misbehaving(counts_its_calls)),
]
BAD_ENDINGS = [
    (503, misbehaving(raises_without_a_hint)),
    (503, misbehaving(takes_everything_for_bad_data)),
    (401, misbehaving(takes_everything_for_bad_data)),
    (404, misbehaving(shows_its_secret_in_an_error)),
]


class Kit(Fetching):
    """The inherited tests, to be called by hand; not collected."""

    def responses(self, request: httpx.Request) -> httpx.Response:
        return acme(request)


@pytest.fixture
def kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Kit, Callable[..., Context]]]:
    kit = Kit()
    kit.connector = ACME
    contexts = Fetching.context.__wrapped__(kit, tmp_path, monkeypatch)
    yield kit, next(contexts)
    next(contexts, None)


@pytest.mark.parametrize(("test", "connector"), MISBEHAVIOURS)
def test_a_misbehaving_stream_is_caught(
    test: str, connector: Connector, kit: tuple[Kit, Callable[..., Context]]
) -> None:
    kit[0].connector = replace(connector, auth=None)
    with pytest.raises(AssertionError):
        getattr(kit[0], f"test_{test}")(kit[1])


def test_a_request_to_a_strange_host_is_refused(kit: tuple[Kit, Callable[..., Context]]) -> None:
    kit[0].connector = misbehaving(goes_elsewhere)
    with pytest.raises(PluginError, match=r"may not send to https://tracker\.example"):
        kit[0].test_asks_only_its_own_hosts(kit[1])


@pytest.mark.parametrize(("status", "connector"), BAD_ENDINGS)
def test_an_unhelpful_error_is_caught(
    status: int, connector: Connector, kit: tuple[Kit, Callable[..., Context]]
) -> None:
    kit[0].connector = replace(connector, auth=None)
    with pytest.raises(AssertionError):
        kit[0].test_fails_with_an_error_that_says_what_to_do(status, kit[1])


def test_a_connector_that_cannot_renew_its_token_is_caught(
    kit: tuple[Kit, Callable[..., Context]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stubborn(httpx.Auth):
        requires_response_body = True
        token = ""

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            if not self.token:
                self.token = (yield httpx.Request("POST", f"{API}/token")).json()["access_token"]
            request.headers["Authorization"] = f"Bearer {self.token}"
            yield request

    kit[0].connector = replace(ACME, auth=lambda _: Stubborn())
    with pytest.raises(PluginError, match="401"):
        kit[0].test_renews_a_refused_access_token_once(kit[1], monkeypatch)


def test_authors_get_a_context_over_a_function(tmp_path: Path) -> None:
    state: dict[str, str] = {}
    ctx = make_context(ACME, acme, tmp_path=tmp_path, settings={"shop": "mine"}, state=state)
    (payload,) = fetch_orders(ctx, Window(ctx.now - timedelta(days=1), ctx.now))
    ctx.remember("report", "r-1")
    assert (ctx.recall("report"), state, payload.extra) == ("r-1", {"report": "r-1"}, {"_shop": "mine"})
    ctx.remember("report", None)
    assert ctx.recall("report") is None


def test_waits_in_that_context_take_no_time(tmp_path: Path) -> None:
    ctx = make_context(ACME, acme, tmp_path=tmp_path)
    for _ in range(50):  # 490 seconds of quota
        ctx.http.get(f"{API}/orders")
    ctx.sleep(86_400)


def test_the_fixture_makes_the_same_context(kpiterm_context: Callable[..., Context]) -> None:
    assert kpiterm_context(ACME, acme).http.get(f"{API}/health").json() == {"late": 3}


def test_the_checked_sql_runs_with_the_accounts_own_variables() -> None:
    con = checked_sql.connection(MARKETPLACES["amazon.co.jp"], account="tokyo")
    sql = "select getvariable('account'), getvariable('channel'), getvariable('timezone'), getvariable('currency')"
    assert con.execute(sql).fetchall() == [("tokyo", "amazon.co.jp", "Asia/Tokyo", "JPY")]
    con.close()

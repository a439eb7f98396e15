"""Every request of every stream against Amazon's own models; every example answer is read or refused with a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import amazon_fake
import httpx
import pytest
from amazon_spec import Example, Specification

from kpiterm.plugins import Payload, PluginError, Row, Stream, Window
from kpiterm.sandbox.server import Sandbox
from kpiterm_amazon.connector import AMAZON
from kpiterm_amazon.places import ADS_HOSTS, DOCUMENT_HOSTS, SELLING_HOSTS

if TYPE_CHECKING:
    from conftest import Host, Rows

Spooled = Callable[..., "dict[str, Rows]"]

HERE = Path(__file__).resolve().parent
SPECS = HERE.parents[2].parent / "shared" / "specs" / "amazon"
pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="needs Amazon's models in ../shared/specs/amazon")
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
STREAMS = {stream.name: stream for stream in AMAZON.streams}
APIS = (*SELLING_HOSTS.values(), *ADS_HOSTS.values())


@cache
def specification() -> Specification:
    return Specification(SPECS)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Enough of everything that lists have more than one page."""
    with Sandbox(days=20, orders_per_day=150, skus=90, throttle=False, report_seconds=0, now=NOW, lag=False) as running:
        yield running


def window(stream: Stream) -> Window:
    zone, end = ZoneInfo("America/Los_Angeles"), NOW - stream.lag
    if stream.by_day:
        end = datetime.combine(NOW.astimezone(zone).date(), time(), zone).astimezone(UTC)
    return Window(end - min(timedelta(days=14), stream.max_window), end)


def requests_of(host: Host, sandbox: Sandbox, stream: Stream | None) -> list[httpx.Request]:
    """What a stream (or `account test`) asks of the simulated Amazon, token service and storage left out."""
    (account,) = sandbox.accounts
    ctx = host.context(sandbox=sandbox.url, settings=account.settings, secrets=account.secrets, now=NOW)
    made: list[httpx.Request] = []
    host.clients[-1].event_hooks = {"request": [made.append], "response": []}
    if stream is None:
        assert AMAZON.test
        list(AMAZON.test(ctx))
    else:
        drain(stream.fetch(ctx, window(stream)))
    return [request for request in made if request.url.host != "api.amazon.com"]


def drain(items: Iterator[object]) -> list[bytes]:
    """The bodies of all payloads; documents are removed, as the host would."""
    bodies = []
    for item in items:
        assert isinstance(item, Payload | Row)
        if isinstance(item, Payload):
            bodies.append(item.body.read_bytes() if isinstance(item.body, Path) else item.body)
            if isinstance(item.body, Path):
                item.body.unlink()
    return bodies


@pytest.mark.parametrize("name", [*STREAMS, "account test"])
def test_every_request_is_one_of_the_models(host: Host, sandbox: Sandbox, name: str) -> None:
    made = requests_of(host, sandbox, STREAMS.get(name))
    assert made, "a stream that asks for nothing is not checked"
    assert {request.url.host for request in made} <= set(APIS)
    assert [fault for request in made for fault in specification().faults(request)] == []


@pytest.mark.parametrize(
    ("name", "token"),
    [("orders-recent", "paginationToken"), ("inventory", "nextToken"), ("finances", "nextToken")],
)
def test_later_pages_were_among_the_requests(host: Host, sandbox: Sandbox, name: str, token: str) -> None:
    made = requests_of(host, sandbox, STREAMS[name])
    assert [token in request.url.params for request in made][:2] == [False, True]


def test_statements_of_a_later_page_are_asked_for_as_modelled() -> None:
    address = "https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports?nextToken=T"
    assert list(specification().faults(httpx.Request("GET", address))) == []


REPORTS = "https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports"
ADS = "https://advertising-api.amazon.com/reporting/reports"


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (httpx.Request("GET", "https://sellingpartnerapi-na.amazon.com/orders/2026-01-02/orders"), "is no operation"),
        (httpx.Request("GET", f"{REPORTS}?reportTypes=X&page=2"), "unknown parameter page"),
        (httpx.Request("GET", f"{REPORTS}?pageSize=500"), "500 is greater than the maximum of 100"),
        (httpx.Request("GET", f"{REPORTS}?processingStatuses=DONE,OVER"), "'OVER' is not one of"),
        (httpx.Request("GET", f"{REPORTS}?createdSince=2026-11-20"), "is not a 'date-time'"),
        (httpx.Request("POST", REPORTS, json={"reportType": "X"}), "'marketplaceIds' is a required property"),
        (httpx.Request("POST", REPORTS, json={"reportType": "X", "marketplaceIds": ["A"], "start": 1}), "field start"),
        (httpx.Request("GET", "https://advertising-api.amazon.com/v2/profiles"), "ClientId is missing"),
        (httpx.Request("POST", ADS, json={}, headers={"Amazon-Advertising-API-ClientId": "a"}), "no body of type"),
    ],
)
def test_the_check_can_fail(request_: httpx.Request, fault: str) -> None:
    assert any(fault in found for found in specification().faults(request_))


def test_the_check_of_queries_can_fail() -> None:
    text = "query { analytics_economics_2024_03_15 { economics { msku colour } } }"
    faults = list(specification().query_faults(text))
    assert all(any(word in fault for fault in faults) for word in ("colour", "startDate"))
    assert list(specification().query_faults("query { analytics_nothing { x } }"))


# Which stream calls an operation for which the models have examples.
CALLED_BY = {
    "searchOrders": "orders-recent",
    "createReport": "returns-fba",
    "getReport": "returns-fba",
    "getReportDocument": "returns-fba",
    "getReports": "settlements",
    "createQuery": "economics",
    "getQuery": "economics",
    "getDocument": "economics",
    "getQueries": "account test",
    "listTransactions": "finances",
    "getMarketplaceParticipations": "access",
}
NOT_CALLED = {
    "getOrder": "searchOrders gives whole orders",
    "cancelReport": "nothing is cancelled",
    "cancelQuery": "nothing is cancelled",
    "schedules": "each report is asked for when it is needed",
    "listBalances": "no table for the balance of an account",
    "listSummary": "transactions are added up here",
    "getAccount": "the seller's own address and name",
}
MODELS = ("orders_2026-01-01", "reports_2021-06-30", "dataKiosk_2023-11-15", "finances_2024-06-19", "sellers")
"""Those of the operations that streams call; fbaInventory has no example."""
REFUSED = {
    # Addresses that are none of Amazon's storage.
    ("getReportDocument", 200, 0): r"d34o8swod1owfl\.cloudfront\.net",
    ("getDocument", 200, 0): r"d34o8swod1owfl\.cloudfront\.net",
    # A bare list, which the model beside it does not allow: the static case wraps it.
    ("getMarketplaceParticipations", 200, 1): "Expected `object`, got `array`",
}


def published() -> list[Example]:
    if not SPECS.is_dir():
        return []
    paths = {path for name in MODELS for path in json.loads((SPECS / f"models/{name}.json").read_text())["paths"]}
    own = [o for o in specification().operations if any(o.path.fullmatch(path) for path in map(_filled, paths))]
    return [example for operation in own for example in operation.examples]


def _filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


def test_every_operation_with_examples_is_called_or_has_its_reason(host: Host, sandbox: Sandbox) -> None:
    names = {example.operation for example in published()}
    unexplained = {name for name in names - CALLED_BY.keys() if not _has_reason(name)}
    assert len(names) > 15
    assert unexplained == set()
    made = {name: requests_of(host, sandbox, STREAMS.get(name)) for name in set(CALLED_BY.values())}
    for operation, caller in CALLED_BY.items():
        called = [specification().operation(request) for request in made[caller]]
        assert operation in {found.name for found in called if found}, caller


def _has_reason(name: str) -> bool:
    return name in NOT_CALLED or ("ReportSchedule" in name and "schedules" in NOT_CALLED)


@pytest.mark.parametrize(
    "example",
    [e for e in published() if e.operation in CALLED_BY],
    ids=lambda e: f"{e.operation}-{e.status}-{e.number}",
)
def test_every_example_is_read_or_refused_with_amazons_words(host: Host, spooled: Spooled, example: Example) -> None:
    waiting = [example]

    def answer(request: httpx.Request) -> httpx.Response:
        operation = specification().operation(request)
        if waiting and operation and operation.name == example.operation:
            waiting.pop()
            return httpx.Response(example.status, json=example.body)
        return amazon_fake.answer(request)

    stream = STREAMS.get(CALLED_BY[example.operation])
    ctx = host.context(answer)
    if stream is None:
        assert AMAZON.test
        probes = list(AMAZON.test(ctx))
        refused = [probe.detail for probe in probes if not probe.ok]
        assert bool(refused) == (example.status >= 400)
        assert all(message(example) in detail for detail in refused)
    elif reason := refusal(example):
        with pytest.raises(PluginError, match=reason):
            drain(stream.fetch(ctx, window(stream)))
    elif stream.shape:
        spooled(stream.shape, stream.fetch(ctx, window(stream)), ctx.marketplace)
    else:
        drain(stream.fetch(ctx, window(stream)))
    assert waiting == [], "the example was never asked for"


def refusal(example: Example) -> str:
    """What must be said where the example cannot be read; empty where it can."""
    if example.status >= 400:
        return re.escape(message(example))
    return REFUSED.get((example.operation, example.status, example.number), "")


def message(example: Example) -> str:
    """Amazon's words in an error."""
    return str(example.body["errors"][0]["message"])


def test_documents_are_fetched_from_amazons_storage_alone() -> None:
    assert all(host.endswith(".amazonaws.com") for host in DOCUMENT_HOSTS)

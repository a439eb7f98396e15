"""Every answer that Walmart's specification shows for what we ask is read, or refused in Walmart's own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from walmart_fake import SECRETS, SETTINGS, STREAMS, answer, asked_by, window
from walmart_spec import Example, specification

from kpiterm.plugins import DataError, PluginError
from kpiterm_walmart.auth import MarketplaceAuth
from kpiterm_walmart.connector import WALMART
from kpiterm_walmart.faults import said

if TYPE_CHECKING:
    from conftest import Host, Rows

SPECS = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "walmart"
pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="needs Walmart's specifications in ../shared/specs/walmart")
# Which stream asks for an operation that has examples.
ASKED_BY = {
    "getAllOrders": "orders",
    "getAnOrder": "returns",
    "getReturns": "returns",
    "getMultiNodeInventoryForAllSkuAndAllShipNodes": "inventory",
    "getRestockRecommendations": "wfs-restock",
    "getInboundShipments": "wfs-inbound",
    "getInboundShipmentItems": "wfs-inbound",
    "getAllItems": "items",
    "getSellerIncentivesInfo": "pro-seller",
    "getAvailableReconReportDates": "recon",
    "generateReport": "traffic",
    "getTokenDetail": "account test",
}
# 404 is Walmart's word for nothing.
EMPTY = {("getAllOrders", 404), ("getAnOrder", 404)}


def published(*operations: str) -> list[Example]:
    return [e for o in operations for e in specification(SPECS).examples(o)] if SPECS.is_dir() else []


def named(example: Example) -> str:
    return f"{example.operation} {example.status} {example.media} {example.name}".strip()


def test_every_operation_that_is_asked_has_its_examples_here(host: Host) -> None:
    spec = specification(SPECS)
    asked = {
        name: {o for request in asked_by(host, name) for o in spec.operations(request)}
        for name in (*STREAMS, "account test")
    }
    shown = {o for found in asked.values() for o in found if list(spec.examples(o))}
    assert sorted(shown) == sorted(ASKED_BY)
    assert [operation for operation, name in ASKED_BY.items() if operation not in asked[name]] == []


@pytest.mark.parametrize("example", published(*ASKED_BY), ids=named)
def test_every_example_is_read_or_refused(host: Host, read: Callable[..., dict[str, Rows]], example: Example) -> None:
    served: list[httpx.Request] = []

    def walmart(request: httpx.Request) -> httpx.Response:
        """The example in place of the first answer; an error for as long as it is asked."""
        if example.operation not in specification(SPECS).operations(request) or (served and example.status < 400):
            return answer(request)
        served.append(request)
        return example.response()

    def run() -> None:
        context = host.context(walmart, settings=SETTINGS, secrets=SECRETS)
        stream = STREAMS.get(ASKED_BY[example.operation])
        if stream is None:
            assert WALMART.test
            list(WALMART.test(context))
            return
        items = list(stream.fetch(context, window(stream)))
        if stream.shape:
            read(stream.name, items)

    if example.media == "application/xml":
        with pytest.raises(DataError, match=r"an XML document|not the JSON that was promised"):
            run()
    elif example.status >= 400 and (example.operation, example.status) not in EMPTY:
        with pytest.raises(PluginError) as caught:
            run()
        assert words(example) in caught.value.message
    else:
        run()
    assert served


def words(example: Example) -> str:
    """The code that Walmart's error begins with."""
    return said(example.response().content).split()[0]


@pytest.mark.parametrize("example", published("tokenAPI"), ids=named)
def test_every_example_of_a_token(example: Example) -> None:
    flow = MarketplaceAuth("client-1", "secret").auth_flow(httpx.Request("GET", "https://marketplace.walmartapis.com/"))
    asked, given = next(flow), example.response()
    given.request = asked
    if example.media == "application/xml":
        with pytest.raises(DataError, match="without an access token"):
            flow.send(given)
    else:
        assert flow.send(given).headers["WM_SEC.ACCESS_TOKEN"] == example.body["access_token"]

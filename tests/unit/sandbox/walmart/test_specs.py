"""The sandbox's answers and parameters against Walmart's own specs, where the reference folder is present."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest
from jsonschema import Draft4Validator

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "specs" / "walmart"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="needs Walmart's specs in ../shared/specs/walmart")
PERFORMANCE = "/v3/insights/performance/{}/summary"


class Operation(NamedTuple):
    """An operation of a spec file and a query that it takes."""

    spec: str
    path: str
    query: Mapping[str, str] = MappingProxyType({})
    method: str = "get"


INSIGHTS = "marketplace/insights-management"
REPORTS = "marketplace/on-request-report-management"
PAYMENTS = "marketplace/payment-reports"
OPERATIONS = (
    Operation("marketplace/authentication", "/v3/token/detail"),
    Operation("marketplace/order-management", "/v3/orders", {"limit": "200", "createdStartDate": "2026-10-25"}),
    Operation("marketplace/returns-management", "/v3/returns", {"limit": "200"}),
    Operation("marketplace/inventory-management", "/v3/inventories", {"limit": "50"}),
    Operation("marketplace/inventory-management", "/v3/inventory", {"sku": "KI-MAT-000-2"}),
    Operation("marketplace/inventory-management", "/v3/wfs/inventory", {"limit": "300"}),
    Operation("marketplace/recommendations-api", "/v3/wfs/recommendation/restock", {"limit": "300"}),
    Operation("marketplace/fulfillment-management", "/v3/fulfillment/inbound-shipments", {"limit": "50"}),
    Operation("marketplace/fulfillment-management", "/v3/fulfillment/inbound-shipment-items", {"limit": "50"}),
    Operation("marketplace/item-management", "/v3/items", {"limit": "1000", "nextCursor": "*"}),
    Operation(INSIGHTS, "/v3/insights/sellerIncentives"),
    *(
        Operation(INSIGHTS, PERFORMANCE.format(name), {"reportDuration": "90"})
        for name in (
            *("cancellations", "otd", "vtr", "srr", "refunds", "returns", "itemNotReceived", "negativeFeedback"),
            "lateShipment",
        )
    ),
    Operation(REPORTS, "/v3/reports/reportRequests", {"reportType": "ITEM", "reportVersion": "v4"}, "post"),
    Operation(REPORTS, "/v3/reports/reportRequests", {"reportType": "ITEM"}),
    Operation(PAYMENTS, "/v3/report/reconreport/availableReconFiles?reportVersion=v1", {"reportVersion": "v1"}),
    Operation(PAYMENTS, "/v3/report/payment/statement"),
    Operation(PAYMENTS, "/v3/report/payment/performance"),
)
# Where Walmart's examples contradict its schemas, the sandbox goes with the examples.
CONTRADICTIONS = (
    ("/v3/orders", "'customerEmailId' is a required property"),
    ("/v3/returns", "'SELLER_AUTO_REFUND' is not one of"),
    ("/v3/wfs/recommendation/restock", "is not of type 'array'"),
)


@cache
def spec(name: str) -> dict[str, Any]:
    return dict(json.loads((SHARED / f"{name}.openapi.json").read_text("utf-8")))


def resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def operation_of(operation: Operation) -> dict[str, Any]:
    return dict(spec(operation.spec)["paths"][operation.path][operation.method])


def schema_of(operation: Operation, status: str, media: str) -> dict[str, Any]:
    response = resolved(operation_of(operation)["responses"][status], spec(operation.spec))
    return dict(response["content"][media]["schema"])


def violations(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """OpenAPI 3.0 schemas are JSON schemas of draft 4 but for `nullable`, which no answer here makes use of."""
    validator = Draft4Validator(schema | {"components": document.get("components", {})})
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]


def unknown_keys(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """Names in an answer that the schema does not have: a misspelt field would pass a tolerant schema."""
    schema = resolved(schema, document)
    for part in schema.get("allOf", ()):
        schema = {"properties": resolved(part, document).get("properties", {})} | schema
    if isinstance(value, list):
        for item in value:
            yield from unknown_keys(item, schema.get("items", {}), document)
    elif isinstance(value, dict) and "properties" in schema:
        properties = schema["properties"]
        yield from (key for key in value if key not in properties)
        for key in value.keys() & properties.keys():
            yield from unknown_keys(value[key], properties[key], document)


def ask(client: WalmartClient, operation: Operation, **query: str) -> httpx.Response:
    path = operation.path.partition("?")[0]
    more: dict[str, Any] = {"json": {}} if operation.method == "post" else {}
    return client.call(operation.method.upper(), path, client.market, params={**operation.query, **query}, **more)


def tolerated(operation: Operation, found: list[str]) -> list[str]:
    excused = [text for path, text in CONTRADICTIONS if path == operation.path]
    return [violation for violation in found if not any(text in violation for text in excused)]


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_an_answer_is_as_its_schema_says(busy: WalmartClient, operation: Operation) -> None:
    answer, document = ask(busy, operation), spec(operation.spec)
    assert answer.status_code == 200
    value, schema = answer.json(), schema_of(operation, "200", "application/json")
    if operation.path == "/v3/insights/sellerIncentives":
        value = value["payload"]  # wrapped in Walmart's example, flat in its schema
    elif operation.path.startswith("/v3/report/payment/performance"):
        value = value | value.pop("payload")  # the same
    assert tolerated(operation, violations(value, schema, document)) == []
    assert set(unknown_keys(value, schema, document)) == set()


def test_all_kinds_of_ship_nodes_and_optional_parts_are_as_the_schema_says(busy: WalmartClient) -> None:
    operation = OPERATIONS[1]
    extras = dict.fromkeys(("productInfo", "replacementInfo", "incentiveInfo"), "true")
    for node in ("WFSFulfilled", "3PLFulfilled"):
        value = ask(busy, operation, shipNodeType=node, **extras).json()
        schema, document = schema_of(operation, "200", "application/json"), spec(operation.spec)
        assert tolerated(operation, violations(value, schema, document)) == []
        assert set(unknown_keys(value, schema, document)) == set()


def test_single_records_are_as_their_schemas_say(busy: WalmartClient) -> None:
    order = next(iter(busy.orders()))
    sku = next(stock.item.product.sku for stock in busy.truth.stock(at=busy.now) if not stock.item.wfs)
    for name, path, value in (
        # The schema is flat and has the date as text; the examples wrap the order and have a number.
        (
            "marketplace/order-management",
            "/v3/orders/{purchaseOrderId}",
            busy.get(f"/v3/orders/{order['purchaseOrderId']}").json()["order"],
        ),
        ("marketplace/inventory-management", "/v3/inventories/{sku}", busy.get(f"/v3/inventories/{sku}").json()),
    ):
        schema = schema_of(Operation(name, path), "200", "application/json")
        found = violations(value, schema, spec(name))
        assert [text for text in found if not text.startswith((": 'customerEmailId'", "orderDate:"))] == []
        assert set(unknown_keys(value, schema, spec(name))) == set()


def test_reports_are_followed_and_fetched_as_the_schemas_say(busy: WalmartClient) -> None:
    request_id = busy.create("ITEM", "v4", dataStartTime="2026-11-01T00:00:00Z")
    busy.finished("ITEM", request_id)
    for path, query in (
        ("/v3/reports/reportRequests/{requestId}", {}),
        ("/v3/reports/downloadReport", {"requestId": request_id}),
    ):
        value = busy.get(path.format(requestId=request_id), **query).json()
        schema = schema_of(Operation(REPORTS, path), "200", "application/json")
        assert violations(value, schema, spec(REPORTS)) == []
        assert set(unknown_keys(value, schema, spec(REPORTS))) == set()


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_every_parameter_of_the_spec_is_taken_and_others_are_not(busy: WalmartClient, operation: Operation) -> None:
    parameters = [resolved(entry, spec(operation.spec)) for entry in operation_of(operation).get("parameters", [])]
    for parameter in (entry for entry in parameters if entry["in"] == "query"):
        name, values = parameter["name"], parameter["schema"].get("enum")
        answer = ask(busy, operation, **{name: plausible(operation, name, values)})
        assert "has no such parameter" not in answer.text
        assert not (answer.status_code == 400 and name not in PAIRED), answer.text
        if values:
            assert ask(busy, operation, **{name: "nonsense"}).status_code == 400
    if operation.path not in {"/v3/token/detail", "/v3/insights/sellerIncentives"}:
        assert ask(busy, operation, nonsense="1").status_code == 400


# Only right together with a second one.
PAIRED = {f"{name}{end}Date" for name in ("returnCreation", "returnLastModified") for end in ("Start", "End")}


def plausible(operation: Operation, name: str, values: list[Any] | None) -> str:
    if values:
        return str(values[0]).lower() if isinstance(values[0], bool) else str(values[0])
    known = {
        "limit": "10",
        "offset": "0",
        "shipNodeType": "WFSFulfilled",
        "sort_by": "daysOfSupply",
        "shippingProgramType": "TWO_DAY",
        "orderType": "REGULAR",
        "returnType": "REFUND",
        "nextCursor": "*",
        "reportDuration": "30",
        "reportVersion": "v1",
    }
    if name.endswith("Date"):
        return "2026-11-20"
    if name == "status":
        return "INITIATED" if operation.path == "/v3/returns" else "Created"
    flags = {"productInfo", "replacementInfo", "incentiveInfo", "customerFavorite", "showInsights"}
    return "true" if name in flags | {"showHiddenRecordsOnly"} else known.get(name, "x")


def test_errors_of_orders_and_reports_are_as_their_schemas_say(busy: WalmartClient) -> None:
    orders, document = OPERATIONS[1], spec("marketplace/order-management")
    for status, answer in (("400", busy.get("/v3/orders", limit="0")), ("404", busy.get("/v3/orders", sku="none"))):
        schema = schema_of(orders, status, "application/json")
        assert violations(answer.json(), schema, document) == []
        assert set(unknown_keys(answer.json(), schema, document)) == set()
    refused = busy.call("POST", "/v3/reports/reportRequests", params={"reportType": "x", "reportVersion": "v1"})
    schema = schema_of(
        Operation(REPORTS, "/v3/reports/reportRequests", method="post"), "400", "application/problem+json"
    )
    assert violations(refused.json(), schema, spec(REPORTS)) == []
    assert set(unknown_keys(refused.json(), schema, spec(REPORTS))) == set()


def test_nothing_to_report_has_the_body_that_the_spec_says(open_walmart: Callable[..., WalmartClient]) -> None:
    empty, operation = open_walmart(days=2, orders_per_day=0), Operation(INSIGHTS, PERFORMANCE.format("cancellations"))
    value, schema = ask(empty, operation).json(), schema_of(operation, "404", "application/json")
    assert violations(value, schema, spec(INSIGHTS)) == []
    assert set(unknown_keys(value, schema, spec(INSIGHTS))) == set()


def test_sponsored_search_answers_as_modelled(busy: WalmartClient) -> None:
    document = spec("ads/sponsored-products")
    query = {"advertiserId": busy.account.settings["ads_advertiser_id"]}
    made = busy.ask()
    answers = {
        ("/api/v2/snapshot/report", "post"): made,
        ("/api/v2/snapshot", "get"): busy.ads(
            "GET", "/api/v2/snapshot", params=query | {"snapshotId": made.json()["snapshotId"]}
        ),
        ("/api/v1/campaigns", "get"): busy.ads("GET", "/api/v1/campaigns", params=query),
        ("/api/v1/stats", "get"): busy.ads("GET", "/api/v1/stats", params=query),
        ("/api/v2/latestReportDate", "get"): busy.ads("GET", "/api/v2/latestReportDate", params=query),
    }
    for (path, method), answer in answers.items():
        assert answer.status_code == 200
        schema = schema_of(Operation("ads/sponsored-products", path, method=method), "200", "*/*")
        assert violations(answer.json(), schema, document) == []
        assert set(unknown_keys(answer.json(), schema, document)) == set()

"""The sandbox's answers against Amazon's own models, where the reference folder beside the repository is present."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from kpiterm.sandbox.amazon import kiosk_economics, kiosk_traffic
from kpiterm.sandbox.amazon.ads_types import report_kinds
from kpiterm.sandbox.amazon.api import PLANS
from kpiterm.sandbox.amazon.fba_files import RETURNS_HEADER, STOCK_HEADER
from kpiterm.sandbox.amazon.flat import headers
from kpiterm.sandbox.amazon.flat_file import HEADER

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "specs" / "amazon"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="needs Amazon's models in ../shared/specs/amazon")
ORDERS, REPORTS = "/orders/2026-01-01/orders", "/reports/2021-06-30/reports"
US = "ATVPDKIKX0DER"
STOCK = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": US, "details": "true"}
ALL_DATA = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS"


def load(name: str) -> Any:
    return json.loads((SHARED / name).read_text("utf-8"))


def check(value: Any, model: dict[str, Any], definition: str) -> None:
    """Swagger definitions are JSON schema enough; `errors` says every violation at once."""
    validator = Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": model["definitions"]})
    assert [f"{'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(value)] == []


def unknown_keys(value: Any, schema: dict[str, Any], model: dict[str, Any]) -> Iterator[str]:
    """Names in an answer that the model does not have: a misspelt field would pass a tolerant schema."""
    if ref := schema.get("$ref"):
        schema = model["definitions"][ref.rpartition("/")[2]]
    if isinstance(value, list):
        for item in value:
            yield from unknown_keys(item, schema["items"], model)
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from (key for key in value if key not in properties)
        for key in value.keys() & properties.keys():
            yield from unknown_keys(value[key], properties[key], model)


def check_exactly(value: Any, model: dict[str, Any], definition: str) -> None:
    check(value, model, definition)
    assert set(unknown_keys(value, {"$ref": f"#/definitions/{definition}"}, model)) == set()


def test_orders_answer_as_modelled(amazon: AmazonClient) -> None:
    model = load("models/orders_2026-01-01.json")
    pages = list(amazon.search(createdAfter=(amazon.now - timedelta(days=20)).isoformat(), includedData=ALL_DATA))
    for page in pages:
        check_exactly(page, model, "SearchOrdersResponse")
    order_id = pages[0]["orders"][0]["orderId"]
    answer = amazon.sp("GET", f"{ORDERS}/{order_id}", params={"includedData": ALL_DATA})
    check_exactly(answer.json(), model, "GetOrderResponse")
    states = {o["fulfillment"]["fulfillmentStatus"] for p in pages for o in p["orders"]}
    assert states >= {"PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED"}


def test_errors_answer_as_modelled(amazon: AmazonClient) -> None:
    model = load("models/orders_2026-01-01.json")
    host = "sellingpartnerapi-na.amazon.com"
    for answer in (
        amazon.sp("GET", ORDERS),
        amazon.sp("GET", f"{ORDERS}/1"),
        amazon.send("GET", host, ORDERS),
        amazon.sp("GET", "/nowhere"),
    ):
        check_exactly(answer.json(), model, "ErrorList")
        documented = model["paths"][ORDERS]["get"]["responses"][str(answer.status_code)].get("headers", {})
        assert ("x-amzn-RateLimit-Limit" in documented) >= ("x-amzn-RateLimit-Limit" in answer.headers)
        assert "x-amzn-RequestId" in answer.headers


def test_every_query_parameter_is_one_of_the_model() -> None:
    from kpiterm.sandbox.amazon import data_kiosk, finances, inventory, orders, reports

    model = load("models/orders_2026-01-01.json")["paths"][ORDERS]["get"]["parameters"]
    assert {*orders._BOUNDS, *orders._FILTERS, "paginationToken"} == {p["name"] for p in model}
    model = load("models/reports_2021-06-30.json")["paths"][REPORTS]["get"]["parameters"]
    assert {*reports._FILTERS, "nextToken"} == {p["name"] for p in model}
    for own, name, path in (
        (data_kiosk._FILTERS, "dataKiosk_2023-11-15", "/dataKiosk/2023-11-15/queries"),
        (finances._PARAMETERS, "finances_2024-06-19", "/finances/2024-06-19/transactions"),
    ):
        assert set(own) == {p["name"] for p in load(f"models/{name}.json")["paths"][path]["get"]["parameters"]}
    model = load("models/fbaInventory.json")["paths"]["/fba/inventory/v1/summaries"]["get"]["parameters"]
    assert set(inventory._PARAMETERS) == {p["name"] for p in model}


def test_reports_answer_as_modelled(amazon: AmazonClient) -> None:
    model = load("models/reports_2021-06-30.json")
    report_id = amazon.create(
        "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", amazon.now - timedelta(days=2), amazon.now
    )
    check_exactly(amazon.status(report_id), model, "Report")
    check_exactly(amazon.document(report_id), model, "ReportDocument")
    listed = amazon.sp("GET", REPORTS, params={"reportTypes": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"})
    check_exactly(listed.json(), model, "GetReportsResponse")


def test_stock_and_participations_answer_as_modelled(amazon: AmazonClient) -> None:
    answer = amazon.sp("GET", "/fba/inventory/v1/summaries", params=STOCK).json()
    check_exactly(answer, load("models/fbaInventory.json"), "GetInventorySummariesResponse")
    answer = amazon.sp("GET", "/sellers/v1/marketplaceParticipations").json()
    check_exactly(answer, load("models/sellers.json"), "GetMarketplaceParticipationsResponse")


def test_postings_answer_as_modelled(amazon: AmazonClient) -> None:
    model = load("models/finances_2024-06-19.json")
    pages = list(amazon.transactions(amazon.now - timedelta(days=40)))
    for page in pages:
        check(page, model, "ListTransactionsResponse")
        for row in page["payload"]["transactions"]:
            plain = row | {"contexts": [], "items": [item | {"contexts": []} for item in row["items"]]}
            assert set(unknown_keys(plain, {"$ref": "#/definitions/Transaction"}, model)) == set()
    rows = [row for page in pages for row in page["payload"]["transactions"]]
    assert {row["transactionStatus"] for row in rows} == {"RELEASED", "DEFERRED", "DEFERRED_RELEASED"}
    assert {row["transactionType"] for row in rows} == {"Shipment", "Refund", "ServiceFee", "Adjustment"}
    refused = amazon.sp("GET", "/finances/2024-06-19/transactions")
    check_exactly(refused.json(), model, "ErrorList")


def test_queries_answer_as_modelled(amazon: AmazonClient) -> None:
    model, base = load("models/dataKiosk_2023-11-15.json"), "/dataKiosk/2023-11-15"
    text = TRAFFIC.format(fields="startDate")
    sent = amazon.sp("POST", f"{base}/queries", json={"query": text})
    assert sent.status_code == 202
    check_exactly(sent.json(), model, "CreateQueryResponse")
    state = amazon.sp("GET", f"{base}/queries/{sent.json()['queryId']}").json()
    check_exactly(state, model, "Query")
    answer = amazon.sp("GET", f"{base}/documents/{state['dataDocumentId']}").json()
    check_exactly(answer, model, "GetDocumentResponse")
    check_exactly(amazon.sp("GET", f"{base}/queries").json(), model, "GetQueriesResponse")
    for refused in (
        amazon.sp("POST", f"{base}/queries", json={"query": "query { nothing { x } }"}),
        amazon.sp("GET", f"{base}/queries/NotFoundQueryId1"),
        amazon.sp("GET", f"{base}/documents/NotFoundDocumentId1"),
    ):
        check_exactly(refused.json(), model, "ErrorList")


TRAFFIC = (
    'query {{ analytics_salesAndTraffic_2024_04_24 {{ salesAndTrafficByDate(startDate: "2026-11-01", '
    f'endDate: "2026-11-10", marketplaceIds: ["{US}"], aggregateBy: DAY) {{{{ {{fields}} }}}} }}}} }}}}'
)


@pytest.mark.parametrize(
    ("schema", "root", "record"),
    [
        ("salesAndTraffic_2024_04_24", "SalesAndTrafficByDate", kiosk_traffic.BLANK_DATE),
        ("salesAndTraffic_2024_04_24", "SalesAndTrafficByAsin", kiosk_traffic.BLANK_ASIN),
        ("salesAndTraffic_2024_04_24", "SalesAndTrafficTrends", kiosk_traffic.BLANK_TREND),
        ("economics_2024_03_15", "Economics", kiosk_economics.BLANK),
    ],
)
def test_data_kiosk_knows_the_fields_of_the_schema(schema: str, root: str, record: dict[str, Any]) -> None:
    text = (SHARED / f"data-kiosk/analytics_{schema}.graphql").read_text("utf-8")
    plain = re.sub(r'""".*?"""|"[^"\n]*"', "", text, flags=re.DOTALL)
    types = {
        kind: dict(re.findall(r"^ +(\w+)(?:\([^)]*\))?: ([\[\]\w!]+)", body, re.MULTILINE))
        for kind, body in re.findall(r"^type (\w+) \{(.*?)^\}", plain, re.DOTALL | re.MULTILINE)
    }
    # Costs that the seller entered, which this one did not, and the field that `charges` replaced.
    absent = {"Economics": {"cost"}, "FeeSummary": {"charge"}}

    def same(value: dict[str, Any], kind: str) -> None:
        assert value.keys() == types[kind].keys() - absent.get(kind, set()), kind
        for name, inner in value.items():
            of = re.sub(r"[\[\]!]", "", types[kind][name])
            first = inner[0] if isinstance(inner, list) else inner
            if of in types and first is not None:
                same(first, of)

    same(record, root)


def test_usage_plans_are_the_official_ones() -> None:
    official = {op["op"]: (op["rate"], op["burst"]) for op in load("rate_limits.json")["ops"].values()}
    assert {name: tuple(plan) for name, plan in PLANS.items()} == {name: official[name] for name in PLANS}


@pytest.mark.parametrize(
    ("report_type", "header"),
    [
        ("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", HEADER),
        ("GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA", STOCK_HEADER),
        ("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", RETURNS_HEADER),
    ],
)
def test_flat_files_have_the_observed_columns(report_type: str, header: str) -> None:
    known = load("flatfile_headers.json")["reports"][report_type]["columns"]
    columns = [column.strip() for column in header.split("\t")]
    # order-item-id joined the orders file in 2026 and is not in the list of 33.
    assert [column for column in columns if column != "order-item-id"] == known


@pytest.mark.parametrize("report_type", headers())
def test_files_written_by_name_have_the_observed_columns(report_type: str) -> None:
    assert list(headers()[report_type]) == load("flatfile_headers.json")["reports"][report_type]["columns"]


@pytest.mark.parametrize("by_asin", ["PARENT", "CHILD", "SKU"])
def test_sales_and_traffic_keeps_its_schema(amazon: AmazonClient, by_asin: str) -> None:
    schema = load("reports/sellerSalesAndTrafficReport.json")
    start = amazon.now - timedelta(days=20)
    report = json.loads(amazon.report("GET_SALES_AND_TRAFFIC_REPORT", start, amazon.now, asinGranularity=by_asin))
    assert [e.message for e in Draft7Validator(schema).iter_errors(report)] == []
    assert set(unknown_keys(report, schema, schema)) == set()


def test_account_health_keeps_its_schema_but_for_the_drift_seen_in_production(amazon: AmazonClient) -> None:
    schema = load("reports/accountHealthReport-2020-11-18.json")
    report = json.loads(amazon.report("GET_V2_SELLER_PERFORMANCE_REPORT"))
    assert [e.message for e in Draft7Validator(schema).iter_errors(report)] == []
    assert set(unknown_keys(report, schema, schema)) == {"ahrStatus", "ahrScore", "fulfillmentType"}


def test_ads_columns_and_limits_are_the_published_ones() -> None:
    published = load("ads/ads_v3_report_types.json")["reportTypes"]
    for name, kind in report_kinds().items():
        facts = published[name]
        assert kind.columns == {*facts["baseColumns"], *facts["extraColumnsByGroup"][kind.group_by]}
        assert (kind.ad_product, kind.max_span_days) == (facts["adProduct"], facts["maxSpanDays"])
        assert kind.retention_days == facts["retentionDays"]
        assert kind.filters == {f["field"] for f in facts["filters"]}


@pytest.mark.parametrize("kind", report_kinds())
def test_every_published_column_can_be_asked_for(amazon: AmazonClient, kind: str) -> None:
    facts = report_kinds()[kind]
    columns = sorted(facts.columns - {"startDate", "endDate"})
    asked = {"reportTypeId": kind, "adProduct": facts.ad_product, "groupBy": [facts.group_by]}
    rows = amazon.ads_report(columns=columns, **asked)
    assert rows
    assert all(set(row) == set(columns) for row in rows)


def test_ads_reports_answer_as_modelled(amazon: AmazonClient) -> None:
    schemas = load("ads/ReportingVersion3.json")["components"]["schemas"]
    # OpenAPI writes a nullable type its own way.
    text = json.dumps(schemas).replace("#/components/schemas/", "#/definitions/")
    model = {"definitions": json.loads(text, object_hook=_nullable)}
    kind = "application/vnd.createasyncreportrequest.v3+json"
    body = amazon.ads_request(columns=["date", "campaignId", "cost"]) | {"name": "weekly"}
    created = amazon.ads("POST", "/reporting/reports", {"Content-Type": kind}, json=body).json()
    check_exactly(created, model, "AsyncReport")
    followed = amazon.ads("GET", f"/reporting/reports/{created['reportId']}").json()
    check_exactly(followed, model, "AsyncReport")
    refused = amazon.ads("GET", "/reporting/reports/none").json()
    check_exactly(refused, model, "AsyncReportingError")


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"type": [schema["type"], "null"]} if schema.get("nullable") else schema

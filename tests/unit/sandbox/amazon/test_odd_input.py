"""Whatever is sent, the sandbox answers: a dropped connection would look like a network fault to a connector author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.sandbox.shop import MARKETPLACE_ID

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

ODD = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
moments = st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-01T00:00:00Z", "2026-11-01", ""])
kinds = st.sampled_from(
    ["GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", "GET_SALES_AND_TRAFFIC_REPORT", "GET_OTHER"]
)
text = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=12)


@ODD
@given(
    st.fixed_dictionaries(
        {"reportType": kinds | values, "marketplaceIds": st.just([MARKETPLACE_ID]) | values},
        optional={"dataStartTime": moments | values, "dataEndTime": moments | values, "reportOptions": values},
    )
    | values
)
def test_any_report_request_gets_an_answer(amazon: AmazonClient, body: Any) -> None:
    assert amazon.sp("POST", "/reports/2021-06-30/reports", json=body).status_code in {202, 400, 403}


@ODD
@given(
    st.dictionaries(st.sampled_from(["adProduct", "groupBy", "columns", "reportTypeId", "timeUnit", "filters"]), values)
)
def test_any_ads_request_gets_an_answer(amazon: AmazonClient, changes: dict[str, Any]) -> None:
    kind = {"Content-Type": "application/vnd.createasyncreportrequest.v3+json"}
    answer = amazon.ads("POST", "/reporting/reports", kind, json=amazon.ads_request(**changes))
    assert answer.status_code in {200, 400, 425}


@ODD
@given(
    st.dictionaries(
        st.sampled_from(["createdAfter", "createdBefore", "lastUpdatedAfter", "maxResultsPerPage", "paginationToken"]),
        moments | text,
    )
)
def test_any_search_gets_an_answer(amazon: AmazonClient, query: dict[str, str]) -> None:
    assert amazon.sp("GET", "/orders/2026-01-01/orders", params=query).status_code in {200, 400}


@pytest.mark.parametrize("path", ["/fba/inventory/v1/summaries", "/reports/2021-06-30/reports"])
@ODD
@given(st.dictionaries(st.sampled_from(["nextToken", "startDateTime", "createdSince", "pageSize", "details"]), text))
def test_any_query_gets_an_answer(amazon: AmazonClient, path: str, query: dict[str, str]) -> None:
    assert amazon.sp("GET", path, params=query).status_code in {200, 400}


def test_a_token_of_one_operation_is_refused_by_another(amazon: AmazonClient) -> None:
    page = next(amazon.search(createdAfter="2026-11-01T00:00:00Z"))
    token = {"nextToken": page["pagination"]["nextToken"]}
    assert amazon.sp("GET", "/reports/2021-06-30/reports", params=token).status_code == 400


fields = st.recursive(
    st.sampled_from(["startDate", "sales", "x", "", "}", "sales { unitsOrdered }"]),
    lambda inner: st.builds("sales {{ {} }}".format, inner),
    max_leaves=4,
)
literals = st.sampled_from(['"2026-11-01"', "DAY", "[]", f'["{MARKETPLACE_ID}"]', "{}", "{date: DAY}", "1", '"'])


@ODD
@given(
    st.builds(
        "query {{ {} {{ {}(startDate: {} endDate: {} marketplaceIds: {} aggregateBy: {}) {{ {} }} }} }}".format,
        st.sampled_from(["analytics_economics_2024_03_15", "analytics_salesAndTraffic_2024_04_24", "x"]),
        st.sampled_from(["economics", "salesAndTrafficByAsin", "salesAndTrafficTrends", "x"]),
        literals,
        literals,
        literals,
        literals,
        fields,
    )
    | text
    | values
)
def test_any_data_kiosk_query_gets_an_answer(amazon: AmazonClient, query: Any) -> None:
    answer = amazon.sp("POST", "/dataKiosk/2023-11-15/queries", json={"query": query})
    assert answer.status_code in {202, 400}


@ODD
@given(
    st.dictionaries(
        st.sampled_from(
            ["postedAfter", "postedBefore", "nextToken", "transactionStatus", "relatedIdentifierName", "marketplaceId"]
        ),
        moments | text,
    )
)
def test_any_question_about_postings_gets_an_answer(amazon: AmazonClient, query: dict[str, str]) -> None:
    assert amazon.sp("GET", "/finances/2024-06-19/transactions", params=query).status_code in {200, 400}

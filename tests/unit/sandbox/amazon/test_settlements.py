from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.ledger import events
from kpiterm.sandbox.amazon.settlement_file import settlements

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

REPORTS = "/reports/2021-06-30/reports"
TYPE = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


def listed(client: AmazonClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.sp("GET", REPORTS, params={"reportTypes": TYPE, **query}).json()["reports"]
    return found


def test_statements_come_by_themselves_and_cannot_be_asked_for(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**7)
    before = listed(client)
    assert 5 <= len(before) <= 7
    assert [r["createdTime"] for r in before] == sorted((r["createdTime"] for r in before), reverse=True)
    assert {r["processingStatus"] for r in before} == {"DONE"}
    refused = client.sp("POST", REPORTS, json={"reportType": TYPE, "marketplaceIds": ["ATVPDKIKX0DER"]})
    assert refused.status_code == 400
    client.sandbox.clock.move(timedelta(days=14))
    after = listed(client)
    assert len({r["reportId"] for r in after} - {r["reportId"] for r in before}) == 1


def test_the_list_is_cut_by_creation(amazon: AmazonClient) -> None:
    since = amazon.now - timedelta(days=12)
    assert len(listed(amazon, createdSince=since.isoformat())) == 1


def test_every_statement_adds_up_and_hands_its_reserve_on(amazon: AmazonClient) -> None:
    reserves: list[tuple[Decimal, Decimal]] = []
    for report in reversed(listed(amazon)):
        body = gzip.decompress(amazon.download(amazon.document(report["reportId"])["url"]).content).decode()
        head, *lines = csv.DictReader(io.StringIO(body), delimiter="\t", quoting=csv.QUOTE_NONE)
        assert sum(Decimal(line["amount"]) for line in lines) == Decimal(head["total-amount"]) > 0
        assert (head["currency"], head["transaction-type"], lines[1]["currency"]) == ("USD", "", "")
        carried = {line["amount-description"]: Decimal(line["amount"]) for line in lines}
        reserves.append((carried["Previous Reserve Amount Balance"], -carried["Current Reserve Amount"]))
        span = [report[name] for name in ("dataStartTime", "dataEndTime")]
        assert all(span[0][:10] <= line["posted-date"] <= span[1][:10] for line in lines)
    assert [before for before, _ in reserves[1:]] == [after for _, after in reserves[:-1]]


def test_a_refund_gives_back_what_the_sale_took_but_a_fee(amazon: AmazonClient) -> None:
    shop, end = amazon.sandbox.shop, int(amazon.now.timestamp())
    found = events(shop, end - 60 * 86400, end)
    sales = {item.line.item_id: item for e in found if e.kind == "Order" for item in e.items if item.line}
    refunds = [
        item for e in found if e.kind == "Refund" for item in e.items if item.line and item.line.item_id in sales
    ]
    assert refunds
    for refund in refunds:
        assert refund.line
        sale = sales[refund.line.item_id]
        lost = [part.cents for part in refund.parts if part.description == "RefundCommission"]
        kept = [part.cents for part in sale.parts if part.description == "FBAPerUnitFulfillmentFee"]
        assert sale.total + refund.total == sum(lost) + sum(kept) <= 0


def test_the_same_seed_gives_the_same_statements(open_client: Callable[..., AmazonClient]) -> None:
    now = int(datetime.fromisoformat("2026-11-23T17:00:00+00:00").timestamp())
    totals = [
        [s.total for s in settlements(open_client(days=60).sandbox.shop, now - 40 * 86400, now)] for _ in range(2)
    ]
    assert totals[0] == totals[1] != []

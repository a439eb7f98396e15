"""Returns, listings, fees, traffic of products, dashboards, bulksheets and JSON reports, made up from their headers."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins import DataError, Note, Payload, Rejected, Row
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.sync.imports import with_given
from kpiterm.sync.sheets import open_sheets
from kpiterm.sync.sheets_stacked import read_stacked
from kpiterm_amazon.import_files import IMPORTERS

IMPORTED = datetime(2026, 11, 20, 18, 0)  # noqa: DTZ001 -- naive UTC, as the store keeps it
DAY = date(2026, 10, 5)


class Read:
    """What the one importer that takes the first table of a file gave for it."""

    def __init__(
        self, path: Path, *, days: tuple[date, date] | None = None, place: str = "", stacked: bool = False
    ) -> None:
        sheets = read_stacked(path) if stacked else open_sheets(path)
        found = [(i, sheet) for sheet in sheets for i in IMPORTERS if i.recognise(sheet)]
        self.kinds = [importer.kind for importer, _ in found]
        given = [(i, with_given(sheet, IMPORTED, days, MARKETPLACES.get(place))) for i, sheet in found]
        items = [item for importer, sheet in given for item in importer.read(sheet)]
        self.rows: list[Any] = [item.values for item in items if isinstance(item, Row)]
        self.notes = [item.text for item in items if isinstance(item, Note)]
        self.refused = [item.reason for item in items if isinstance(item, Rejected)]
        for body in [item.body for item in items if isinstance(item, Payload)]:
            assert isinstance(body, Path)
            with body.open(encoding="utf-8", newline="") as file:
                self.rows += csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            body.unlink()

    def only(self, *names: str) -> tuple[Any, ...]:
        (row,) = self.rows
        return tuple(row[name] for name in names)


def table(path: Path, header: str, *lines: str) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_fba_returns_are_read_without_the_buyers_words(tmp_path: Path) -> None:
    header = "return-date\torder-id\tsku\tasin\tquantity\tdetailed-disposition\treason\tstatus\tcustomer-comments"
    good = "2026-10-02T03:00:00-07:00\t111-1\tA\tB0A\t1\tSELLABLE\tDEFECTIVE\tUnit returned\tmy name is"
    got = Read(table(tmp_path / "f", header, good, good.replace("111-1", ""), good.replace("T03", "x")))
    assert (got.kinds, got.only("return-date", "order-id", "quantity", "reason")) == (
        ["amazon.fba_returns"], ("2026-10-02T10:00:00+00:00", "111-1", "1", "DEFECTIVE"),
    )  # fmt: skip
    assert "customer-comments" not in got.rows[0]
    assert len(got.refused) == 2


@pytest.mark.parametrize(
    ("place", "day"), [("", "2026-03-04"), ("amazon.com", "2026-03-04"), ("amazon.de", "2026-04-03")]
)
def test_which_comes_first_in_a_return_of_the_seller_is_the_marketplaces_custom(
    tmp_path: Path, place: str, day: str
) -> None:
    header = "Order ID\tReturn request date\tReturn request status\tASIN\tMerchant SKU\tReturn quantity\tReturn Reason"
    got = Read(table(tmp_path / "f", header, "111-1\t03/04/2026\tApproved\tB0A\tA\t2\tX"), place=place)
    assert (got.kinds, got.only("Return request date", "Return quantity")) == (["amazon.merchant_returns"], (day, "2"))


def test_listings_have_the_currency_of_the_account(tmp_path: Path) -> None:
    header = "item-name\tlisting-id\tseller-sku\tprice\topen-date\tproduct-id\tasin1\tstatus"
    path = table(tmp_path / "f", header, "Mat\tL1\tA\t19.99\t2026-10-02 03:00:00 PDT\tB0A\t\tInactive")
    columns = ("sku", "item_id", "price", "status", "currency", "listed_at")
    moment = datetime(2026, 10, 2, 10, tzinfo=UTC)
    assert Read(path, place="amazon.com").only(*columns) == ("A", "B0A", Decimal("19.99"), "inactive", "USD", moment)
    unknown = Read(path)
    assert (unknown.only("currency"), len(unknown.notes)) == ((None,), 1)


def test_a_month_of_storage_stands_on_its_last_day(tmp_path: Path) -> None:
    header = "asin,fnsku,country_code,month_of_charge,storage_rate,currency,estimated_monthly_storage_fee"
    got = Read(table(tmp_path / "f", header, "B0A,X1,US,2026-02,0.78,USD,0.07791", "B0A,X1,US,2026-13,1,USD,1"))
    assert got.only("channel", "day", "kind", "amount", "currency") == (
        "amazon.com", "2026-02-28", "storage", "0.0779", "USD",
    )  # fmt: skip
    assert len(got.refused) == 1


def test_the_surcharge_of_old_stock_has_both_tiers(tmp_path: Path) -> None:
    header = (
        "snapshot-date\tsku\tfnsku\tasin\tcurrency\tcountry\tqty-charged-12-mo-long-term-storage-fee\t"
        "12-mo-long-terms-storage-fee\tqty-charged-6-mo-long-term-storage-fee\t6-mo-long-terms-storage-fee"
    )
    got = Read(table(tmp_path / "f", header, "2026-09-14T15:00:00+00:00\tA\tX\tB0A\tJPY\tJP\t2\t15.00\t1\t5.50"))
    assert got.only("day", "kind", "sku", "quantity", "amount") == ("2026-09-15", "aged_inventory", "A", "3", "20.5000")


ITEMS = "(Parent) ASIN,(Child) ASIN,Title,Sessions - Total,Page Views - Total,Units Ordered,Ordered Product Sales"


def test_a_report_by_product_needs_its_day(tmp_path: Path) -> None:
    path = table(tmp_path / "f", ITEMS, 'B0P,B0C,Mat,"1,138",2000,7,$70.00', ",,,1,1,1,$1")
    got = Read(path, days=(DAY, DAY))
    assert got.only("day", "level", "item_id", "sessions", "ordered_sales", "channel") == (
        DAY, "child", "B0C", 1138, Decimal(70), "amazon.com",
    )  # fmt: skip
    assert got.refused == ["the ASIN is blank"]
    with pytest.raises(DataError, match="holds no date"):
        Read(path)
    week = Read(path, days=(date(2026, 10, 1), DAY))
    assert week.only("day", "last_day", "level", "detail", "sessions") == (
        date(2026, 10, 1), DAY, "summary", "child", 1138,
    )  # fmt: skip
    assert "count for no single day" in week.notes[0]


DASHBOARD = """\
"Sales Snapshot taken at Oct 6, 2026, 9:00:00 AM PDT"
Total Order Items,Units Ordered,Ordered Product Sales,Avg. Units/Order Item,Avg. Sales/Order Item
3,4,"$1,059.97",1.33,$353.32

"Compare Sales"
Date,Ordered Product Sales,Units Ordered
10/05/2026,$59.97,3
10/06/2026,"$1,000.00",1
"""


def test_the_tables_of_a_dashboard_are_read_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(DASHBOARD)
    got = Read(tmp_path / "f", stacked=True)
    assert got.kinds == ["amazon.sales_snapshot", "amazon.sales_dashboard"]
    assert [(row["day"], row["level"], row["ordered_sales"], row["units"]) for row in got.rows] == [
        (DAY, "account", Decimal("59.97"), 3), (date(2026, 10, 6), "account", Decimal(1000), 1),
    ]  # fmt: skip
    assert "name no days" in got.notes[0]
    assert len(Read(tmp_path / "f", stacked=True, days=(DAY, DAY)).rows) == 3
    total, *_ = Read(tmp_path / "f", stacked=True, days=(DAY, date(2026, 10, 6))).rows
    assert (total["level"], total["last_day"], total["ordered_sales"]) == (
        "summary", date(2026, 10, 6), Decimal("1059.97"),
    )  # fmt: skip


def test_of_a_bulksheet_only_the_campaigns_lines_count(tmp_path: Path) -> None:
    header = "Product,Entity,Operation,Campaign ID,Campaign Name,Impressions,Clicks,Spend,Sales,Orders,Units"
    lines = [
        f"Sponsored Products,{entity},,17,C,100,3,1.50,20.00,1,1" for entity in ("Campaign", "Ad Group", "Keyword")
    ]
    path = table(tmp_path / "f", header, *lines)
    got = Read(path, days=(date(2026, 10, 1), DAY), place="amazon.ca")
    assert (got.kinds, got.only("level", "detail", "day", "last_day", "spend", "ad_product", "currency")) == (
        ["amazon.ads_bulksheet"], ("summary", "campaign", date(2026, 10, 1), DAY, Decimal("1.50"), "SP", "CAD"),
    )  # fmt: skip
    with pytest.raises(DataError, match="names neither its days"):
        Read(path)


AD = {
    "campaignId": 17,
    "campaignName": "C",
    "cost": 1.1,
    "clicks": 3,
    "impressions": 9,
    "sales14d": 20.0,
    "purchases14d": 1,
}


@pytest.mark.parametrize(
    ("more", "kind", "level"),
    [
        ({}, "campaign", "campaign"), ({"advertisedAsin": "B0A"}, "product", "product"),
        ({"keywordId": 1, "targeting": "close-match"}, "targeting", "targeting"),
        ({"searchTerm": "mat", "targeting": "x"}, "search_term", "search_term"),
    ],
)  # fmt: skip
def test_reports_of_the_ads_api_are_known_by_their_fields(
    tmp_path: Path, more: dict[str, object], kind: str, level: str
) -> None:
    (tmp_path / "f").write_text(json.dumps([{**AD, **more}]))
    got = Read(tmp_path / "f", days=(DAY, DAY))
    assert got.kinds == [f"amazon.ads_api_{kind}"]
    assert got.only("day", "level", "spend", "attributed_sales", "attribution_days", "campaign_id", "ad_product") == (
        DAY, level, Decimal("1.1"), Decimal("20.0"), 14, "17", "SP",
    )  # fmt: skip


def test_a_date_inside_an_ads_report_wins(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(json.dumps([{**AD, "date": "2026-10-04"}]))
    assert Read(tmp_path / "f").only("day", "last_day") == (date(2026, 10, 4), date(2026, 10, 4))


def test_days_of_data_kiosk_are_days_and_weeks_are_summaries(tmp_path: Path) -> None:
    sold = {"orderedProductSales": {"amount": 59.97, "currencyCode": "JPY"}, "unitsOrdered": 3, "totalOrderItems": 2}
    seen = {"sessions": 40, "pageViews": 60, "buyBoxPercentage": 97.5}
    record = {"marketplaceId": "A1VC38T7YXB528", "startDate": "2026-10-05", "sales": sold, "traffic": seen}
    lines = [{**record, "endDate": end} for end in ("2026-10-05", "2026-10-11")]
    (tmp_path / "f").write_text("\n".join(json.dumps(line) for line in lines))
    got = Read(tmp_path / "f")
    assert (got.kinds, got.refused) == (["amazon.kiosk_traffic"], [])
    names = ("channel", "day", "last_day", "level", "detail", "ordered_sales", "sessions", "buy_box")
    figures = (Decimal("59.97"), 40, Decimal("0.975"))
    assert [tuple(row.get(name) for name in names) for row in got.rows] == [
        ("amazon.co.jp", DAY, None, "account", None, *figures),
        ("amazon.co.jp", DAY, date(2026, 10, 11), "summary", "account", *figures),
    ]
    assert got.notes == ["1 rows cover several days each: they are kept as level 'summary' and count for no single day"]


@pytest.mark.parametrize(("by", "last"), [("WEEK", date(2026, 2, 7)), ("MONTH", date(2026, 2, 28)), ("DAY", None)])
def test_a_traffic_report_by_week_or_month_covers_all_of_it(tmp_path: Path, by: str, last: date | None) -> None:
    sold = {"orderedProductSales": {"amount": 59.97, "currencyCode": "USD"}, "unitsOrdered": 3, "totalOrderItems": 2}
    record = {"date": "2026-02-01", "salesByDate": sold, "trafficByDate": {"sessions": 40}}
    asked = {"reportOptions": {"dateGranularity": by}, "marketplaceIds": ["ATVPDKIKX0DER"]}
    (tmp_path / "f").write_text(json.dumps({"reportSpecification": asked, "salesAndTrafficByDate": [record]}))
    (row,) = Read(tmp_path / "f").rows
    assert (row["day"], row.get("last_day"), row["level"] == "summary") == (date(2026, 2, 1), last, last is not None)


def test_parcels_that_came_back_are_returns(tmp_path: Path) -> None:
    header = "Order ID,Date,Status,Fulfilment,Sales Channel ,SKU,ASIN,Courier Status,Qty,currency,Amount"
    lines = [f"405-1,06/07/22,{text},Amazon,Amazon.in,A,B0A,,1,INR,647.62" for text in (
        "Shipped", "Shipped - Returned to Seller", "Shipped - Rejected by Buyer", "Cancelled",
    )]  # fmt: skip
    got = Read(table(tmp_path / "f", header, *lines, lines[0].replace("INR", "Rupee"), lines[0].replace("07", "31")))
    assert [row["order-status"] for row in got.rows] == ["Shipped", "Returned", "Returned", "Cancelled"]
    assert got.rows[0]["purchase-date"] == "2022-06-06T18:30:00+00:00"
    assert len(got.refused) == 2


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("order-id,order-item-id,purchase-date,quantity-to-ship,buyer-name,recipient-name", "packing table"),
        ("amazon-order-id,shipment-id,shipment-item-id,quantity-shipped,buyer-email", "parcels, not orders"),
        ("fnsku,asin,estimated-fee-total,estimated-referral-fee-per-unit", "estimates for one unit"),
        ("Date,FNSKU,MSKU,Disposition,Starting Warehouse Balance", "how stock moved"),
        ("Date,Rating,Comments,Your Response,Order ID,Rater Email", "buyers' words"),
    ],
)
def test_a_file_that_is_refused_on_purpose_says_so_and_what_to_import(tmp_path: Path, header: str, reason: str) -> None:
    path = table(tmp_path / "f", header, ",".join("x" for _ in header.split(",")))
    with pytest.raises(DataError, match=f"known and not imported: .*{reason}") as caught:
        Read(path)
    assert caught.value.hint

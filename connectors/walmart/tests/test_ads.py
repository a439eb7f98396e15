"""Sponsored Search: snapshots by the API, and the files of those who have no keys."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kpiterm.plugins import AuthError, DataError, Note, Rejected, Row, TransientError, Window
from kpiterm.sync.sheets import open_sheets
from kpiterm_walmart.ads_auth import SponsoredSearchAuth
from kpiterm_walmart.ads_snapshots import REPORT, SNAPSHOT
from kpiterm_walmart.import_files import IMPORTERS
from kpiterm_walmart.places import ads_url

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
SECRETS = {"client_secret": "s3cret", "ads_auth_token": "token", "ads_private_key": PEM}
WINDOW = Window(datetime(2026, 11, 17, 8, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC))
FILE = ads_url("/file/s1.gz")
HEADER = (
    "date,campaignId,campaignName,adGroupId,itemId,numAdsShown,numAdsClicks,adSpend,attributedSales14days,"
    "attributedOrders14days,attributedUnits14days"
)
CSV = f"""{HEADER}
2026-11-18,5,"Mats, autumn",1,555,1000,20,12.34,98.70,3,4
2026-11-18,5,"Mats, autumn",2,556,500,5,2.66,0.00,0,0.0
2026-11-19,5,"Mats, autumn",1,555,10,0,0.0,,,
"""


class Connect:
    """Walmart Connect, which makes a snapshot in so many looks and may refuse some metrics."""

    def __init__(self, *states: str, refuses: str = "", politely: bool = False) -> None:
        self._states, self._refuses, self._politely = list(states), refuses, politely
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == FILE:
            return httpx.Response(200, content=gzip.compress(CSV.encode()))
        if request.url.path.endswith(REPORT):
            self.asked.append(json.loads(request.content))
            if self._refuses in self.asked[-1]["reportMetrics"]:
                problem = {"code": "failure", "details": f"invalid metric {self._refuses}"}
                return httpx.Response(200 if self._politely else 400, json=problem)
            return httpx.Response(200, json={"code": "success", "snapshotId": "s1", "jobStatus": "pending"})
        assert request.url.path.endswith(SNAPSHOT)
        state = self._states.pop(0) if self._states else "done"
        if state == "unknown":
            return httpx.Response(404, json={"code": "failure", "details": "no such snapshot"})
        return httpx.Response(
            200, json={"code": "success", "jobStatus": state, "details": FILE if state == "done" else state}
        )


def test_what_is_asked(host: Host) -> None:
    connect = Connect("pending", "processing")
    host.fetch("ads-products", connect, WINDOW, secrets=SECRETS)
    (body,) = connect.asked
    assert (body["advertiserId"], body["startDate"], body["endDate"]) == (600001, "2026-11-17", "2026-11-19")
    assert (body["reportType"], "reportDate" in body) == ("adItem", False)
    assert {"date", "campaignId", "itemId", "adSpend", "attributedSales14days"} <= set(body["reportMetrics"])
    looks = [r.url.params for r in host.requests if r.url.path.endswith(SNAPSHOT)]
    assert [dict(p) for p in looks] == [{"advertiserId": "600001", "snapshotId": "s1"}] * 3
    assert host.state == {}


@pytest.mark.parametrize("politely", [False, True])
def test_metrics_that_are_refused_are_given_up(host: Host, politely: bool) -> None:
    connect = Connect(refuses="campaignName", politely=politely)
    assert len(host.fetch("ads-campaigns", connect, WINDOW, secrets=SECRETS)) == 1
    assert [("campaignName" in b["reportMetrics"]) for b in connect.asked] == [True, False]


def test_a_refusal_of_what_every_report_has_is_an_error(host: Host) -> None:
    with pytest.raises(DataError, match="adSpend"):
        host.fetch("ads-campaigns", Connect(refuses="adSpend"), WINDOW, secrets=SECRETS)


def test_a_snapshot_is_asked_for_once_over_two_runs(host: Host) -> None:
    connect = Connect(*["processing"] * 100)
    with pytest.raises(TransientError, match="still being made"):
        host.fetch("ads-campaigns", connect, WINDOW, secrets=SECRETS)
    connect._states.clear()
    host.fetch("ads-campaigns", connect, WINDOW, secrets=SECRETS)
    assert len(connect.asked) == 1


@pytest.mark.parametrize("state", ["failed", "expired", "unknown"])
def test_a_snapshot_that_is_lost_is_asked_for_anew(host: Host, state: str) -> None:
    with pytest.raises(TransientError, match=r"failed|expired|gone"):
        host.fetch("ads-campaigns", Connect(state), WINDOW, secrets=SECRETS)
    assert host.state == {}
    host.state["snapshot adGroup 600001 2026-11-17 2026-11-19"] = "old"
    connect = Connect(state, "done")
    assert len(host.fetch("ads-campaigns", connect, WINDOW, secrets=SECRETS)) == 1
    assert len(connect.asked) == 1


def test_a_campaigns_ad_groups_are_added_up(host: Host, read: Read) -> None:
    rows = read("ads-campaigns", host.fetch("ads-campaigns", Connect(), WINDOW, secrets=SECRETS))["ad_day"]
    first, second = sorted(rows, key=lambda r: r["day"])
    assert first == {
        "_payload": 1, "day": date(2026, 11, 18), "last_day": date(2026, 11, 18), "level": "campaign",
        "ad_product": "SP", "campaign_id": "5", "campaign": "Mats, autumn", "spend": Decimal(15), "clicks": 25,
        "impressions": 1500, "attributed_sales": Decimal("98.7"), "attributed_orders": 3, "attributed_units": 4,
        "attribution_days": 14, "currency": "USD",
    }  # fmt: skip
    assert (second["spend"], second["attributed_sales"]) == (0, None)


def test_items_add_up_to_their_campaigns(host: Host, read: Read) -> None:
    items = read("ads-products", host.fetch("ads-products", Connect(), WINDOW, secrets=SECRETS))["ad_day"]
    assert {(r["item_id"], r["ad_group_id"], r["level"]) for r in items} == {
        ("555", "1", "product"),
        ("556", "2", "product"),
    }
    assert (sum(r["spend"] for r in items), sum(r["clicks"] for r in items)) == (15, 25)


ONE_LINE = "".join(PEM.splitlines()[1:-1])


@pytest.mark.parametrize(
    "key", [PEM, PEM.replace("\n", "\\n"), PEM.replace("\n", " "), ONE_LINE], ids=["lines", "escaped", "blanks", "bare"]
)
def test_a_private_key_survives_a_one_line_prompt(key: str) -> None:
    auth = SponsoredSearchAuth(consumer_id="c", key_version="1", auth_token="t", private_key=key)
    signed = next(auth.auth_flow(httpx.Request("GET", FILE)))
    assert len(signed.headers["WM_SEC.AUTH_SIGNATURE"]) == 344


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_private_key_that_is_none_is_named_without_being_shown(key: str) -> None:
    auth = SponsoredSearchAuth(consumer_id="c", key_version="1", auth_token="t", private_key=key)
    with pytest.raises(AuthError, match="cannot be read") as caught:
        next(auth.auth_flow(httpx.Request("GET", FILE)))
    assert "pkcs8" in caught.value.hint


# --- files ---


def imported(path: Path, text: str) -> tuple[str, list[Any]]:
    path.write_text(text, encoding="utf-8-sig")
    (sheet,) = open_sheets(path)
    (importer,) = [i for i in IMPORTERS if i.recognise(sheet)]
    return importer.kind, list(importer.read(sheet))


def test_a_snapshots_file_can_be_imported(tmp_path: Path) -> None:
    kind, items = imported(tmp_path / "f.csv", CSV)
    rows = [i.values for i in items if isinstance(i, Row)]
    assert (kind, len(rows)) == ("walmart.ads_item", 3)
    assert [r["spend"] for r in rows] == [Decimal("12.34"), Decimal("2.66"), Decimal("0.0")]
    assert {(r["attribution_days"], r["currency"], r["ad_product"]) for r in rows} == {(14, "USD", "SP")}
    assert (rows[0]["item_id"], rows[0]["attributed_sales"]) == ("555", Decimal("98.70"))
    assert rows[2]["attributed_sales"] is None


AD_CENTER_HEADER = (
    "Date,Campaign Name,Campaign ID,Impressions,Clicks,Ad Spend,Attributed Sales (3 days),Attributed Sales (14 days),"
    "Attributed Orders (14 days),Units Sold (14 days)"
)
AD_CENTER = f"""{AD_CENTER_HEADER}
11/18/2026,Mats,5,"1,000",20,$12.34,$50.00,"$1,098.70",3,4
Total,,,"1,000",20,$12.34,$50.00,"$1,098.70",3,4
11/19/2026,,,1,1,$1.00,,,,
11/20/2026,Mats,5,1,1,12.3.4,,,,
"""


def test_an_ad_center_file(tmp_path: Path) -> None:
    kind, items = imported(tmp_path / "f.csv", AD_CENTER)
    (row,) = [i.values for i in items if isinstance(i, Row)]
    assert kind == "walmart.ads_campaign"
    assert row == {
        "day": date(2026, 11, 18), "last_day": date(2026, 11, 18), "level": "campaign", "ad_product": "SP",
        "campaign_id": "5", "campaign": "Mats", "ad_group_id": None, "item_id": None, "term": None,
        "spend": Decimal("12.34"), "clicks": 20, "impressions": 1000, "attributed_sales": Decimal("1098.70"),
        "attributed_orders": 3, "attributed_units": 4, "attribution_days": 14, "currency": "USD",
    }  # fmt: skip
    assert [(i.row, i.reason.split(":")[0]) for i in items if isinstance(i, Rejected)] == [
        (3, "the campaign is blank"), (4, "spend"),
    ]  # fmt: skip


def test_keywords_are_their_own_level_and_an_unsaid_window_is_noted(tmp_path: Path) -> None:
    text = "Date,Campaign ID,Keyword,Impressions,Clicks,Ad Spend,Attributed Sales\n2026-11-18,5,yoga mat,9,1,0.5,3\n"
    kind, items = imported(tmp_path / "f.csv", text)
    (row,) = [i.values for i in items if isinstance(i, Row)]
    assert (kind, row["level"], row["term"], row["attribution_days"]) == (
        "walmart.ads_keyword",
        "targeting",
        "yoga mat",
        None,
    )
    assert [i for i in items if isinstance(i, Note)]


@pytest.mark.parametrize(
    "text",
    [
        "Date,Campaign Name,Impressions,Clicks,Spend,7 Day Total Sales,Cost Per Click (CPC)\n2026-11-18,a,1,1,1,1,1\n",
        "Date,Impressions,Clicks,Ad Spend,Attributed Sales\n2026-11-18,1,1,1,1\n",
    ],
)
def test_other_advertising_files_are_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.csv").write_text(text)
    assert not [i for s in open_sheets(tmp_path / "f.csv") for i in IMPORTERS if i.recognise(s)]

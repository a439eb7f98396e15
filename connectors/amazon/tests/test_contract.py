"""The contract that every connector keeps, with all of Amazon in one function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib.metadata import entry_points
from importlib.resources import files

import httpx
import pytest
from amazon_fake import answer

from kpiterm.plugins import SettingError
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.testing import ConnectorContract
from kpiterm_amazon.connector import AMAZON
from kpiterm_amazon.flat_reports import FlatReport
from kpiterm_amazon.places import PLACES, place


class TestAmazon(ConnectorContract):
    connector = AMAZON
    settings: Mapping[str, str] = {"marketplace": "US", "client_id": "sp-client", "ads_client_id": "ads-client"}

    def responses(self, request: httpx.Request) -> httpx.Response:
        return answer(request)


def test_every_marketplace_has_a_zone_and_a_currency() -> None:
    assert {p.channel for p in PLACES.values()} <= set(MARKETPLACES)
    assert len({p.marketplace_id for p in PLACES.values()}) == len(PLACES)


def test_a_marketplace_decides_hosts_channel_and_zone() -> None:
    japan = place({"marketplace": "jp"})
    assert japan.selling("/x") == "https://sellingpartnerapi-fe.amazon.com/x"
    assert japan.advertising("/x") == "https://advertising-api-fe.amazon.com/x"
    assert AMAZON.marketplace({"marketplace": "jp"}) == MARKETPLACES["amazon.co.jp"]
    assert AMAZON.marketplace({}) == MARKETPLACES["amazon.com"]


def test_an_unknown_marketplace_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError) as caught:
        place({"marketplace": "XX"})
    assert "US, CA" in caught.value.hint


def test_rates_are_those_of_the_models(shared: object) -> None:
    published = json.loads((shared / "specs/amazon/rate_limits.json").read_text())["ops"]  # type: ignore[operator]
    by_name = {entry["op"]: entry for entry in published.values()}
    for rate in AMAZON.rates:
        if entry := by_name.get(rate.operation):
            assert (rate.per_second, rate.burst) == (entry["rate"], entry["burst"]), rate.operation


def test_the_first_sync_of_the_kpis_stays_within_the_burst_of_reports() -> None:
    """Each report takes one createReport and one getReportDocument, and one a minute is slow: others come later."""
    names = [stream.name for stream in AMAZON.streams]
    first, others = ("orders", "traffic", "performance"), ("returns-fba", "stock-planning", "feedback")
    assert max(map(names.index, first)) < min(map(names.index, others))
    windows = 0
    for name in first:
        stream = AMAZON.stream(name)
        assert stream
        windows += -(-stream.history // stream.max_window)
    assert windows <= next(rate.burst for rate in AMAZON.rates if rate.operation == "createReport")


def test_types_that_may_not_be_asked_for_twice_in_a_row_are_one_report_a_run() -> None:
    asked: dict[str, timedelta] = {}
    for stream in AMAZON.streams:
        report = getattr(stream.fetch, "args", [None])[0]
        if not isinstance(report, FlatReport):
            continue
        asked[report.type] = stream.every
        assert stream.snapshot or (stream.retention and stream.retention <= stream.max_window), stream.name
        assert stream.every > report.interval, stream.name
    assert len(asked) == 7


def test_sql_files_are_part_of_the_package() -> None:
    names = {path.name for path in files("kpiterm_amazon").iterdir()}
    assert {"orders_recent.sql", "inventory.sql", "traffic.sql", "ads_campaigns.sql", "settlements.sql"} <= names


def test_the_entry_point_bears_the_connectors_name() -> None:
    found = [point for point in entry_points(group="kpiterm") if point.value == "kpiterm_amazon"]
    if not found:
        pytest.skip("kpiterm-amazon is not installed")
    assert [point.name for point in found] == [AMAZON.name]

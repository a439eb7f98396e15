"""The contract that every connector keeps, and the one that sets this one apart: it feeds no KPI."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from typing import ClassVar

import httpx
import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.targets import estimate_behind
from kpiterm.plugins import facts
from kpiterm.plugins.testing import ConnectorContract
from kpiterm_junglescout.connector import JUNGLESCOUT

KPI_TABLES = {"order_line", "refund_line", "return_line", "ad_day", "traffic_day", "stock_level", "health_metric",
              "contact", "review", "settlement_line", "fee", "listing", "cost", "inbound", "access_grant"}  # fmt: skip


class TestJungleScout(ConnectorContract):
    connector = JUNGLESCOUT
    settings: ClassVar[Mapping[str, str]] = {
        "marketplace": "us", "key_name": "my_key", "asins": "B0EXAMPLE1", "keywords": "mat", "categories": "Baby",
    }  # fmt: skip

    def responses(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": [], "links": {"next": None}, "meta": {"errors": []}})


def test_no_table_is_written_that_a_signed_kpi_could_read() -> None:
    written = {output.into for stream in JUNGLESCOUT.streams if stream.shape for output in stream.shape.outputs}
    assert all(stream.shape for stream in JUNGLESCOUT.streams), "a stream without a shape could write any table"
    assert written == {"market_estimate", "keyword_rank"}
    assert set(facts.TABLES) - KPI_TABLES == written
    known = load_catalogue()
    read = {kpi.measure.table for kpi in known.values() if kpi.measure and not estimate_behind(kpi.id, known)}
    assert "order_line" in read
    assert not read & written


def test_sql_files_are_part_of_the_package() -> None:
    names = {path.name for path in files("kpiterm_junglescout").iterdir()}
    assert {f"{name}.sql" for name in ("sales_estimates", "keyword_ranks", "share_of_voice", "products")} <= names


def test_both_buckets_together_stay_within_the_minutes_quota() -> None:
    assert sum(rate.burst for rate in JUNGLESCOUT.rates) <= 15
    assert sum(rate.burst + 60 * rate.per_second for rate in JUNGLESCOUT.rates) <= 300


def test_the_entry_point_bears_the_connectors_name() -> None:
    found = [point for point in entry_points(group="kpiterm") if point.value == "kpiterm_junglescout"]
    if not found:
        pytest.skip("kpiterm-junglescout is not installed")
    assert [point.name for point in found] == [JUNGLESCOUT.name]

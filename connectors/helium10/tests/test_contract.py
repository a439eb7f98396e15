"""The contract that every connector keeps, and the one that sets this one apart: it feeds no KPI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, ClassVar

import httpx
import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.targets import estimate_behind
from kpiterm.plugins.testing import ConnectorContract
from kpiterm_helium10.connector import HELIUM10
from kpiterm_helium10.import_files import IMPORTERS
from kpiterm_helium10.tools import READ_ONLY

ROWS: dict[str, Any] = {"data": {"rows": [{"asin": "B0EXAMPLE1", "metrics": {"sales": 9.5}, "fulfillment_type": "FBA",
    "inventory": {"available": 4}, "keyword": "mat", "organic_rank": {"values": {"2026-11-19": 3}}}]}}  # fmt: skip
METRICS = {"data": {"metrics": [{"metric_key": "sales", "values": {"2026-11-19": 12.5}}]}}
ADS = {
    "get_ads_query_platforms": {"data": {"platforms": ["amazon"]}},
    "get_ads_query_list": {"data": {"levels": ["campaign"]}},
    "get_ads_query_schema": {"data": {"dimensions": ["date"], "measures": ["spend", "sales"]}},
    "get_ads_query_materials": {"data": {"profiles": ["42"]}},
    "execute_ads_query": {"data": {"columns": ["date", "spend"], "rows": [["2026-11-19T00:00:00", 3]]}},
}
MARKET = {"data": [{"resultAsin": "B0EXAMPLE1", "interval1": 5}], "meta": {"intervals": []}}


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.host == "mt360.helium10.com":
        return httpx.Response(200, json=MARKET)
    message = json.loads(request.content)
    if "id" not in message:
        return httpx.Response(202)
    found: dict[str, Any] = {"tools": [{"name": name, "inputSchema": {}} for name in READ_ONLY]}
    if message["method"] == "tools/call":
        name = message["params"]["name"]
        text = json.dumps(ADS.get(name) or (METRICS if name.endswith("series") else ROWS))
        found = {"content": [{"type": "text", "text": text}]}
    body = {"jsonrpc": "2.0", "id": message["id"], "result": found}
    return httpx.Response(200, json=body, headers={"Mcp-Session-Id": "session"})


class TestHelium10(ConnectorContract):
    connector = HELIUM10
    settings: ClassVar[Mapping[str, str]] = {"marketplace": "US", "ads_profile_id": "42", "market_ids": "100001"}
    secrets: ClassVar[Mapping[str, str]] = {
        "token": "h10_mcp_example+secret",
        "market_tracker_key": "mt360|example/secret",
    }

    def responses(self, request: httpx.Request) -> httpx.Response:
        return answer(request)

    def test_writes_no_table_that_a_signed_kpi_reads(self, context: Any) -> None:
        ctx = context(self.responses)
        written = {
            item.table for stream in self._streams(ctx) for item in self._fetch(stream, ctx) if hasattr(item, "table")
        }
        written |= {output.into for importer in IMPORTERS if importer.shape for output in importer.shape.outputs}
        assert written == {"market_estimate", "keyword_rank"}
        known = load_catalogue()
        read = {kpi.measure.table for kpi in known.values() if kpi.measure and not estimate_behind(kpi.id, known)}
        assert "order_line" in read
        assert not read & written


def test_the_entry_point_bears_the_connectors_name() -> None:
    found = [point for point in entry_points(group="kpiterm") if point.value == "kpiterm_helium10"]
    if not found:
        pytest.skip("kpiterm-helium10 is not installed")
    assert [point.name for point in found] == [HELIUM10.name]

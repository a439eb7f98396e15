from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.view import AccountStatusView, Budget, Gauge, Interval, Span, StreamStatus, Target, View
from kpiterm.analysis.view_json import state_document, to_json, view_from_json

days = st.dates(date(2001, 1, 1), date(2098, 12, 31))
moments = st.datetimes(datetime(2001, 1, 1), datetime(2098, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
amounts = st.decimals(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=8)
gauges = st.builds(
    Gauge,
    id=texts, name=texts, channel=texts, period=st.builds(Span, days, days, days), value=numbers, numerator=numbers,
    denominator=numbers, unit=st.sampled_from(["ratio", "money", "hours"]), direction=st.sampled_from(["up", "down"]),
    currency=st.sampled_from([None, "USD", "JPY"]),
    target=st.none() | st.builds(Target, st.sampled_from(["<", "<=", ">", ">="]), st.decimals(-9, 9)),
    weight=numbers, state=st.sampled_from(["ok", "watch", "breach", "no_data"]), reason=st.none() | texts,
    maturity=st.sampled_from(["provisional", "settling", "final"]), data_through=st.none() | days,
    sources=st.lists(texts, max_size=2).map(tuple), previous=numbers, change=numbers,
    history=st.lists(numbers, max_size=3).map(tuple), definition_version=st.integers(1, 9), definition_hash=texts,
    budget=st.none() | st.builds(
        Budget, allowed=amounts, used=amounts, left=amounts, burn_rate=numbers, days_left=numbers
    ),
    interval=st.none() | st.builds(Interval, amounts, amounts, st.sampled_from(["proven", "not proven", None])),
)  # fmt: skip
streams = st.builds(
    StreamStatus,
    name=texts, status=st.sampled_from(["ok", "skipped", "failed", "never"]), last_run=st.none() | moments,
    watermark=st.none() | moments, rows=st.integers(0), error=st.none() | texts, hint=st.none() | texts,
)  # fmt: skip
accounts = st.builds(
    AccountStatusView,
    name=texts, connector=texts, last_sync=st.none() | moments, error=st.none() | texts,
    status=st.sampled_from(["ok", "partial", "failed", "never"]), streams=st.lists(streams, max_size=2).map(tuple),
)  # fmt: skip
views = st.builds(
    View,
    workspace=texts, as_of=moments, currency=texts, snapshot=st.none() | texts,
    gauges=st.lists(gauges, max_size=2).map(tuple), accounts=st.lists(accounts, max_size=2).map(tuple),
)  # fmt: skip


@given(views)
def test_a_view_survives_the_state_file(view: View) -> None:
    assert view_from_json(json.loads(json.dumps(state_document(view)))) == view


GAUGE = Gauge(
    id="acos", name="ACoS", channel="all", period=Span(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 21)),
    value=Decimal(2) / 3, numerator=Decimal("2.0000"), denominator=Decimal("3.0000"), unit="ratio", direction="down",
    currency="USD", target=Target("<=", Decimal("0.280")), weight=Decimal("30.0"), state="breach", reason=None,
    maturity="provisional", data_through=date(2026, 11, 21), sources=("amazon:us-main",), previous=Decimal("0.5000005"),
    change=Decimal("1E-7"), history=(None, Decimal("2E+2")), definition_version=1, definition_hash="sha256:0",
    budget=Budget(allowed=Decimal(280), used=Decimal("2.0000"), left=Decimal(278), burn_rate=Decimal("0.5000")),
    interval=Interval(Decimal("0.001900"), Decimal("0.005600"), "not proven"),
)  # fmt: skip


def document() -> dict[str, Any]:
    stream = StreamStatus(
        name="orders", status="failed", last_run=None, watermark=datetime(2026, 11, 22, 8, tzinfo=UTC), rows=0,
        error="refused", hint="log in", note="60 days only",
    )  # fmt: skip
    account = AccountStatusView(
        name="us-main", connector="amazon", last_sync=datetime(2026, 11, 22, 8, 5, tzinfo=UTC), status="failed",
        error="orders: refused", streams=(stream,),
    )  # fmt: skip
    return to_json(
        View(
            workspace="default",
            as_of=datetime(2026, 11, 22, 20, tzinfo=UTC),
            currency="USD",
            snapshot="snap-7.duckdb",
            gauges=(GAUGE,),
            accounts=(account,),
        )
    )


def test_the_shape_of_status_json() -> None:
    found = document()
    kpi, account = found.pop("kpis")[0], found.pop("accounts")[0]
    assert found == {
        "v": 1, "workspace": "default", "as_of": "2026-11-22T20:00:00Z", "currency": "USD", "snapshot": "snap-7.duckdb",
    }  # fmt: skip
    assert kpi == {
        "id": "acos", "name": "ACoS", "channel": "all",
        "period": {"start": "2026-11-01", "end": "2026-11-30", "through": "2026-11-21"},
        "value": "0.666667", "numerator": "2.00", "denominator": "3.00", "unit": "ratio", "currency": "USD",
        "direction": "down", "target": {"op": "<=", "value": "0.28"}, "weight": "30", "state": "breach", "reason": None,
        "maturity": "provisional", "data_through": "2026-11-21", "sources": ["amazon:us-main"], "previous": "0.5",
        "change": "0", "history": [None, "200"], "projection": None, "group": "other", "expected": None,
        "budget": {"allowed": "280.00", "used": "2.00", "left": "278.00", "burn_rate": "0.5", "days_left": None},
        "interval": {"low": "0.0019", "high": "0.0056", "verdict": "not proven"},
        "definition": {"version": 1, "hash": "sha256:0"},
    }  # fmt: skip
    assert account["last_sync"] == "2026-11-22T08:05:00Z"
    assert account["streams"][0]["watermark"] == "2026-11-22T08:00:00Z"
    assert account["streams"][0]["note"] == "60 days only"


def test_a_state_of_an_earlier_version_has_no_notes() -> None:
    found = document()
    del found["accounts"][0]["streams"][0]["note"]
    assert view_from_json(found).accounts[0].streams[0].note is None


def test_reading_the_state_loads_neither_the_store_nor_the_kpis() -> None:
    code = "import sys, json, kpiterm.analysis.view_json; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(json.loads(answer.stdout))
    unwanted = {"duckdb", "textual", "httpx", "keyring", "tomllib", "zoneinfo", "subprocess", "kpiterm.plugins"}
    assert not loaded & (unwanted | {"kpiterm.analysis.board", "kpiterm.config", "asyncio"})


def test_building_the_board_does_not_import_the_store() -> None:
    code = "import sys, kpiterm.analysis.board; print('duckdb' in sys.modules, 'textual' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.split() == ["False", "False"]

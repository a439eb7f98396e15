from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.board import ask
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.gauges import statement
from kpiterm.analysis.view_json import state_document, to_json, view_from_json
from kpiterm.config import Config
from kpiterm.errors import UsageError

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store


def run(store: Store, account: str, stream: str, status: str, hour: int, **values: object) -> None:
    moment = datetime(2026, 11, 20, hour)  # noqa: DTZ001 - the store keeps naive UTC
    store.add(
        "run", run_id=f"{account}-{stream}-{hour}", account=account, connector="amazon", stream=stream, status=status,
        started_at=moment, finished_at=moment, rows=5, **values,
    )  # fmt: skip


def test_an_empty_store_has_a_board_of_reasons(store: Store) -> None:
    view = store.board()
    assert [g.id for g in view.gauges] == list(load_catalogue())
    assert all(g.state == "no_data" and g.reason and len(g.history) == 13 for g in view.gauges)
    assert (view.workspace, view.as_of, view.snapshot, view.accounts) == ("default", store.as_of, "snap-7.duckdb", ())


def test_the_board_of_a_real_store_survives_its_state(store: Store) -> None:
    store.order(datetime(2026, 11, 3).date(), "10.50")  # noqa: DTZ001
    store.ads(datetime(2026, 11, 3).date(), "1", "3")  # noqa: DTZ001
    run(store, "us-main", "orders", "ok", 8)
    view = store.board(accounts=["us-main"])
    assert view_from_json(state_document(view)) == view
    acos = next(kpi for kpi in to_json(view)["kpis"] if kpi["id"] == "acos")
    assert (acos["value"], acos["numerator"], acos["denominator"]) == ("0.333333", "1.00", "3.00")
    assert Decimal(next(k for k in state_document(view)["kpis"] if k["id"] == "acos")["value"]) == Decimal(1) / 3


def test_the_sql_that_is_shown_gives_the_number_of_the_gauge(store: Store) -> None:
    store.order(datetime(2026, 11, 3).date(), "10.50")  # noqa: DTZ001
    store.order(datetime(2026, 11, 3).date(), "3", channel="amazon.ca")  # noqa: DTZ001
    asked = ask(store, Config(), [], now=store.now, settles={})
    gauge = store.gauge("gmv", channel="amazon.ca")
    for kpi in ("gmv", "gmv_mom"):
        shown = statement(asked, kpi, "amazon.ca")
        rows = [row for row in store.rows(shown.printable()) if row[:2] == (gauge.period.start, gauge.period.through)]
        assert [row[7] for row in rows] == [gauge.value]


def test_a_period_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(UsageError):
        store.board("soon")


@pytest.mark.parametrize(
    ("runs", "status", "error"),
    [
        ([], "never", None),
        ([("orders", "skipped", 8)], "never", None),
        ([("orders", "ok", 8)], "ok", None),
        ([("orders", "ok", 8), ("orders", "failed", 9)], "failed", "orders: refused"),
        ([("orders", "failed", 8), ("orders", "ok", 9)], "ok", None),
        ([("orders", "failed", 8), ("orders", "skipped", 9)], "failed", "orders: refused"),
        ([("orders", "ok", 8), ("stock", "failed", 9)], "partial", "stock: refused"),
    ],
)
def test_an_account_is_as_well_as_the_last_run_of_each_stream(
    store: Store, runs: list[tuple[str, str, int]], status: str, error: str | None
) -> None:
    for stream, outcome, hour in runs:
        run(store, "us-main", stream, outcome, hour, error="refused", hint="log in again")
    (account,) = store.board(accounts=["us-main"]).accounts
    assert (account.status, account.error) == (status, error)


def test_the_last_sync_is_the_last_one_that_brought_something(store: Store) -> None:
    run(store, "us-main", "orders", "ok", 8)
    run(store, "us-main", "orders", "failed", 9, error="refused", hint="log in again")
    store.watermark("us-main", "orders", datetime(2026, 11, 20, 7, tzinfo=UTC))
    (account,) = store.board(accounts=["us-main"]).accounts
    assert account.last_sync == datetime(2026, 11, 20, 8, tzinfo=UTC)
    (stream,) = account.streams
    assert (stream.watermark, stream.hint) == (datetime(2026, 11, 20, 7, tzinfo=UTC), "log in again")


TOLD = ("ok", 8, 400, "60 days only")


@pytest.mark.parametrize(
    ("runs", "note"),
    [
        ([TOLD], "60 days only"),
        ([("ok", 7, 400, None), TOLD], "60 days only"),
        ([TOLD, ("ok", 9, 1, None)], "60 days only"),
        ([TOLD, ("failed", 9, 400, None)], "60 days only"),
        ([TOLD, ("skipped", 9, None, None)], "60 days only"),
        ([TOLD, ("ok", 9, 400, None)], None),
        ([TOLD, ("ok", 9, 399.5, None)], None),
        ([TOLD, ("ok", 9, 400, "other")], "other"),
        ([TOLD, ("ok", 9, 1, "other")], "other"),
        ([("ok", 8, None, "no prices"), ("ok", 9, None, None)], None),
        ([("ok", 8, None, "no prices"), ("failed", 9, None, None)], "no prices"),
    ],
)
def test_a_note_stands_until_a_run_that_reads_as_far_back_does_not_repeat_it(
    store: Store, runs: list[tuple[str, int, float | None, str | None]], note: str | None
) -> None:
    for status, hour, days, said in runs:
        began = datetime(2026, 11, 20, hour, tzinfo=UTC).replace(tzinfo=None)
        read_from = began - timedelta(days=days) if days else None
        run(store, "us-main", "orders", status, hour, note=said, read_from=read_from)
        run(store, "us-main", "stock", "ok", hour)
    (account,) = store.board(accounts=["us-main"]).accounts
    assert [(stream.name, stream.note) for stream in account.streams] == [("orders", note), ("stock", None)]


def test_accounts_that_only_imports_have_filled_are_listed(store: Store) -> None:
    run(store, "amazon-import", "all_orders", "ok", 8)
    found = [(a.name, a.connector, a.status) for a in store.board(accounts=["us-main"]).accounts]
    assert found == [("us-main", "amazon", "never"), ("amazon-import", "amazon", "ok")]

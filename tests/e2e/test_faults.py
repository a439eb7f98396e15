"""Failing vendors cost time and nothing else: the store of all five ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins.facts import TABLES
from kpiterm.sandbox import VENDORS, Sandbox
from kpiterm.store.read import Reader
from tests.e2e.conftest import Done, Home, small_shop

pytestmark = pytest.mark.e2e

DAYS, SYNCS = 20, 10
LINE = {"500": 0.025, "503": 0.025, "reset": 0.02, "truncated": 0.01}
VENDOR = {"storm": 0.02, "expired": 0.03, "duplicate": 0.5, "failed": 0.5}
# A frozen shop in the middle of its day, short pages, and a clock on which the waits between retries pass quickly.
SHOP: dict[str, Any] = {
    "vendors": tuple(VENDORS), "days": DAYS, "skus": 12, "now": datetime(2026, 11, 20, 20, tzinfo=UTC),
    "report_seconds": 5.0, "longest_page": 8, "speed": 20,
}  # fmt: skip


@dataclass(frozen=True)
class Mended:
    """A home that was synced undisturbed, and one that was synced until nothing failed any more."""

    undisturbed: Home
    home: Home
    syncs: list[Done]
    box: Sandbox


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mended]:
    path = tmp_path_factory.mktemp("faults")
    undisturbed, home = home_of(path / "undisturbed"), home_of(path / "disturbed")
    with small_shop(**SHOP) as box:
        undisturbed.connect(box, days=DAYS)
        done = synced(undisturbed, box)
        assert done.code == 0, done.out + done.err
    with small_shop(**SHOP, faults=LINE | VENDOR) as box:
        home.connect(box, days=DAYS)
        syncs = [synced(home, box)]
        while syncs[-1].code and len(syncs) < SYNCS:
            syncs.append(synced(home, box))
        yield Mended(undisturbed, home, syncs, box)


def home_of(path: Path) -> Home:
    path.mkdir()
    return Home(path)


def synced(home: Home, box: Sandbox) -> Done:
    home.environment["KPITERM_CLOCK"] = box.clock.setting
    return home("sync", "--json")


def content(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """All that the syncs brought, but for the traces of when and by which run."""
    traces = dict.fromkeys(TABLES, "run_id, loaded_at, payload")
    traces["stock_level"] += ", taken_at"
    with Reader(home.paths) as reader:
        return {
            table: reader.rows(f"SELECT * EXCLUDE ({columns}) FROM {table} ORDER BY ALL")
            for table, columns in traces.items()
        }


def test_every_kind_of_fault_has_struck(mended: Mended) -> None:
    struck = mended.box.faults.struck
    assert {kind for kind in LINE | VENDOR if not struck[kind]} == set()
    statuses = {status for *_, status in mended.box.requests}
    assert statuses >= {401, 403, 429}, "expired tokens and storms were seen by the client"


def test_streams_fail_until_the_vendors_let_them_through(mended: Mended) -> None:
    assert mended.syncs[-1].code == 0, mended.syncs[-1].out
    failed = [run for done in mended.syncs for run in done.json["runs"] if run["status"] == "failed"]
    assert failed
    assert {run["error"]["kind"] for run in failed} <= {"TransientError", "RateLimited"}
    assert [run["stream"] for run in failed if not (run["error"]["message"] and run["error"]["hint"])] == []


def test_the_store_is_that_of_an_undisturbed_sync(mended: Mended) -> None:
    whole, found = content(mended.undisturbed), content(mended.home)
    assert sum(map(bool, whole.values())) > 10, "most tables hold something"
    assert {table: len(rows) for table, rows in found.items()} == {table: len(rows) for table, rows in whole.items()}
    assert [table for table in TABLES if found[table] != whole[table]] == []

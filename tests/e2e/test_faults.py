"""Failing vendors and expiring tokens cost time and nothing else: the store ends as if nothing had happened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.plugins.facts import TABLES
from kpiterm.sandbox import Sandbox
from kpiterm.store.read import Reader
from tests.e2e.conftest import Done, Home, small_shop

if TYPE_CHECKING:
    from kpiterm.sandbox.wire import Request, Response

pytestmark = pytest.mark.e2e

DAYS, SYNCS = 5, 8
OPTIONS: dict[str, Any] = {
    "throttle": False, "report_seconds": 0.0, "orders_per_day": 12, "skus": 8, "faults": 0.08, "token_seconds": 6,
}  # fmt: skip


class Forgetful(Sandbox):
    """A sandbox whose tokens end long before the moment that it names, so that requests are refused in mid-run."""

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        if b'"expires_in"' not in response.body:
            return response
        return replace(response, body=re.sub(rb'("expires_in": ?"?)\d+', rb"\g<1>3600", response.body))


@dataclass(frozen=True)
class Mended:
    """A home that was synced undisturbed, and one that was synced until nothing failed any more."""

    undisturbed: Home
    home: Home
    syncs: list[Done]
    box: Sandbox


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mended]:
    path, now = tmp_path_factory.mktemp("faults"), datetime.now(UTC).replace(microsecond=0)
    shop: dict[str, Any] = {"vendors": ("amazon", "walmart", "shopify"), "days": DAYS, "now": now}
    undisturbed = home_of(path / "undisturbed")
    with small_shop(**shop, orders_per_day=OPTIONS["orders_per_day"]) as box:
        port = int(box.url.rpartition(":")[2])
        undisturbed.connect(box, days=DAYS)
        done = undisturbed("sync", "--json")
        assert done.code == 0, done.out + done.err
    home = home_of(path / "disturbed")
    hand_on_quotas(undisturbed, home)
    with Forgetful(**OPTIONS, **shop, port=port) as box:
        home.connect(box, days=DAYS)
        syncs = [home("sync", "--json")]
        while syncs[-1].code and len(syncs) < SYNCS:
            syncs.append(home("sync", "--json"))
        yield Mended(undisturbed, home, syncs, box)


def home_of(path: Path) -> Home:
    path.mkdir()
    return Home(path)


def hand_on_quotas(learnt: Home, home: Home) -> None:
    """Quotas without end, which a fault could not tell of: a retry would otherwise wait for a vendor's one a minute."""
    home.paths.limits.mkdir(parents=True)
    for file in learnt.paths.limits.iterdir():
        (home.paths.limits / file.name).write_text(json.dumps(json.loads(file.read_text()) | {"per_second": 1000.0}))


def content(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """All that the syncs brought, but for the traces of when and by which run."""
    traces = dict.fromkeys(TABLES, "run_id, loaded_at, payload")
    traces["stock_level"] += ", taken_at"
    with Reader(home.paths) as reader:
        return {
            table: reader.rows(f"SELECT * EXCLUDE ({columns}) FROM {table} ORDER BY ALL")
            for table, columns in traces.items()
        }


def test_streams_fail_until_the_vendors_let_them_through(mended: Mended) -> None:
    assert mended.syncs[-1].code == 0, mended.syncs[-1].out
    failed = [run for done in mended.syncs for run in done.json["runs"] if run["status"] == "failed"]
    assert failed
    assert {run["error"]["kind"] for run in failed} == {"TransientError"}


def test_tokens_ended_in_mid_run_and_were_renewed(mended: Mended) -> None:
    refused = {host for _, host, _, status in mended.box.requests if status in (401, 403)}
    assert refused


def test_the_store_is_that_of_an_undisturbed_sync(mended: Mended) -> None:
    whole, found = content(mended.undisturbed), content(mended.home)
    assert sum(map(bool, whole.values())) > 8, "most tables hold something"
    assert {table: len(rows) for table, rows in found.items()} == {table: len(rows) for table, rows in whole.items()}
    assert [table for table in TABLES if found[table] != whole[table]] == []

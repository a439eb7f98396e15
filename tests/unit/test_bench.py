"""The benchmarks: all sides read the same rows, and what is printed is what was measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import peers
from bench.admin_api import SHOP, Storefront
from bench.bare import bodies
from bench.ingest import compared
from bench.limit import fetch, read
from bench.measure import Cost, run
from bench.parts import parts
from bench.table import Line, as_json, as_text, costed
from kpiterm.sandbox.wire import Server
from kpiterm_shopify.queries import load, searching

ROOT = Path(__file__).resolve().parents[2]
SEARCH = "updated_at:>='1970-01-01T00:00:00Z' AND updated_at:<'1970-01-01T00:10:00Z'"
ASK = {"host": SHOP, "path": "/admin/api/2026-10/graphql.json"}
ASKED: dict[str, dict[str, object]] = {
    "graphql": {"query": load("orders"), "search": SEARCH, "first": 7},
    "bulk": {"query": searching(load("bulk_orders"), SEARCH), "run": load("bulk_run"), "poll": load("bulk_poll")},
}


@pytest.mark.parametrize(("kind", "title"), [("reports", "Amazon gzip TSV reports"), ("bulk", "Shopify bulk JSONL")])
def test_a_benchmark_loads_the_rows_that_plain_duckdb_reads_from_the_same_shop(kind: str, title: str) -> None:
    command = [sys.executable, "-m", "bench", "--tiny", "--json", "--only", kind]
    env = {**os.environ, "BENCH_PEERS": ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=120)
    ours, theirs, *_ = json.loads(done.stdout)["benchmarks"]
    assert (ours["name"], theirs["name"]) == (title, "  limit")
    assert ours["rows"] == theirs["rows"] > 300
    assert ours["of_limit"] > 0
    assert ours["of_limit_cpu"] > 0


@pytest.fixture
def shopify() -> Iterator[str]:
    """A storefront of 60 orders in ten minutes, one every ten seconds."""
    from threading import Thread

    from kpiterm.sandbox.faults import Faults

    server = Server(0, Storefront(60, 0.0, 600.0).answer, Faults(0, 1), 0)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.close()
    thread.join()


def task(url: str, kind: str) -> dict[str, Any]:
    return {"url": url, "kind": kind, "sign_in": {}, "ask": {**ASK, **ASKED[kind]}}


def test_pages_and_bulk_document_hold_the_same_orders(shopify: str) -> None:
    pages = [json.loads(body)["data"]["orders"] for body in bodies(task(shopify, "graphql"))]
    assert [len(page["nodes"]) for page in pages] == [7] * 8 + [4]
    nested = {
        order["id"]: [line["id"] for line in order["lineItems"]["nodes"]] for page in pages for order in page["nodes"]
    }
    [document] = bodies(task(shopify, "bulk"))
    flat: dict[str, list[str]] = {}
    for line in map(json.loads, document.splitlines()):
        if parent := line.get("__parentId"):
            flat[parent].append(line["id"])
        else:
            flat[line["id"]] = []
    assert flat == nested
    assert len(flat) == 60


@pytest.mark.parametrize("kind", ["graphql", "bulk"])
def test_the_limit_and_the_parts_come_to_the_same_rows(shopify: str, tmp_path: Path, kind: str) -> None:
    size, hashes = fetch(task(shopify, kind), tmp_path)
    assert size == sum(path.stat().st_size for path in tmp_path.glob("*.body"))
    rows, orders = read(kind, tmp_path, hashes)
    assert read(kind, tmp_path, hashes) == (rows, orders), "what is read again replaces what is there"
    whole, *each = parts(tmp_path, task(shopify, kind), "Shopify")
    assert (whole.name, whole.rows, orders) == ("Shopify, parts", rows, 60)
    assert whole.cpu_ms == pytest.approx(sum(line.cpu_ms or 0 for line in each))
    assert {"  split, hash and spool", "  the connector's SELECT *", "  publish a snapshot"} <= {x.name for x in each}


def cost(seconds: float) -> Cost:
    return Cost(wall=seconds, cpu=2 * seconds, tree=300_000_000, largest=200_000_000)


def result(seconds: float, rows: int = 9) -> tuple[Cost, dict[str, Any]]:
    return cost(seconds), {"rows": rows, "orders": 8, "bytes": 2_000_000, "requests": 3, "version": "dlt 1"}


def test_shares_are_medians_over_the_rounds_and_the_start_is_told_apart() -> None:
    pairs = [(result(2), result(1)), (result(4), result(3)), (result(2), result(2))]
    ours, limit, dlt = compared("pages", pairs, [(cost(1), cost(0.5))] * 3, result(30))
    assert (ours.of_limit, ours.of_limit_cpu) == (0.75, 0.75)
    assert (ours.of_limit_net, ours.of_limit_net_cpu) == (1.5, 1.5)  # 2 s less 1 s to start, against 2 s less 0.5 s
    assert (ours.over_dlt, ours.over_dlt_cpu) == (15, 15)
    assert (ours.limit_over_dlt, ours.limit_over_dlt_cpu) == (15, 15)
    assert (ours.rows_per_s, ours.tree_mb) == (4.5, 300)
    assert (limit.name, limit.wall_ms, dlt.name, dlt.wall_ms) == ("  limit", 2000, "  dlt, tuned", 30_000)


@pytest.mark.parametrize(("limit", "peer"), [(8, 9), (9, 8)])
def test_sides_that_differ_in_rows_are_no_comparison(limit: int, peer: int) -> None:
    pairs = [(result(2), result(1, rows=limit))]
    with pytest.raises(RuntimeError, match=r"took 9 rows, .* 8"):
        list(compared("pages", pairs, [(cost(1), cost(1))], result(3, rows=peer)))


def test_next_to_nothing_is_not_compared_without_the_start() -> None:
    ours, _ = compared("pages", [(result(2), result(1))], [(cost(1.9), cost(0.5))], None)
    assert (ours.of_limit_net, ours.over_dlt) == (None, None)


def test_a_peer_is_run_by_the_interpreter_that_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_PEERS", str(tmp_path))
    here = peers.with_dlt()
    assert here in (None, sys.executable)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    assert peers.with_dlt() == str(python)


def test_what_a_command_cost_includes_its_children() -> None:
    child = "import time; x = bytearray(b'x' * 50_000_000); time.sleep(0.3); print(len(x))"
    command = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    spent, out = run([sys.executable, "-c", command])
    assert out == "50000000\n"
    assert spent.tree > spent.largest > 50_000_000


def test_the_table_has_a_column_for_each_number_and_the_json_the_same() -> None:
    lines = [costed("pages", cost(2), 1000, "note", of_limit=0.5, over_dlt=12.34), Line(name="  part", cpu_ms=7)]
    head, first, second = as_text(lines).splitlines()
    assert head.split()[:3] == ["benchmark", "wall", "ms"]
    assert first.split() == ["pages", "2,000", "1,000", "4,000", "300", "200", "500", "50%", "12.3", "note"]
    assert second.split() == ["part", "7"]
    assert as_json(lines)["benchmarks"][1]["cpu_ms"] == 7  # type: ignore[index]

"""The benchmarks run from end to end on a shop of a few hundred orders."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_benchmark_loads_the_rows_that_plain_duckdb_reads_from_the_same_shop() -> None:
    command = [sys.executable, "-m", "bench", "--tiny", "--json", "--only", "reports"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    ours, theirs = json.loads(done.stdout)["benchmarks"]
    assert (ours["name"], theirs["name"]) == ("All-Orders reports", "  limit: All-Orders reports")
    assert ours["rows"] == theirs["rows"] > 300
    assert ours["of_limit"] > 0

"""Other tools that do the same work, each with an interpreter of its own so that none of them is a dependency."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

HOW = (
    "dlt is not here to compare with: `make bench-peers` builds a virtualenv for it from bench/peers.txt; or name one "
    "in BENCH_PEERS that has it (pip install 'dlt[duckdb]' pyarrow httpx)"
)


def with_dlt() -> str | None:
    """The interpreter that has dlt: that of the virtualenv in BENCH_PEERS, or this one; None where there is none."""
    if named := os.environ.get("BENCH_PEERS"):
        interpreter = Path(named, "bin", "python").absolute()
        if interpreter.exists():
            return str(interpreter)
    return sys.executable if importlib.util.find_spec("dlt") else None


def screen(name: str) -> list[str] | None:
    """The command of a terminal program: from its virtualenv beside that in BENCH_PEERS, or as it is installed."""
    named = os.environ.get("BENCH_PEERS")
    own = Path(named, name, "bin", name).absolute() if named else None
    found = str(own) if own and own.exists() else shutil.which(name)
    return [found] if found else None

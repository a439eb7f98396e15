"""One look at the board. As a command, `python -m bench.board_look HOME KPIS`: cold, in a process of its own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.board_kpis import first_kpis
from kpiterm.analysis.board import build_view
from kpiterm.analysis.kpi.catalogue import Catalogue, load_catalogue
from kpiterm.config import Account, Config
from kpiterm.paths import Paths
from kpiterm.store.read import Reader

ZONE = "America/Los_Angeles"
_ACCOUNTS = [Account(name=f"shop-{n}", connector="amazon") for n in range(5)]


def look(reader: Reader, catalogue: Catalogue) -> int:
    """The number of the board's gauges."""
    view = build_view(
        reader,
        Config(timezone=ZONE),
        _ACCOUNTS,
        now=datetime.now(UTC),
        workspace="bench",
        settles={},
        catalogue=catalogue,
    )
    return len(view.gauges)


def opened(paths: Paths, catalogue: Catalogue) -> int:
    """Open the snapshot and look, as the screen does with each snapshot that is published."""
    with Reader(paths, zone=ZONE) as reader:
        return look(reader, catalogue)


if __name__ == "__main__":
    print(opened(Paths(Path(sys.argv[1])), first_kpis(load_catalogue(), int(sys.argv[2]))))

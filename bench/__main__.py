"""`python -m bench`: all benchmarks, as one table or (with --json) one JSON object. Loopback only."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import peers
from bench.board import board
from bench.causes import causes
from bench.forecast import forecasts
from bench.ingest import first_load, in_parts, of_days, read_again
from bench.looking import looking
from bench.server import serving
from bench.table import Line, as_json, as_text
from bench.tui import screens
from bench.workloads import WORKLOADS
from bench.workspace import workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much to load and how often. `days` is what a first sync reads; `short_days` are for the parts, for reading
    again, and to see what memory grows from."""

    orders_per_day: int = 1000
    days: int = 400
    short_days: int = 100
    stored: int = 1_000_000
    rounds: int = 3
    looks: int = 15
    board_rows: int = 1_000_000
    forecast: tuple[int, int, int] = (20_000, 200_000, 1000)
    screen: tuple[int, int, int] = (100_000, 40_000, 60)


KINDS = tuple(w.kind for w in WORKLOADS)
PARTS = (*KINDS, "parts", "memory", "again", "looking", "board", "forecast", "tui")
FULL = Size()
QUICK = Size(
    days=40,
    short_days=10,
    stored=100_000,
    rounds=1,
    looks=3,
    board_rows=100_000,
    forecast=(2000, 20_000, 500),
    screen=(10_000, 40_000, 20),
)
TINY = Size(
    orders_per_day=50,
    days=12,
    short_days=10,
    stored=1000,
    rounds=1,
    looks=1,
    board_rows=1000,
    forecast=(40, 60, 40),
    screen=(1000, 400, 10),
)


def benchmarks(size: Size, home: Path, only: str | None) -> Iterator[Line]:
    """Every line, as soon as it is known."""
    if only not in ("looking", "board", "forecast", "tui"):
        yield from _ingest(size, home / "ingest", only)
    if only in (None, "looking"):
        _say(f"board, status and snapshots over {size.stored:,} order lines")
        yield from looking(home / "looking", size.stored, size.looks)
        yield from causes(home / "causes", size.stored, min(size.looks, 5))
    if only in (None, "board"):
        _say(f"KPIs by channel and month over {size.board_rows:,} order lines")
        yield from board(home / "board", size.board_rows, min(size.looks, 5))
    if only in (None, "forecast"):
        _say("forecasts of {:,} and {:,} series, and how those of {:,} fit".format(*size.forecast))
        yield from forecasts(home / "forecast", *size.forecast)
    if only in (None, "tui"):
        _say("the screen over {:,} order lines and {:,} SKUs, while a sync reads {} days".format(*size.screen))
        yield from screens(home / "tui", *size.screen, rounds=size.rounds)


def _ingest(size: Size, home: Path, only: str | None) -> Iterator[Line]:
    _say("starting the shop")
    with serving(size.days + 2, size.orders_per_day) as shop:
        place = workspace(home, shop)
        for work in WORKLOADS:
            if only in (None, work.kind):
                _say(f"{work.kind}: {size.rounds} rounds after a warm-up, side by side with the limit, then dlt")
                yield from first_load(work, shop, place, size.days, size.rounds)
        if only in (None, "parts"):
            for work in WORKLOADS:
                _say(f"{work.kind}: each part by itself")
                yield from in_parts(work, shop, place, size.short_days)
        if only in (None, "memory"):
            for work in WORKLOADS:
                _say(f"{work.kind}: memory")
                yield from (of_days(work, shop, place, days) for days in (size.short_days, size.days))
        if only in (None, "again"):
            _say("the same pages again")
            yield from read_again(shop, place, size.short_days)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--only", choices=PARTS, help="a part of the benchmarks")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="a tenth of the work, under a minute")
    how.add_argument("--tiny", action="store_true", help="500 orders: whether the benchmarks work at all")
    how.add_argument("--large", action="store_true", help="ten million stored order lines instead of one")
    return parser.parse_args()


def _size(args: argparse.Namespace) -> Size:
    if args.large:
        return Size(stored=10_000_000, board_rows=10_000_000)
    return QUICK if args.quick else TINY if args.tiny else FULL


def main() -> None:
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix="kpiterm-bench-") as home:
        if args.only in (None, *KINDS) and peers.with_dlt() is None:
            _say(peers.HOW)
        lines = list(benchmarks(_size(args), Path(home), args.only))
    print(json.dumps(as_json(lines)) if args.json else as_text(lines))


if __name__ == "__main__":
    main()

"""What people wait for: the board over a year of orders, the status line, and the publishing of a snapshot."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.filled import add_lines, fill
from bench.measure import run, seconds
from bench.table import Line
from bench.workspace import Workspace, workspace
from kpiterm.analysis.board import build_view
from kpiterm.cli.board import catalogue, current, refresh_state
from kpiterm.cli.session import Session
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader

_DELTA = 10_000  # rows that a sync adds before it publishes


def looking(home: Path, rows: int, rounds: int) -> Iterator[Line]:
    """Board, status and snapshot over a store of so many order lines."""
    place = workspace(home)
    fill(place.paths, rows)
    session = Session(paths=place.paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)
    refresh_state(session)
    yield Line(name="board, snapshot open", wall_ms=1000 * _build(session, rounds), rows=rows)
    yield Line(name="board, from nothing", wall_ms=1000 * seconds(lambda: session.view(None), rounds), rows=rows)
    yield Line(name="board, from state.json", wall_ms=1000 * seconds(lambda: current(session, None), rounds))
    for name, arguments in (("kpiterm --version", ["--version"]), ("kpiterm status", ["status"])):
        yield _command(name, place, arguments, rounds)
    yield from publishing(place, rows, min(rounds, 5))


def _build(session: Session, rounds: int) -> float:
    config, accounts, definitions = session.config(), session.accounts(), catalogue(session)
    with session.reader() as reader:

        def build() -> object:
            return build_view(
                reader,
                config,
                accounts,
                now=session.now(),
                workspace=session.paths.workspace,
                settles={"amazon.orders": timedelta(days=30)},
                catalogue=definitions,
            )

        return seconds(build, rounds)


def _command(name: str, place: Workspace, arguments: Sequence[str], rounds: int) -> Line:
    costs = [run(place.command(*arguments), env=place.env)[0] for _ in range(rounds)]
    return Line(
        name=name,
        wall_ms=1000 * median(c.wall for c in costs),
        cpu_ms=1000 * median(c.cpu for c in costs),
        tree_mb=max(c.tree for c in costs) / 1e6,
    )


def publishing(place: Workspace, rows: int, rounds: int) -> Iterator[Line]:
    """Checkpoint, copy and rename after a few more rows, and a reader's way to its first answer."""
    taken = []
    with Writer(place.paths) as writer:
        for number in range(rounds):
            first = rows + number * _DELTA
            add_lines(writer, first, first + _DELTA, rows)
            began = time.perf_counter()
            snapshot = writer.publish()
            taken.append(time.perf_counter() - began)
    assert snapshot
    size = f"{snapshot.stat().st_size / 1e6:,.0f} MB"
    yield Line(name="publish a snapshot", wall_ms=1000 * median(taken), rows=rows, note=size)
    yield Line(name="open it, first query", wall_ms=1000 * seconds(lambda: _first_query(place), rounds), rows=rows)


def _first_query(place: Workspace) -> object:
    with Reader(place.paths) as reader:
        return reader.rows("SELECT count(*) FROM order_line WHERE business_day >= current_date - 30")

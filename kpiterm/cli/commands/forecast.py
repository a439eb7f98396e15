"""`kpiterm forecast`: the demand engine on a plain file of daily sales; needs no workspace and no store."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.cli import output
from kpiterm.cli.ahead import ahead
from kpiterm.cli.session import Session
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.demand.panel import Forecast
    from kpiterm.analysis.pacing.arrays import Floats, Ints
    from kpiterm.cli.series_in import Series
    from kpiterm.cli.series_out import CsvFile

LONGEST = 730
CHUNK = 2048  # series at a time: what memory is made of
NUMBER = "DECIMAL(18, 4)"  # units; also what CSV is written from fastest


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked for; `horizons` in order, the longest last."""

    train: Path
    out: Path
    sums_out: Path | None
    horizons: tuple[int, ...]
    full: bool
    seed: int


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", metavar="F", required=True, help="CSV (.gz): unique_id,ds,y[,price,in_stock], daily")
    parser.add_argument("--horizon", metavar="N", type=int, required=True, help=f"days to forecast, 1 to {LONGEST}")
    parser.add_argument("--out", metavar="F", required=True, help="CSV (.gz): unique_id,ds,mean,q50,q90,q95,q99")
    parser.add_argument("--sums", metavar="H,H", default="", help="days whose sums are forecast too, e.g. 28,56,84")
    parser.add_argument("--sums-out", metavar="F", help="CSV (.gz): unique_id,h,mean,q50,q90,q95,q99")
    parser.add_argument("--mode", choices=("fast", "full"), default="fast", help="full needs LightGBM")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="the same seed gives the same figures")


def run(args: argparse.Namespace, session: Session) -> int:
    task = _task(args)
    # The matrices are small: threads would only wait for one another, and add up in another order on another machine.
    for library in ("OPENBLAS", "OMP"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    from kpiterm.analysis.inventory.demand import require_full
    from kpiterm.cli.series_in import opened

    if task.full:
        require_full()
    with opened(task.train) as series:
        days, sums = _write(series, task)
        answer = _answer(series, task, days, sums)
    if session.json:
        output.answer(answer)
    elif not session.quiet:
        output.note(f"{len(series.last_day):,} series, {task.horizons[-1]} days each: {task.out}")
    return OK


def _task(args: argparse.Namespace) -> Task:
    horizon, sums = args.horizon, _days(args.sums)
    if not 1 <= horizon <= LONGEST:
        raise UsageError(f"--horizon {horizon} is not within 1 to {LONGEST} days")
    if any(not 1 <= days <= horizon for days in sums):
        raise UsageError(f"--sums {args.sums}: each must be within the horizon, 1 to {horizon} days")
    if sums and not args.sums_out:
        raise UsageError("--sums says which sums, --sums-out where to write them: give both")
    train, out = Path(args.train), Path(args.out)
    sums_out = Path(args.sums_out) if args.sums_out else None
    files = [path.resolve() for path in (train, out, sums_out) if path]
    if len(set(files)) < len(files):
        raise UsageError("--train, --out and --sums-out must be different files")
    for path in files[1:]:
        if not path.parent.is_dir():
            raise UsageError(f"{path.parent}: no such directory", hint=f"mkdir -p {path.parent}")
    return Task(train, out, sums_out, tuple(sorted({*sums, horizon})), args.mode == "full", args.seed)


def _days(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise UsageError(f"--sums {text!r} is no list of days", hint="write --sums 28,56,84") from None


def _write(series: Series, task: Task) -> tuple[int, int]:
    """Write both files, or neither; how many rows they have."""
    from kpiterm.cli.series_out import gathered

    with ExitStack() as stack:
        out = stack.enter_context(gathered(task.out, series.database))
        sums_out = stack.enter_context(gathered(task.sums_out, series.database)) if task.sums_out else None
        for rows, found in _forecasts(series, task):
            _append_days(out, series.last_day[rows], rows, found)
            if sums_out:
                _append_sums(sums_out, rows, found)
        out.publish()
        if sums_out:
            sums_out.publish()
        return out.rows, sums_out.rows if sums_out else 0


def _forecasts(series: Series, task: Task) -> Iterator[tuple[Ints, Forecast]]:
    import numpy as np

    from kpiterm.analysis.inventory.demand import forecast, lessons, pools, sample

    pool = pools(series.last_day)
    taught = lessons(series.panel(sample(pool, task.seed), pool), task.horizons, full=task.full, seed=task.seed)

    def chunk(start: int) -> tuple[Ints, Forecast]:
        rows = np.arange(start, min(start + CHUNK, len(pool)))
        return rows, forecast(series.panel(rows, pool), taught, task.horizons)

    return ahead(chunk, range(0, len(pool), CHUNK))


def _append_days(out: CsvFile, last_day: Ints, rows: Ints, found: Forecast) -> None:
    import numpy as np

    length = found.mean.shape[1]
    days = last_day[:, None] + 1 + np.arange(length)
    columns = _columns(found.mean, found.quantiles)
    out.append(
        {"number": np.repeat(rows, length), "day": days.ravel(), **columns},
        f"SELECT {_names(rows)}, DATE '1970-01-01' + day::INTEGER AS ds, {_numbers(columns)} FROM cells",
    )


def _append_sums(out: CsvFile, rows: Ints, found: Forecast) -> None:
    import numpy as np

    columns = _columns(found.sum_mean, found.sum_quantiles)
    out.append(
        {"number": np.repeat(rows, len(found.horizons)), "h": np.tile(found.horizons, len(rows)), **columns},
        f"SELECT {_names(rows)}, h, {_numbers(columns)} FROM cells",
    )


def _names(rows: Ints) -> str:
    """The name of each cell's series; from a list, as a join would have to be sorted."""
    named = f"SELECT list(unique_id ORDER BY number) FROM series WHERE number BETWEEN {rows[0]} AND {rows[-1]}"
    return f"({named})[number - {rows[0] - 1}] AS unique_id"


def _numbers(columns: Iterable[str]) -> str:
    return ", ".join(f"{name}::{NUMBER} AS {name}" for name in columns)


def _columns(mean: Floats, quantiles: Floats) -> dict[str, Any]:
    from kpiterm.analysis.inventory.demand.panel import QUANTILES

    named = {f"q{round(100 * share)}": quantiles[..., place] for place, share in enumerate(QUANTILES)}
    return {name: values.ravel() for name, values in {"mean": mean, **named}.items()}


def _answer(series: Series, task: Task, days: int, sums: int) -> dict[str, object]:
    return {
        "series": len(series.last_day),
        "horizon": task.horizons[-1],
        "sums": list(task.horizons),
        "mode": "full" if task.full else "fast",
        "seed": task.seed,
        "files": [
            {"path": str(task.out), "rows": days},
            *([{"path": str(task.sums_out), "rows": sums}] if task.sums_out else []),
        ],
    }

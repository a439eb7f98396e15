"""`python -m bench.pacing`: how well projections of back-dated months fit what came, and what a board of them costs.

`--data DIR` adds real daily series; `--json` prints one object; `--rounds` sets how many shops are invented.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.daily import Case, Floats, first_weeks, real, simulated
from bench.measure import seconds
from kpiterm.analysis.pacing import remaining, summary
from kpiterm.analysis.view import Target

CHANNELS, KPIS, SERIES, DAYS = 6, 45, 30, 760
QUANTILES = (0.1, 0.5, 0.9)
KNOWN = (
    (396, "13 months known, or more"),
    (60, "2 to 13 months known"),
    (14, "2 to 4 weeks known"),
    (0, "5 to 13 days known"),
)
EDGES = np.linspace(0, 1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One projection beside what came; losses are shares of what is usual for the measure."""

    kind: str
    measure: str
    elapsed: int
    days: int
    covered: bool
    width: float
    loss: tuple[float, float, float]  # pinball: ours, run-rate, seasonal naive
    error: tuple[float, float, float]  # of the median, and of the same two
    p_hit: float
    hit: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A group of projections: the share that the 80 % interval covered, its width, and mean losses and errors."""

    group: str
    projections: int
    covered: float
    width: float
    pinball: float
    pinball_run_rate: float
    pinball_naive: float
    error: float
    error_run_rate: float
    error_naive: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Projections that said about the same probability: its mean, and how often the target was met."""

    projections: int
    p_hit: float
    hit: float


def scores(cases: Iterator[Case]) -> Iterator[Score]:
    """Each measure of each case, judged with the days up to its `through` only."""
    for seed, case in enumerate(cases):
        known = (case.through - case.first_day).days + 1
        past, came = case.days[:known], case.days[known:]
        paths = remaining(past, case.first_day, case.through, case.end, seed=seed)
        assert paths is not None
        done = past[known - case.through.day :].sum(axis=0)
        rate = done * (case.end.day / case.through.day)
        naive = done + _seasonal_naive(past, len(came))
        usual = past[-90:].mean(axis=0) * case.end.day
        luck = np.random.default_rng(seed)
        rows = np.vstack([done + came.sum(axis=0), rate, naive, usual])
        for column in range(case.days.shape[1]):
            yield from _score(case, f"sum {column}", done[column] + paths[:, column], rows[:, column], luck)
        for above, below in case.ratios:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = (done + paths)[:, above] / (done + paths)[:, below]
                yield from _score(case, "ratio", values, rows[:, above] / rows[:, below], luck)


def _score(case: Case, measure: str, values: Floats, facts: Floats, luck: np.random.Generator) -> Iterator[Score]:
    actual, rate, naive, usual = map(float, facts)
    if not np.isfinite(facts).all() or usual <= 0:
        return
    # A target is agreed by what has been usual, whatever comes.
    target = Target(">=", Decimal(usual * luck.uniform(0.75, 1.3)))
    found = summary(values, target)
    if found is None or found.p_hit is None:
        return
    low, middle, high = float(found.low), float(found.value), float(found.high)
    points = ((low, middle, high), (rate,) * 3, (naive,) * 3)
    loss = [sum(_pinball(x, actual, q) for x, q in zip(three, QUANTILES, strict=True)) / 3 / usual for three in points]
    yield Score(
        kind=case.kind,
        measure=measure,
        elapsed=case.through.day,
        days=(case.through - case.first_day).days + 1,
        covered=low <= actual <= high,
        width=(high - low) / usual,
        loss=(loss[0], loss[1], loss[2]),
        error=(abs(middle - actual) / usual, abs(rate - actual) / usual, abs(naive - actual) / usual),
        p_hit=float(found.p_hit),
        hit=target.met_by(Decimal(actual)),
    )


def _pinball(forecast: float, actual: float, quantile: float) -> float:
    return max(quantile * (actual - forecast), (quantile - 1) * (actual - forecast))


def _seasonal_naive(past: Floats, ahead: int) -> Floats:
    """The same stretch of last year, times this year's growth; without a year, the same weekdays four weeks ago."""
    four, year = 28, 364
    if len(past) >= year + four:
        then, now = past[-year - four : -year].sum(axis=0), past[-four:].sum(axis=0)
        grown = np.divide(now, then, out=np.ones_like(now), where=then > 0)
        return np.asarray(past[len(past) - year :][:ahead].sum(axis=0) * grown)
    return np.asarray(np.resize(past[-four:], (ahead, past.shape[1])).sum(axis=0))


def board_ms(rounds: int) -> float:
    """Milliseconds for the projections of a whole board: every channel simulated once, every KPI summed up."""
    generator = np.random.default_rng(1)
    through, end = date(2026, 11, 10), date(2026, 11, 30)
    first_day = through - timedelta(days=DAYS - 1)
    history = generator.poisson(50, (CHANNELS, DAYS, SERIES)).astype(float)
    target = Target(">=", Decimal(1))

    def board() -> None:
        for channel in history:
            paths = remaining(channel, first_day, through, end, seed=1)
            assert paths is not None
            for kpi in range(KPIS):
                summary(paths[:, kpi % SERIES] / paths[:, (kpi + 1) % SERIES], target)

    board()
    return 1000 * seconds(board, rounds)


def grouped(found: Sequence[Score]) -> list[Line]:
    """One line for everything, then by days elapsed, length of history, measure and kind."""
    keys: tuple[Callable[[Score], str], ...] = (
        lambda s: f"{s.elapsed} days elapsed",
        lambda s: next(name for days, name in KNOWN if s.days >= days),
        lambda s: "ratios" if s.measure == "ratio" else "sums",
        lambda s: s.kind,
    )
    groups = {"all": list(found)}
    for key in keys:
        for score in found:
            groups.setdefault(key(score), []).append(score)
    return [_line(name, group) for name, group in groups.items()]


def _line(name: str, group: Sequence[Score]) -> Line:
    loss, error = (np.mean(rows, axis=0).tolist() for rows in ([s.loss for s in group], [s.error for s in group]))
    covered, width = (float(np.mean(values)) for values in ([s.covered for s in group], [s.width for s in group]))
    return Line(name, len(group), covered, width, *loss, *error)


def bins(found: Sequence[Score]) -> list[Bin]:
    """How often targets were met, by what `p_hit` said."""
    said, met = np.array([s.p_hit for s in found]), np.array([s.hit for s in found])
    place = np.clip(np.digitize(said, EDGES) - 1, 0, len(EDGES) - 2)
    return [Bin(int(here.sum()), float(said[here].mean()), float(met[here].mean())) for here in _each(place)]


def _each(place: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
    return (place == number for number in np.unique(place))


def as_text(title: str, lines: Sequence[Line], said: Sequence[Bin]) -> str:
    """A table of the groups, then the bins. Pinball loss and error stand beside those of run-rate and naive."""
    titles = ("n", "covered", "width", "pinball", "run-rate", "naive", "error", "run-rate", "naive")
    rows = [f"{title:28}" + "".join(f"{name:>10}" for name in titles)]
    for name, count, *shares in map(astuple, lines):
        rows.append(f"{name:28}{count:>10,}" + "".join(f"{share:>10.4f}" for share in shares))
    return "\n".join(rows + [f"  said {b.p_hit:.2f}, met {b.hit:.2f} ({b.projections:,})" for b in said])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pacing", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--rounds", type=int, default=10, help="invented shops of each of 84 sorts (default 10)")
    parser.add_argument("--data", type=Path, help="a folder with real daily series")
    args = parser.parse_args()
    parts = {"invented shops": simulated(args.rounds), "their first weeks": first_weeks(args.rounds)}
    parts |= {"real series": real(args.data)} if args.data else {}
    judged = {name: found for name, cases in parts.items() if (found := list(scores(cases)))}
    cost = board_ms(5)
    if args.json:
        tables = {name: {"groups": grouped(part), "bins": bins(part)} for name, part in judged.items()}
        print(json.dumps({"v": 1, "parts": tables, "board_ms": cost}, default=asdict))
        return
    for name, part in judged.items():
        print(as_text(name, grouped(part), bins(part)), end="\n\n")
    print(f"{KPIS} KPIs of {CHANNELS} channels from {SERIES} series of {DAYS} days each: {cost:.0f} ms")


if __name__ == "__main__":
    main()

"""What forecasts of a catalogue cost, and how well they fit what came, beside AutoETS, SBA and velocity rules.

Catalogues are invented: levels that drift, weekdays, busy and quiet days, and stock-outs that hide what was asked for.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from bench.board_peers import interpreter
from bench.measure import run
from bench.table import Line, costed

Floats = NDArray[np.float64]

MILLION = 1_000_000
_ROOT = Path(__file__).resolve().parents[1]
_AHEAD = 84
_SHARES = np.array([0.5, 0.9, 0.95, 0.99])
_HOW = "not here: install statsforecast and pandas in a virtualenv and name it in BENCH_PEERS"
_NORMAL = np.array([0.0, 1.2816, 1.6449, 2.3263])
_DAYS, _FIRST = 730, "2024-11-23"
_INVENTED = 2000  # series of a catalogue, at most


def forecasts(home: Path, many: int, more: int, judged: int) -> Iterator[Line]:
    """Costs of `many` series in both modes and of `more` in mode fast; then how `judged` series fit, beside others."""
    home.mkdir(parents=True)
    for mode in ("fast", "full"):
        yield _cost(home, many, mode)
    large = _cost(home, more, "fast")
    yield large
    if large.cpu_ms and large.wall_ms:
        share = MILLION / more
        note = f"extrapolated from {more:,}; {large.largest_mb or 0:,.0f} MB were enough for those"
        yield Line(name=f"  {MILLION:,} series", wall_ms=share * large.wall_ms, cpu_ms=share * large.cpu_ms, note=note)
    yield from _fits(home, judged)


def _cost(home: Path, series: int, mode: str) -> Line:
    train = home / f"train-{series}.csv"
    if not train.exists():
        _catalogue(train, series)
    cost, _ = run(_command(home, train, mode))
    return costed(f"forecast {series:,} series x {_DAYS} days, {mode}", cost, series * _DAYS, "the whole command")


def _command(home: Path, train: Path, mode: str) -> list[str]:
    files = ["--out", str(home / "days.csv"), "--sums-out", str(home / "sums.csv")]
    asked = ["--horizon", str(_AHEAD), "--sums", "28,56,84", "--mode", mode]
    return [sys.executable, "-m", "kpiterm", "forecast", "--train", str(train), *asked, *files, "--quiet"]


def _catalogue(path: Path, series: int) -> None:
    """A file of any size; its series repeat after some thousand, under other names."""
    some, chance = math.gcd(series, _INVENTED), "(hash(s, d, {}) % 10000) / 10000.0"
    sql = (
        f"COPY (SELECT 'SKU0000-' || lpad(s::VARCHAR, 4, '0') AS unique_id, DATE '{_FIRST}' + d::INTEGER AS ds, "
        f"CASE WHEN {chance.format(1)} < (0.03 + 0.9 * (s % 97) / 97) * (0.8 + 0.4 * ((d + 4) % 7) / 6) "
        f"THEN 1 + (hash(s, d, 2) % (1 + s % 13))::INTEGER ELSE 0 END AS y, round(5 + (s % 300) / 7.0, 2) AS price, "
        f"CASE WHEN (s * 7 + d // 11) % 41 = 0 THEN 0 ELSE 1 END AS in_stock "
        f"FROM (SELECT range // {_DAYS} AS s, range % {_DAYS} AS d FROM range({some * _DAYS}))) TO '{path}' (HEADER)"
    )
    with duckdb.connect() as own:  # whoever shares one may have left a result unread
        own.execute(sql)
    header, rows = path.read_bytes().split(b"\n", 1)
    with path.open("wb") as file:
        file.write(header + b"\n")
        for copy in range(series // some):
            file.write(rows.replace(b"SKU0000", b"SKU%04d" % copy))


def _fits(home: Path, series: int) -> Iterator[Line]:
    units, stock, came = _world(series)
    train = home / "judged.csv"
    _write(train, units, stock)
    for mode in ("fast", "full"):
        cost, _ = run(_command(home, train, mode))
        yield costed(f"  fit of {series:,} series, {mode}", cost, note=_told(came, *_read(home / "sums.csv")))
    width = units[:, -90:].std(axis=1) * np.sqrt(_AHEAD)
    for name, rate in _rules(units, stock).items():
        quantiles = np.maximum(rate[:, None] * _AHEAD + _NORMAL * width[:, None], 0)
        yield Line(name=f"  velocity {name}", note=_told(came, rate * _AHEAD, quantiles))
    yield from _by_statsforecast(home, train, came)


def _world(series: int) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Units of 456 days, whether each was in stock, and the units of the days after."""
    random = np.random.default_rng(11)
    days = 456 + _AHEAD
    level = np.exp(random.normal(0, 1.1, (series, 1)) + np.cumsum(random.normal(0, 0.015, (series, days)), axis=1))
    week = np.array([0.8, 0.8, 0.9, 0.9, 1.0, 1.4, 1.2])[np.arange(days) % 7]
    units = random.poisson(level * week * random.gamma(1.5, 1 / 1.5, (series, days))).astype(np.float64)
    stock = np.ones((series, 456), dtype=np.bool_)
    for row in range(0, series, 4):
        start = int(random.integers(380, 440))
        stock[row, start : start + 20] = False
    return np.where(stock, units[:, :456], 0), stock, np.asarray(units[:, 456:].sum(axis=1), dtype=np.float64)


def _write(path: Path, units: Floats, stock: NDArray[np.bool_]) -> None:
    series, days = units.shape
    cells = {"s": np.repeat(np.arange(series), days), "d": np.tile(np.arange(days), series)}
    cells |= {"y": units.ravel().astype(np.int64), "in_stock": stock.ravel().astype(np.int64)}
    with duckdb.connect() as database:
        database.register("cells", cells)
        database.execute(
            f"COPY (SELECT 'S' || lpad(s::VARCHAR, 6, '0') AS unique_id, DATE '{_FIRST}' + d::INTEGER AS ds, "
            f"y, in_stock FROM cells ORDER BY s, d) TO '{path}' (HEADER)"
        )


def _read(sums: Path) -> tuple[Floats, Floats]:
    found = duckdb.connect().sql(f"SELECT mean, q50, q90, q95, q99 FROM '{sums}' WHERE h = {_AHEAD} ORDER BY unique_id")
    columns = found.fetchnumpy()
    return columns["mean"], np.stack([columns[name] for name in ("q50", "q90", "q95", "q99")], axis=1)


def _rules(units: Floats, stock: NDArray[np.bool_]) -> dict[str, Floats]:
    """Units a day by the rules of the trade."""
    last = {days: units[:, -days:].mean(axis=1) for days in (3, 7, 30)}
    shown = np.array([row[kept][-30:].mean() for row, kept in zip(units, stock, strict=True)])
    return {
        "3/7/30 (.4/.4/.2)": 0.4 * last[3] + 0.4 * last[7] + 0.2 * last[30],
        "30 days": last[30],
        "30 days in stock": shown,
    }


def _by_statsforecast(home: Path, train: Path, came: Floats) -> Iterator[Line]:
    if (python := interpreter("statsforecast")) is None:
        yield Line(name="  AutoETS and SBA", note=_HOW)
        return
    for model in ("AutoETS", "CrostonSBA"):
        out, started = home / f"{model}.csv", time.monotonic()
        subprocess.run([python, "-m", "bench.statsforecast_peer", model, str(train), str(out)], cwd=_ROOT, check=True)
        wall = 1000 * (time.monotonic() - started)
        yield Line(name=f"  {model}", wall_ms=wall, note=_told(came, *_read(out)))


def _told(came: Floats, mean: Floats, quantiles: Floats) -> str:
    """Error of the sum, pinball loss over its median, and coverage."""
    off = came[:, None] - quantiles
    loss = np.maximum(off * _SHARES, -off * (1 - _SHARES)).mean() / came.mean()
    error, bias = np.abs(came - mean).sum() / came.sum(), mean.sum() / came.sum() - 1
    covered = [f"{(came <= quantiles[:, place]).mean():.1%}" for place in (2, 3)]
    return f"{_AHEAD}-day sums: WAPE {error:.3f}, bias {bias:+.1%}, pinball {loss:.4f}, cover 95/99 {'/'.join(covered)}"

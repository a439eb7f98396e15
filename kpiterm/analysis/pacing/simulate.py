"""The sums of the days to come, simulated: level × week × event × scatter, with the level itself uncertain."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats, Ints, ratio
from kpiterm.analysis.pacing.learn import learn
from kpiterm.analysis.pacing.level import AGE, WINDOW, Fit, capped, fit, on_days
from kpiterm.analysis.pacing.noise import blocks, mixing, residuals
from kpiterm.analysis.pacing.silence import played_on, without_silence

_FEWEST = 5  # days of history
_MONTHS = 25  # this one and two years
_BEFORE = 28  # days that a past month's projection needs before it
_SCATTER_DAYS = 365  # over which days' scatter is collected
_WANDERING = 0.006  # variance of the level's logarithm that a month adds
_WEEK, _SCATTER = 7, 0.7  # a relative variance of a day, worth a week of days that are known
_WORST = 4.0  # an error of a past month counts up to this factor


@dataclass(frozen=True, slots=True)
class Past:
    """Series as rows [series, days], events taken out; `weekday` and `event` go on into the days `ahead`."""

    days: Floats
    weekday: Ints
    event: Floats
    ahead: int


def simulated(
    history: Floats, first_day: date, through: date, end: date, *, seed: int, paths: int, events: Mapping[date, float]
) -> Floats | None:
    """See `kpiterm.analysis.pacing.remaining`."""
    seen = _rows(history, first_day, through)
    ahead = (end - through).days
    if ahead <= 0:
        return np.zeros((paths, len(seen)))
    known = np.isfinite(seen).sum(axis=1)
    if known.max(initial=0) < _FEWEST:
        return None
    generator = np.random.default_rng(seed)
    days, stopped = without_silence(seen)
    past = _past(days, first_day, ahead, events)
    sums = _sums(past, _moments(first_day, end, ahead), paths, generator)
    sums = played_on(sums, stopped, ahead, generator)
    return np.where(known >= _FEWEST, sums, np.nan)


def _rows(history: Floats, first_day: date, through: date) -> Floats:
    rows = np.asarray(history, dtype=np.float64)
    expected = (through - first_day).days + 1
    if rows.ndim != 2 or len(rows) != expected:
        raise ValueError(f"history has shape {rows.shape}: {first_day} to {through} takes {expected} rows of series")
    return np.where(np.isfinite(rows), rows, np.nan).T


def _past(days: Floats, first_day: date, ahead: int, events: Mapping[date, float]) -> Past:
    count = days.shape[1]
    event = np.ones(count + ahead)
    for day, factor in events.items():
        if 0 <= (index := (day - first_day).days) < len(event):
            event[index] = factor
    weekday = (first_day.weekday() + np.arange(count + ahead)) % 7
    taken_out = np.divide(days, event[:count], out=np.full(days.shape, np.nan), where=event[:count] > 0)
    return Past(taken_out, weekday, event, ahead)


def _moments(first_day: date, end: date, ahead: int) -> Ints:
    """How many days were known as many days before the end of this period, of the month before it, and so on."""
    whole = end.day == monthrange(end.year, end.month)[1]
    found = []
    for back in range(_MONTHS):
        year, month = divmod(end.year * 12 + end.month - 1 - back, 12)
        last = monthrange(year, month + 1)[1]
        close = date(year, month + 1, last if whole else min(end.day, last))
        found.append((close - first_day - timedelta(days=ahead - 1)).days)
    return np.array([found[0], *(known for known in found[1:] if known >= _BEFORE)])


def _sums(past: Past, moments: Ints, paths: int, generator: np.random.Generator) -> Floats:
    fitted = _fit(past, moments)
    coming = moments[:, None] + np.arange(past.ahead)
    expected = on_days(fitted.week, past.weekday[coming]) * past.event[coming][:, None]
    scatter = _scatter(past, fitted)
    played = blocks(scatter, expected[0])
    noise = ratio(played.var(axis=1).sum(axis=0), expected[0].sum(axis=1) ** 2)
    lesson = learn(_errors(past, fitted, expected, coming), noise, _prior(past, fitted, noise))
    # einsum, because `@` of this size wakes a second thread, which costs more than the sum where cores are busy.
    shock = np.einsum("pi,ji->pj", generator.standard_normal((paths, len(noise))), mixing(scatter))
    shock /= np.sqrt(generator.chisquare(lesson.freedom, (paths, 1)) / lesson.freedom)
    sums = np.zeros((paths, len(noise)))
    for block in played:
        sums += block.take(generator.integers(0, len(block), paths), axis=0)
    return np.asarray(fitted.level[0] * np.exp(lesson.shift + lesson.spread * shock) * sums)


def _fit(past: Past, moments: Ints) -> Fit:
    window = moments[:, None] + np.arange(-WINDOW, 0)
    padded = np.concatenate([past.days, np.full((len(past.days), WINDOW), np.nan)], axis=1)
    # An index before the first day counts from the end, where nothing but missing days are.
    return fit(padded[:, window].swapaxes(0, 1), past.weekday[window % len(past.weekday)])


def _errors(past: Past, fitted: Fit, expected: Floats, coming: Ints) -> Floats:
    """Logarithms of what came over what would have been projected, [moments, series]; NaN where that is not known."""
    gap = np.full((len(past.days), past.ahead), np.nan)
    came = (np.concatenate([past.days, gap], axis=1) * past.event)[:, coming].swapaxes(0, 1)
    known = np.isfinite(came)
    projected = fitted.level * np.where(known, expected, 0).sum(axis=2)
    factor = ratio(np.where(known, came, 0).sum(axis=2), projected)
    judged = (known.mean(axis=2) >= 0.8) & (projected > 0)
    return np.asarray(np.where(judged, np.log(np.clip(factor, 1 / _WORST, _WORST)), np.nan))


def _scatter(past: Past, fitted: Fit) -> Floats:
    count = past.days.shape[1]
    begin = max(count - _SCATTER_DAYS, 0)
    expected = on_days(fitted.week[:1], past.weekday[None, begin:count])[0]
    return residuals(capped(past.days[:, begin:]), expected)


def _prior(past: Past, fitted: Fit, noise: Floats) -> Floats:
    """The level's relative variance before any past month is looked at: sampling, wandering, and how little is known
    of the scatter itself."""
    known = np.isfinite(past.days).sum(axis=1)
    day = (known * noise * past.ahead + _WEEK * _SCATTER) / (known + _WEEK)
    wandering = _WANDERING * (past.ahead / 2 + AGE) / 30
    return np.asarray(day * fitted.sampling[0] + wandering + np.maximum(day / past.ahead - noise, 0))

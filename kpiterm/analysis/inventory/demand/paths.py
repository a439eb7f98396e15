"""Simulated demand: cumulated units from today to some days ahead, whose quantiles are those of the forecast's sums.

A draw's place among the others moves from end to end as the error of its level (which lasts) and the chance of single
days (which evens out) move it; how large each is, the row's own sums say. Places come from a fixed bank of simulated
processes that the row's seed picks from, so that neither chunks nor other rows change a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kpiterm.analysis.inventory.demand.panel import QUANTILES, Forecast
from kpiterm.analysis.pacing.arrays import Floats, Ints, ratio

Draws = NDArray[np.float32]

_SHAPES = np.array([0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0])  # usual sales until the last end, that differ by chance
_LASTING = np.array([0.0, 0.15, 0.3, 0.5, 0.8, 1.2])  # standard deviations of the logarithm of a level
_SETS = 4  # simulated for each pair of them
_OFF = 0.06  # of the mean: how far values may have to be moved so that none falls
_NORMAL = 1.645  # standard deviations from the middle to the 95 % quantile
_EXPONENTIAL = float(np.log((1 - QUANTILES[-2]) / (1 - QUANTILES[-1])))  # scales between the last two quantiles


def seeds(seed: int, account: Sequence[str], sku: Sequence[str]) -> Ints:
    """One number a row, the same on every machine; rows of an account and SKU always get the same."""
    keys = (f"{seed}\0{a}\0{s}".encode() for a, s in zip(account, sku, strict=True))
    return np.array([int.from_bytes(hashlib.blake2b(key, digest_size=7).digest()) for key in keys], dtype=np.int64)


def cumulated(
    forecast: Forecast, rows: Ints | slice, *, draws: int, ends: Sequence[int], seeds: Ints
) -> NDArray[np.float32]:
    """Units from today until day ends[k], [rows, draws, ends], never falling along the last axis.

    `ends` ascend, from 1 to the forecast's longest horizon; `seeds` has one number for each of `rows`. ValueError for
    ends that the forecast does not reach.
    """
    longest = forecast.mean.shape[1]
    if not len(ends) or list(ends) != sorted(set(ends)) or not 1 <= ends[0] <= ends[-1] <= longest:
        raise ValueError(f"ends must ascend within 1 to {longest} days")
    mean, quantiles = sums(forecast, rows, ends)
    values = _values(mean, quantiles, draws).reshape(len(mean), -1)
    shapes, lasting = _kinds(mean, quantiles, ends)
    found = np.empty((len(mean), draws, len(ends)), dtype=np.float32)
    left = np.arange(len(mean))
    # Sums that hardly widen leave little room for chance between them: such rows change places less, or not at all.
    for calmer in (0, 2, len(_SHAPES)):
        shape = np.minimum(shapes[left] + calmer, len(_SHAPES))
        taken = _taken(values[left], shape, lasting[left], seeds[left], draws, tuple(ends))
        found[left], off = _rising(taken)
        left = left[off > _OFF]
    return found


def _taken(
    values: Draws, shape: Ints, lasting: Ints, seeds: Ints, draws: int, ends: tuple[int, ...]
) -> NDArray[np.float32]:
    """The draws' values, [rows, draws, ends], by the places that the bank gives them."""
    found = np.empty((len(values), draws, len(ends)), dtype=np.float32)
    for row, seed in enumerate(seeds.tolist()):
        bank = _bank(int(shape[row]), int(lasting[row]), draws, ends)[seed % _SETS]
        # Rows of one set are turned against one another, so that they are not lucky together.
        turn = seed // _SETS % draws
        np.take(values[row], bank[turn : turn + draws], out=found[row], mode="clip")
    return found


def sums(forecast: Forecast, rows: Ints | slice, ends: Sequence[int]) -> tuple[Floats, Floats]:
    """Mean [rows, ends] and quantiles [rows, ends, 4] of sums up to any day, between the forecast's own horizons."""
    at = np.asarray(ends)
    running = np.cumsum(forecast.mean[rows], axis=1)
    order = np.argsort(forecast.horizons)
    known = np.array(forecast.horizons)[order]
    spread = forecast.sum_quantiles[rows][:, order] - forecast.sum_mean[rows][:, order, None]
    if known[0] > 1:
        day = forecast.quantiles[rows][:, :1] - forecast.mean[rows][:, :1, None]
        known, spread = np.concatenate([[1], known]), np.concatenate([day, spread], axis=1)
    # Widths grow with the root of the days, or a little faster.
    after = np.clip(np.searchsorted(known, at), 1, max(len(known) - 1, 1)) if len(known) > 1 else np.zeros(len(at), int)
    before = np.maximum(after - 1, 0)
    step = ratio(np.sqrt(at) - np.sqrt(known[before]), np.sqrt(known[after]) - np.sqrt(known[before]))[:, None]
    quantiles = running[:, at - 1, None] + spread[:, before] * (1 - step) + spread[:, after] * step
    quantiles = np.maximum.accumulate(np.maximum(quantiles, 0), axis=2)
    return running[:, at - 1], np.maximum.accumulate(quantiles, axis=1)


def _kinds(mean: Floats, quantiles: Floats, ends: Sequence[int]) -> tuple[Ints, Ints]:
    """Which of _SHAPES and _LASTING fits each row, from how widths grow between the first and the last end."""
    width = (quantiles[:, :, 2] - np.minimum(quantiles[:, :, 0], mean)) / _NORMAL
    first, last = float(ends[0]), float(ends[-1])
    total = np.maximum(width[:, -1] ** 2, 1e-12)
    # Of a variance a·h² + b·h: what its values at two ends say of a·h² at the last.
    share = 0.5 if first == last else (total / last - width[:, 0] ** 2 / first) / (total / last * (1 - first / last))
    share = np.clip(share, 0.05, 0.95)
    relative = total / np.maximum(np.maximum(mean, quantiles[:, :, 0])[:, -1], 1e-9) ** 2
    shape = np.log(1 / np.maximum((1 - share) * relative, 1e-6))
    deviation = np.sqrt(np.log1p(share * relative))
    return _nearest(np.log(_SHAPES), shape), _nearest(_LASTING, deviation)


def _nearest(grid: Floats, values: Floats) -> Ints:
    return np.asarray(np.searchsorted((grid[1:] + grid[:-1]) / 2, values), dtype=np.int64)


@lru_cache(maxsize=64)
def _bank(shape: int, lasting: int, draws: int, ends: tuple[int, ...]) -> NDArray[np.int32]:
    """Where a row's values [ends, draws] hold what each draw comes to, [sets, twice the draws, ends]."""
    random = np.random.default_rng((shape, lasting, draws))
    grown = np.diff(ends, prepend=0) / ends[-1]
    if shape == len(_SHAPES):
        grown = (np.arange(len(ends)) == 0) * 1.0  # all chance is in the first step: places stay
        shape -= 1
    units = np.cumsum(random.gamma(_SHAPES[shape] * grown, size=(_SETS, draws, len(ends))), axis=2)
    units *= np.exp(_LASTING[lasting] * random.standard_normal((_SETS, draws, 1)))
    places = np.argsort(np.argsort(units, axis=1, kind="stable"), axis=1, kind="stable")
    flat = (places + draws * np.arange(len(ends))).astype(np.int32)
    return np.concatenate([flat, flat], axis=1)


def _values(mean: Floats, quantiles: Floats, draws: int) -> Draws:
    """What each place stands for, [rows, ends, draws]: through the quantiles, so shaped between that means agree."""
    low, mid, high, top, power, bend, scale = (part.astype(np.float32)[..., None] for part in _shape(mean, quantiles))
    share = (np.arange(draws, dtype=np.float32) + np.float32(0.5)) / draws
    edges = [0, *np.searchsorted(share, QUANTILES), draws]
    under, middle, upper, highest, beyond = (share[a:b] for a, b in pairwise(edges))
    parts = (
        low * np.exp(power * np.log(2 * under)),
        low + (mid - low) * np.exp(bend * np.log((middle - 0.5) / 0.4 + np.float32(1e-9))),
        mid + (high - mid) * ((upper - 0.9) / 0.05),
        high + (top - high) * ((highest - 0.95) / 0.04),
        top - scale * np.log((1 - beyond) / 0.01),
    )
    return np.concatenate(parts, axis=2)


def _shape(mean: Floats, quantiles: Floats) -> tuple[Floats, ...]:
    """The four quantiles, the powers of the curves below and above the median, and the scale of the tail.

    What the mean needs is sought below the median first, then under the 90 % quantile, then in the tail.
    """
    low, mid, high, top = np.moveaxis(quantiles, -1, 0)
    scale = (top - high) / _EXPONENTIAL
    upper = 0.4 * (low + mid) / 2 + 0.05 * (mid + high) / 2 + 0.04 * (high + top) / 2 + 0.01 * (top + scale)
    power = np.clip(ratio(0.5 * low, np.maximum(mean - upper, 1e-9)) - 1, 0, 2)
    left = mean - upper - 0.5 * low / (power + 1)
    bend = 1 / np.clip(0.5 + ratio(left, 0.4 * (mid - low)), 0.1, 0.9) - 1
    left = left - 0.4 * (mid - low) * (1 / (bend + 1) - 0.5)
    return low, mid, high, top, power, bend, np.clip(scale + left / 0.01, 0, 4 * scale)


def _rising(values: Draws) -> tuple[Draws, Floats]:
    """Never falling along the ends: halfway between raising what comes after and lowering what came before.

    And by how much of each row's mean values had to be moved for it, at the worst end.
    """
    raised = np.maximum.accumulate(values, axis=2)
    lowered = np.minimum.accumulate(values[..., ::-1], axis=2)[..., ::-1]
    moved = ((raised - lowered).mean(axis=1) / (values.mean(axis=1) + 0.1)).max(axis=1)
    return np.asarray((raised + lowered) / 2, dtype=np.float32), np.asarray(moved, dtype=np.float64)

"""Suggestions of many batches as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

from kpiterm.analysis.inventory.order.outcome import Outcome
from kpiterm.analysis.inventory.order.suggest import Suggestion

T = TypeVar("T", Suggestion, Outcome)


def joined(parts: Sequence[Suggestion]) -> Suggestion:
    """The rows of all parts, one after the other; at least one part."""
    return _joined(Suggestion, parts)


def _joined(kind: type[T], parts: Sequence[T]) -> T:
    found: dict[str, Any] = {}
    for field in fields(kind):
        values = [getattr(part, field.name) for part in parts]
        found[field.name] = _joined(Outcome, values) if isinstance(values[0], Outcome) else np.concatenate(values)
    return kind(**found)

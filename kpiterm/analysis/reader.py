"""What the analysis needs of the store: rows of a query, as known at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Reader(Protocol):
    """One snapshot of the store under the names of the canonical tables, as `kpiterm.store.read.Reader` gives it."""

    as_of: datetime
    snapshot: str | None
    rollups: Mapping[str, int]
    """Numbers of the measures of which `kpi_day` holds daily sums, by key; empty where these cannot be relied on."""

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query; parameters are numbered: $1, $2, …"""

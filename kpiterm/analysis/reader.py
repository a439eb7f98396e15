"""What the analysis needs of the store: rows of a query, as known at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class Reader(Protocol):
    """One snapshot of the store under the names of the canonical tables, as `kpiterm.store.read.Reader` gives it."""

    as_of: datetime
    snapshot: str | None
    rollups: Mapping[str, int]
    """Numbers of the measures of which `kpi_day` holds daily sums, by key; empty where these cannot be relied on."""

    @property
    def twice(self) -> Sequence[tuple[str, str, str]]:
        """Channel, account and the better account that tells of some of the same orders. Where there are any,
        `order_line_told` has all order lines, and `order_line` those of an order and day from the better account."""

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query; parameters are numbered: $1, $2, …"""


class Columns(Reader, Protocol):
    """A reader that gives columns as well: for millions of rows, of which none becomes a Python object."""

    def arrays(self, sql: str, params: Sequence[object] = ()) -> Mapping[str, Any]:
        """All rows of a query as numpy arrays by column, masked where a column has NULLs."""

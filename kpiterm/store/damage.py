"""Which of DuckDB's errors tell of a damaged file or a full disk, and not of wrong SQL."""

from __future__ import annotations


def damaged(error: BaseException | None) -> bool:
    """True for unreadable files and failed checksums, which DuckDB 2 gives no class of their own."""
    import duckdb

    return isinstance(error, duckdb.IOException | duckdb.FatalException) or type(error) is duckdb.Error


def first_line(error: BaseException) -> str:
    """What happened, without the pages of advice that DuckDB adds."""
    return (str(error).splitlines() or [type(error).__name__])[0]

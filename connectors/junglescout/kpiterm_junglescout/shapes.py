"""Where rows go: to `market_estimate` and `keyword_rank`, which no KPI reads, and to no other table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from kpiterm.plugins import Output, Shape

EXTRA = {"_asin": "VARCHAR", "_keyword": "VARCHAR", "_day": "DATE"}


def estimates(sql: str, attributes: str) -> Shape:
    """A shape that writes estimates; `attributes` is the DuckDB type of a record's attributes."""
    replaces = ("day", "item_id", "keyword", "metric")
    return _shape(attributes, Output(into="market_estimate", select=_sql(sql), replaces=replaces))


def ranks(sql: str, attributes: str) -> Shape:
    """A shape that writes keyword ranks and volumes."""
    return _shape(
        attributes, Output(into="keyword_rank", select=_sql(sql), replaces=("day", "item_id", "keyword", "kind"))
    )


def _shape(attributes: str, output: Output) -> Shape:
    return Shape(columns={"id": "VARCHAR", "attributes": attributes, **EXTRA}, outputs=(output,))


def extra(*, asin: str | None = None, keyword: str | None = None, day: str | None = None) -> Mapping[str, str | None]:
    """What a request asked for, beside each of its records."""
    return {"_asin": asin, "_keyword": keyword, "_day": day}


def _sql(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")

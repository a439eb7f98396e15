"""Which row of a file of daily series is at fault, and what to do about it. Slow: asked once a fault is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kpiterm.errors import BAD_DATA, KpitermError

if TYPE_CHECKING:
    from kpiterm.cli.series_in import Source

_STOCK = "coalesce(try_cast(in_stock AS DOUBLE) BETWEEN 0 AND 1, in_stock IS NULL)"
# What is wrong with a row, most telling first; {…} are the row's own cells.
_FAULTS = (
    ("coalesce(unique_id, '') = ''", "unique_id is empty", "name the series in every row"),
    ("try_cast(ds AS DATE) IS NULL", "ds is {ds}, which is no date", "write days as 2026-11-30"),
    (
        "try_cast(ds AS DATE) NOT BETWEEN DATE '1970-01-01' AND DATE '2149-06-06'",
        "ds is {ds}, which cannot be a day of sales",
        "write the day of the sale",
    ),
    ("try_cast(y AS DOUBLE) IS NULL", "y is {y}, which is no number", "write units sold that day, 0 if none"),
    ("try_cast(y AS DOUBLE) < 0", "y is {y}, and sales cannot be negative", "leave returns out of y"),
    ("NOT try_cast(y AS DOUBLE) <= 1e9", "y is {y}, more than anyone sells in a day", "write units sold that day"),
    ("price IS NOT NULL AND try_cast(price AS DOUBLE) IS NULL", "price is {price}, which is no number", "write 19.99"),
    (f"NOT {_STOCK}", "in_stock is {in_stock}", "write 1, 0, or the share of the day that it could be bought"),
    ("n > 1", "{unique_id} has {ds} twice", "keep one row for each series and day"),
    (
        "before < try_cast(ds AS DATE) - 1",
        "{unique_id} lacks the days between {before} and {ds}",
        "add a row for each day: y 0 where nothing was sold, in_stock 0 where it could not be bought",
    ),
)


def fault(given: Source, said: str = "") -> KpitermError:
    """The first fault of the file, as an error to raise; `said` is what DuckDB said of it."""
    import duckdb

    with duckdb.connect() as database:
        try:
            row = database.execute(_query(given)).fetchall()
        except duckdb.Error as error:
            row, said = [], str(error)
    if row:
        line, number, *cells = row[0]
        _, what, remedy = _FAULTS[number]
        shown = dict(zip(("unique_id", "ds", "y", "price", "in_stock", "before"), map(_shown, cells), strict=True))
        return _error(given, line, what.format(**shown), remedy)
    place = re.search(r"Line: (\d+)", said)
    reason = next((text for text in said.splitlines() if re.search("Expected|unterminated|utf-8|Error when", text)), "")
    return _error(given, int(place[1]) if place else 1, reason or "not to be read as CSV", "save it as CSV UTF-8")


def _query(given: Source) -> str:
    cells = ", ".join(
        name if name in given.columns else f"NULL::VARCHAR AS {name}"
        for name in ("unique_id", "ds", "y", "price", "in_stock")
    )
    cases = " ".join(f"WHEN {test} THEN {number}" for number, (test, _, _) in enumerate(_FAULTS))
    return (
        f"WITH lines AS (SELECT {cells}, row_number() OVER () + 1 AS line FROM {given.relation({})}), "
        "days AS (SELECT *, row_number() OVER (PARTITION BY unique_id, try_cast(ds AS DATE) ORDER BY line) AS n, "
        "lag(try_cast(ds AS DATE)) OVER (PARTITION BY unique_id ORDER BY try_cast(ds AS DATE), line) AS before "
        "FROM lines) "
        f"SELECT line, CASE {cases} END AS fault, unique_id, ds, y, price, in_stock, before::VARCHAR FROM days "
        "WHERE fault IS NOT NULL ORDER BY line LIMIT 1"
    )


def _shown(cell: str | None) -> str:
    return "empty" if cell is None else repr(cell) if len(cell) <= 40 else repr(cell[:40] + "…")


def _error(given: Source, line: int, what: str, remedy: str) -> KpitermError:
    return KpitermError(f"{given.path}, row {line}: {what}", hint=remedy, exit_code=BAD_DATA)

"""Checks a shape's SQL the way the store will run it: over the declared columns, with the host's macros."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from kpiterm.plugins import facts
from kpiterm.plugins.model import Marketplace, Output, Shape
from kpiterm.plugins.sql import MACROS

_PLACE = Marketplace(channel="amazon.com", timezone="America/Los_Angeles", currency="USD")


def available() -> bool:
    """Whether DuckDB is installed, without which no SQL can be checked."""
    return importlib.util.find_spec("duckdb") is not None


def connection(place: Marketplace = _PLACE, *, account: str = "example", files: bool = False) -> Any:  # noqa: ANN401 - floor 0 has no duckdb
    """An in-memory DuckDB connection with the macros and variables that a SELECT may use; files only where allowed."""
    duckdb = importlib.import_module("duckdb")
    con = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", "threads": "1"})
    con.execute(MACROS)
    values = {"account": account, "channel": place.channel, "timezone": place.timezone, "currency": place.currency}
    for name, value in values.items():
        con.execute(f"set variable {name} = '{value}'")
    if not files:
        con.execute("set enable_external_access = false")
    return con


def problems(shape: Shape, place: Marketplace = _PLACE) -> list[str]:
    """What the store would refuse in this shape, each as a sentence; empty if it is sound."""
    duckdb = importlib.import_module("duckdb")
    con = connection(place)
    columns = {"_payload": "INTEGER", "_row": "BIGINT", **shape.columns}
    declared = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
    try:
        con.execute(f"create table source ({declared})")
    except duckdb.Error as error:
        return [f"the declared columns are no DuckDB columns: {_first_line(error)}"]
    found: list[str] = []
    for output in shape.outputs:
        try:
            found += [f"SQL for {output.into}: {text}" for text in _faults(con, duckdb, output)]
        except duckdb.Error as error:
            found.append(f"SQL for {output.into}: {_first_line(error)}")
    con.close()
    return found


def _faults(con: Any, duckdb: Any, output: Output) -> list[str]:  # noqa: ANN401 - floor 0 has no duckdb
    statements = con.extract_statements(output.select)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return ["must be one SELECT and nothing else"]
    described = con.execute(f"describe select * from ({output.select})").fetchall()
    given = {str(row[0]): str(row[1]) for row in described}
    table = facts.TABLES[output.into]
    types = {column.name: column.type for column in table.all_columns}
    if unknown := sorted(set(given) - set(types) - {"_payload"}):
        return [f"gives {name}, which is no column of {output.into}" for name in unknown]
    keys = {name.removeprefix("window:") for name in output.replaces} - {"account", "channel", "source"}
    if missing := sorted(keys - set(given)):
        return [f"replaces by {name}, which the SELECT does not give" for name in missing]
    if faults := [
        f"gives {name} as {given[name]}{why}" for name in given if (why := _misfit(given[name], types.get(name)))
    ]:
        return faults
    casts = ", ".join(f'cast("{name}" as {types[name]})' for name in given if name != "_payload")
    con.execute(f"select {casts} from ({output.select})").fetchall()
    return []


def _misfit(given: str, wanted: str | None) -> str:
    """Why a value of the type `given` cannot go into a column, where a cast over no rows would not tell."""
    if wanted == facts.MONEY and given in ("DOUBLE", "FLOAT"):
        return ": declare money as DECIMAL or VARCHAR, or it loses digits"
    if wanted and (given.endswith("]") or given.startswith(("STRUCT", "MAP", "UNION"))):
        return ", not as one value"
    return ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

"""Spooled files to canonical rows: DuckDB reads them with the declared columns, the stream's SQL does the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import msgspec

from kpiterm.plugins import DataError, Output, Shape, facts
from kpiterm.store.write import Batch, Merged, merge, merge_staged, stage
from kpiterm.sync.spool import Manifest, SpoolFile

if TYPE_CHECKING:
    from kpiterm.plugins import Marketplace

_MAX_RECORD = 16 << 20  # bytes of one JSON record; DuckDB takes twice that per thread
_LINEAGE = '[{"seq": "INTEGER", "sha256": "VARCHAR", "request": "VARCHAR", "format": "VARCHAR", "bytes": "BIGINT"}]'
_DOCUMENTS = {"array": "array", "lines": "newline_delimited"}
_MAX_LINE = 2 << 20  # bytes of one line of a flat file; DuckDB takes sixteen times that per thread

# Short rows are padded in a TSV only: with quotes in play, padding would swallow all that follows an open one.
_DIALECTS = {
    "tsv": "delim = '\t', quote = '', escape = '', null_padding = true",
    "csv": "delim = ',', quote = '\"', escape = '\"'",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a window changed: rows read, and per table what was new and what it superseded."""

    rows: int
    tables: Mapping[str, Merged]

    @property
    def superseded(self) -> int:
        return sum(m.superseded for m in self.tables.values())


def load(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, shape: Shape | None, batch: Batch, place: Marketplace
) -> Loaded:
    """Merge everything of one window, inside the caller's transaction. DataError where bodies are not as declared."""
    read(con, manifest, shape, batch, place)
    return store(con, manifest, shape, batch)


def read(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, shape: Shape | None, batch: Batch, place: Marketplace
) -> None:
    """The part of it that needs nothing of the store, into temporary tables of the connection: also possible ahead of
    the window's turn, outside of its transaction. Of the batch only account, channel and source count."""
    _set_variables(con, batch, place)
    with _as_declared(batch):
        _make_payloads(con, manifest)
        if shape is not None:
            con.execute(f"CREATE OR REPLACE TEMP TABLE source AS {source_sql(manifest.files, shape)}")
            count = "SELECT _payload AS seq, count(*) AS rows FROM source GROUP BY 1"
            con.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {count}")
            for output in shape.outputs[:1]:  # one `stage` at a time
                stage(con, output, batch)
            if len(shape.outputs) == 1:
                con.execute("DROP TABLE source")


def store(con: duckdb.DuckDBPyConnection, manifest: Manifest, shape: Shape | None, batch: Batch) -> Loaded:
    """Merge what `read` has read on this connection, inside the caller's transaction."""
    with _as_declared(batch):
        tables = _load_rows(con, manifest, batch) if shape is None else _store_outputs(con, shape, batch)
        _record_payloads(con, batch)
    return Loaded(sum(m.rows for m in tables.values()), tables)


@contextmanager
def _as_declared(batch: Batch) -> Iterator[None]:
    try:
        yield
    # A message of DuckDB's that is cut within a letter of the input arrives as a UnicodeDecodeError.
    except (duckdb.DataError, duckdb.ProgrammingError, UnicodeDecodeError) as error:
        raise DataError(
            f"{batch.source}: the data do not fit the declared columns: {_first_line(error)}",
            hint="nothing of this window was stored; if the vendor changed its format, upgrade the connector",
        ) from None


def _store_outputs(con: duckdb.DuckDBPyConnection, shape: Shape, batch: Batch) -> dict[str, Merged]:
    merged = {output.into: merge_staged(con, output, batch) for output in shape.outputs[:1]}
    merged |= {output.into: merge(con, output, batch) for output in shape.outputs[1:]}
    con.execute("DROP TABLE IF EXISTS source")
    return merged


def _load_rows(con: duckdb.DuckDBPyConnection, manifest: Manifest, batch: Batch) -> dict[str, Merged]:
    merged, counts = {}, ["SELECT 0 AS seq, 0 AS rows"]
    for file in manifest.files:
        table = facts.TABLES[file.table]
        columns = {c.name: c.type for c in table.all_columns if c not in facts.LINEAGE}
        read = _read_json([file.path], {"_payload": "INTEGER", **columns})
        con.execute(f"CREATE OR REPLACE TEMP TABLE rows_of_{table.name} AS {read}")
        counts.append(f"SELECT _payload, count(*) FROM rows_of_{table.name} GROUP BY 1")
        output = Output(
            into=table.name, select=f"SELECT * FROM rows_of_{table.name}", replaces=("channel", *table.identity)
        )
        merged[table.name] = merge(con, output, batch)
    union = " UNION ALL ".join(counts)
    con.execute(f"CREATE OR REPLACE TEMP TABLE counted AS SELECT seq, sum(rows) AS rows FROM ({union}) GROUP BY 1")
    for file in manifest.files:
        con.execute(f"DROP TABLE rows_of_{file.table}")
    return merged


def source_sql(files: Sequence[SpoolFile], shape: Shape) -> str:
    """The relation `source`: every declared column, `_payload`, and `_row` for flat files."""
    lines = [f.path for f in files if f.format == "ndjson"]
    columns = {"_payload": "INTEGER", **shape.columns}
    parts = [_read_json(lines, columns)] if lines else []
    parts += [
        _document_sql(f, shape) if f.format in _DOCUMENTS else _flat_sql(f, shape)
        for f in files
        if f.format != "ndjson"
    ]
    if not parts:
        nulls = ", ".join(f"cast(NULL AS {type_}) AS {_name(name)}" for name, type_ in columns.items())
        parts = [f"SELECT {nulls}, cast(NULL AS BIGINT) AS _row WHERE false"]
    return " UNION ALL BY NAME ".join(f"({part})" for part in parts)


def _read_json(paths: Sequence[str], columns: Mapping[str, str], form: str = "newline_delimited") -> str:
    listed = ", ".join(f"'{_quoted(path)}'" for path in paths)
    declared = ", ".join(f"'{_quoted(name)}': '{_quoted(type_)}'" for name, type_ in columns.items())
    return (
        f"SELECT * FROM read_json([{listed}], format = '{form}', columns = {{{declared}}}, "
        f"maximum_object_size = {_MAX_RECORD})"
    )


def _document_sql(file: SpoolFile, shape: Shape) -> str:
    columns = {name: type_ for name, type_ in shape.columns.items() if name not in file.extra}
    constants = _constants(file, shape)
    return f"SELECT {constants}, * FROM ({_read_json([file.path], columns, _DOCUMENTS[file.format])})"


def _flat_sql(file: SpoolFile, shape: Shape) -> str:
    """A flat file by the names in its header: order does not matter, unknown columns are not read."""
    if not any(file.header):
        raise DataError(
            "the document is empty, or does not begin with a header", hint="nothing of this window was stored"
        )
    positions: dict[str, int] = {}
    for position, cell in enumerate(file.header):
        positions.setdefault(cell.casefold(), position)
    if missing := [name for name in shape.required if name.casefold() not in positions]:
        raise DataError(
            f"the document has no column {missing[0]!r}; it has {', '.join(file.header[:8])}, …",
            hint="if the vendor renamed it, upgrade the connector",
        )
    selected = [_constants(file, shape), "row_number() OVER () AS _row"]
    for name, type_ in shape.columns.items():
        found = positions.get(name.casefold())
        if name not in file.extra:
            value = _trimmed(f"c{found}") if found is not None else "NULL"
            selected.append(f"cast({value} AS {type_}) AS {_name(name)}")
    cells = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(file.header)))
    return (
        f"SELECT {', '.join(selected)} FROM read_csv('{_quoted(file.path)}', auto_detect = false, header = false, "
        f"skip = 1, {_DIALECTS[file.format]}, columns = {{{cells}}}, strict_mode = false, max_line_size = {_MAX_LINE})"
    )


def _trimmed(cell: str) -> str:
    """`nullif(trim(cell), '')` at half its cost: trim looks up every letter of a cell, and few need it."""
    padded = f"{cell} < '!' OR ends_with({cell}, ' ') OR strlen({cell}) <> length({cell})"
    return f"CASE WHEN {padded} THEN nullif(trim({cell}), '') ELSE {cell} END"


def _constants(file: SpoolFile, shape: Shape) -> str:
    values = [f"cast({file.payload} AS INTEGER) AS _payload"]
    for name, value in file.extra.items():
        literal = "NULL" if value is None else f"'{_quoted(str(value))}'"
        values.append(f"cast({literal} AS {shape.columns.get(name, 'VARCHAR')}) AS {_name(name)}")
    return ", ".join(values)


def _make_payloads(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE payloads "
        "(seq INTEGER, sha256 VARCHAR, request VARCHAR, format VARCHAR, size BIGINT)"
    )
    if manifest.payloads:
        # One text, since DuckDB takes Python lists as parameters half a millisecond a row.
        listed = msgspec.json.encode(manifest.payloads).decode()
        con.execute(f"INSERT INTO payloads SELECT unnest(from_json(?, '{_LINEAGE}'), recursive := true)", [listed])


def _record_payloads(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Lineage: a body that was read before is not listed twice."""
    con.execute(
        "INSERT INTO payload SELECT p.sha256, $account, $source, p.format, p.request, coalesce(c.rows, 0), p.size, "
        "$run, $moment FROM payloads AS p LEFT JOIN counted AS c USING (seq) "
        "ANTI JOIN (SELECT sha256 FROM payload WHERE account = $account AND stream = $source) AS k USING (sha256) "
        "QUALIFY row_number() OVER (PARTITION BY p.sha256 ORDER BY seq) = 1",
        {
            "account": batch.account,
            "source": batch.source,
            "run": batch.run_id,
            "moment": batch.loaded_at,
        },
    )


def _set_variables(con: duckdb.DuckDBPyConnection, batch: Batch, place: Marketplace) -> None:
    values = {
        "account": batch.account,
        "channel": place.channel,
        "timezone": place.timezone,
        "currency": place.currency,
    }
    for name, value in values.items():
        con.execute(f"SET VARIABLE {name} = '{_quoted(value)}'")


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _first_line(error: duckdb.Error | UnicodeDecodeError) -> str:
    """What is wrong, without the input that DuckDB quotes further down: it may hold a customer's data."""
    if isinstance(error, UnicodeDecodeError):
        return "a line is too long or has too few cells"
    text = re.sub(r' in file "[^"]*"', "", str(error).splitlines()[0])
    return re.sub(r"[{\[].*", "…", text)[:300]

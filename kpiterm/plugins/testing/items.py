"""What a stream yields, looked at one item at a time: would the host read it, and read it rightly?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kpiterm.plugins import facts
from kpiterm.plugins.model import Note, Payload, Row, Shape, Stream

Item = Payload | Row | Note


def problems(stream: Stream, item: object) -> list[str]:
    """What the host would refuse or lose in an item, each as a sentence; empty if it is sound."""
    match item:
        case Row():
            found = _row_problems(stream, item)
        case Payload():
            found = _payload_problems(stream.shape, item) if stream.shape else iter(())
        case Note():
            found = iter(() if item.text.strip() else ("yields a Note without a text",))
        case _:
            found = iter((f"yields a {type(item).__name__}: yield a Payload, a Row or a Note",))
    return [f"stream {stream.name}: {text}" for text in found]


def _row_problems(stream: Stream, row: Row) -> Iterator[str]:
    if stream.shape is not None:
        yield "yields a Row, but its shape reads payloads"
    types = {column.name: column.type for column in facts.TABLES[row.table].columns}
    for name, value in row.values.items():
        if isinstance(value, float) and types.get(name) in (facts.MONEY, facts.RATE):
            yield f"{row.table}.{name} is a float, which loses digits: give a Decimal"
        if isinstance(value, datetime) and value.tzinfo is None:
            yield f"{row.table}.{name} is a moment without a zone: give an aware datetime"


def _payload_problems(shape: Shape, payload: Payload) -> Iterator[str]:
    if undeclared := set(payload.extra) - set(shape.columns):
        yield f"the extra column {min(undeclared)} is not declared in its shape"
    if payload.format != "json" or (isinstance(payload.body, Path) and not payload.records):
        return
    body = payload.body.read_bytes() if isinstance(payload.body, Path) else payload.body
    try:
        found = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        yield f"the body of {payload.request!r} is not JSON, as its format says"
        return
    for key in payload.records:
        if not isinstance(found, dict) or key not in found:
            yield f"the body of {payload.request!r} has no {'.'.join(payload.records)}, where records says they are"
            return
        found = found[key]
    records = found if isinstance(found, list) else [found]
    if others := [type(record).__name__ for record in records if not isinstance(record, dict)]:
        yield f"a record of {payload.request!r} is of type {others[0]}, not an object with named fields"

"""Returns to Amazon and to the seller, from their downloaded reports. Comments of buyers are not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.parse import count, day, lost_digits, moment
from kpiterm_amazon.import_table import Header, Line, body
from kpiterm_amazon.returns import FBA_RETURNS, MERCHANT_RETURNS


def _fba(line: Line) -> dict[str, str | None]:
    return {**line, "return-date": moment(line["return-date"]).isoformat(), **_units(line, "quantity")}


def _merchant(line: Line) -> dict[str, str | None]:
    asked = day(line["Return request date"], month_first=line["given_channel"] in (None, "amazon.com"))
    return {**line, "Return request date": asked.isoformat(), **_units(line, "Return quantity")}


def _units(line: Line, name: str) -> dict[str, str | None]:
    units = count(line[name])
    if units is None:
        raise ValueError(f"{name} is blank")
    return {name: str(units)}


def _checked(
    header: Header, normal: Callable[[Line], dict[str, str | None]], sheet: Sheet
) -> Iterator[Line | Rejected]:
    for number, line in header.lines(sheet):
        try:
            for name in header.needed:
                if not line[name] or lost_digits(line[name]):
                    raise ValueError(f"{name} is blank or was cut by a spreadsheet")
            yield normal(line)
        except ValueError as error:
            yield Rejected(number, str(error))


def _read(
    header: Header, shape: Shape, normal: Callable[[Line], dict[str, str | None]], sheet: Sheet
) -> Iterator[Payload | Row | Rejected | Note]:
    columns = [name for name in shape.columns if not name.startswith("_")]
    return body(sheet, columns, _checked(header, normal, sheet))


def _importer(
    kind: str, title: str, shape: Shape, marks: tuple[str, ...], normal: Callable[[Line], dict[str, str | None]]
) -> Importer:
    names = {name: (name,) for name in (*shape.columns, *marks) if not name.startswith("_")}
    header = Header(names=names, needed=(*shape.required, *marks))
    return Importer(
        kind=kind,
        title=title,
        recognise=header,
        read=partial(_read, header, shape, normal),
        shape=shape,
        columns=header.columns,
    )


RETURNS = (
    _importer("amazon.fba_returns", "FBA customer returns", FBA_RETURNS, ("reason",), _fba),
    _importer("amazon.merchant_returns", "Returns to the seller", MERCHANT_RETURNS, ("Return Reason",), _merchant),
)

"""Item performance reports by day that were downloaded from Seller Center: visits and sales of each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.parse import day, lost_digits, money
from kpiterm_walmart.places import marketplace
from kpiterm_walmart.traffic import CODES, DATES, FIGURES, STREAM

_SEEN = ("Total Product Visits", "Product Level Pageviews", "Page Views")
_COLUMNS = (*DATES, *CODES, *FIGURES)


def _shape() -> Shape:
    assert STREAM.shape
    (output,) = STREAM.shape.outputs
    by_item = ("source", "channel", "day", "level", "sku", "item_id")
    return replace(STREAM.shape, outputs=(replace(output, replaces=by_item),))


def recognise(sheet: Sheet) -> bool:
    """Whether the report has Walmart's GMV beside visits, of items, by day."""
    told = (any(sheet.has(name) for name in names) for names in (DATES, CODES, _SEEN))
    return sheet.has("GMV") and all(told)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the good lines, reduced to the columns that are kept; the others one by one."""
    header = [cell.casefold() for cell in sheet.header]
    at = {name: header.index(name.casefold()) for name in _COLUMNS if name.casefold() in header}
    lines = ["\t".join(at)]
    for number, cells in enumerate(sheet.rows(), start=1):
        line = {name: " ".join((cells[position] or "").split()) for name, position in at.items()}
        if next(iter(line.values())).casefold().startswith("total"):
            continue
        try:
            lines.append("\t".join(_checked(line).values()))
        except ValueError as error:
            yield Rejected(number, str(error))
    yield Payload(body=("\n".join(lines) + "\n").encode(), format="tsv", request=f"file {sheet.path.name}")


def _checked(line: Mapping[str, str]) -> dict[str, str]:
    """The line with dates and numbers in one notation; ValueError names the column that cannot be read."""
    found = dict(line)
    for name, text in line.items():
        try:
            if name in CODES and lost_digits(text):
                raise ValueError(f"{text!r} was cut by a spreadsheet")
            if name in DATES and text:
                found[name] = day(text, month_first=True).isoformat()
            elif name in FIGURES:
                amount = money(text, decimal_comma=False)
                found[name] = "" if amount is None else str(amount)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    if not any(found.get(name) for name in DATES):
        raise ValueError("the date is blank")
    if not any(found.get(name) for name in CODES):
        raise ValueError("SKU and item id are blank")
    return found


ITEM_PERFORMANCE = Importer(
    kind="walmart.item_performance",
    title="Walmart item performance report",
    recognise=recognise,
    read=read,
    shape=_shape(),
    marketplace=marketplace({}),
    columns=(DATES, CODES, "GMV", _SEEN),
)

"""All-Orders files that were downloaded by hand, as text or re-saved as CSV or Excel, in every layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.parse import count, lost_digits, moment, money, unwrap
from kpiterm_amazon.all_orders import ALL_ORDERS, COLUMNS, MONEY, REQUIRED
from kpiterm_amazon.import_table import Header, body

_MOMENTS = ("purchase-date", "last-updated-date")
_CODES = ("sku", "asin", "order-item-id")
_NEEDED = ("amazon-order-id", "purchase-date", "sales-channel", "order-status")
_PARSED = (*_MOMENTS, *MONEY, "quantity", "currency")
_PLAIN = re.compile(r"-?\d+(\.\d+)?")


# The order reports of other kinds (unshipped, shipments, returns) lack `order-status` or `amazon-order-id`.
HEADER = Header(names={name: (name,) for name in COLUMNS}, needed=REQUIRED)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the good lines, reduced to the columns that are needed; the others one by one."""
    return body(sheet, COLUMNS, _good_lines(sheet))


def _good_lines(sheet: Sheet) -> Iterator[Mapping[str, str] | Rejected | Note]:
    lost = Counter[str]()
    positions = {name: n for n, name in reversed(list(enumerate(cell.casefold() for cell in sheet.header)))}
    at = {name: positions[name] for name in COLUMNS if name in positions}
    for number, cells in enumerate(sheet.rows(), start=1):
        try:
            yield _checked({name: cells[position] for name, position in at.items()}, lost)
        except ValueError as error:
            yield Rejected(number, str(error))
    for name, times in lost.items():
        yield Note(
            f"{times} values of {name} read like 7.82115E+12: a spreadsheet has cut them, so they are left out; "
            "download the report again and import it without opening it in a spreadsheet"
        )


def _checked(row: dict[str, str | None], lost: Counter[str]) -> dict[str, str]:
    """The row with every number and date in one notation; ValueError names the column that cannot be read."""
    values = {name: text for name, cell in row.items() if (text := unwrap(cell))}
    for name in _NEEDED:
        if name not in values:
            raise ValueError(f"{name} is blank")
    if lost_digits(values["amazon-order-id"]):
        raise ValueError(f"amazon-order-id {values['amazon-order-id']!r} was cut by a spreadsheet")
    for name in _CODES:
        if lost_digits(values.get(name)):
            lost[name] += 1
            del values[name]
    for name in _PARSED:
        try:
            if name in values:
                values[name] = _normal(name, values[name])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return values


def _normal(name: str, text: str) -> str:
    if name in _MOMENTS:
        return moment(text).isoformat()
    if name == "quantity":
        units = count(text)
        return "" if units is None else str(units)
    if name == "currency":
        if not re.fullmatch("[A-Z]{3}", text):
            raise ValueError(f"{text!r} is no currency code")
        return text
    if _PLAIN.fullmatch(text):
        return text
    amount = money(text)
    return "" if amount is None else str(amount)


ALL_ORDERS_FILE = Importer(
    kind="amazon.all_orders",
    title="All Orders report",
    recognise=HEADER,
    read=read,
    shape=ALL_ORDERS,
    columns=HEADER.columns,
)

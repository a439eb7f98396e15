"""Orders exports of the Shopify admin. An order takes as many records as it has lines, and only its first one holds the
order's own values; notes run over several physical lines; some shops' files lack prices, or were re-saved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from importlib.resources import files

from kpiterm.plugins import Importer, Note, Output, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.parse import count, day, lost_digits, moment, money
from kpiterm_shopify.import_table import PLACE, Line, records, table

_NEEDED = ("Name", "Created at", "Financial Status", "Lineitem quantity", "Lineitem name")
_MOMENTS = ("created at", "paid at", "fulfilled at", "cancelled at")
_ORDER = (
    "id", "currency", "financial status", "fulfillment status", "cancelled at", "paid at", "fulfilled at", "subtotal",
    "shipping", "taxes", "discount amount", "refunded amount",
)  # fmt: skip
COLUMNS = (
    "order_id", "line_key", "ordered_at", "ordered_local", "updated_at", "updated_local", "business_day", "status",
    "sku", "title", "quantity", "item_price", "discount", "shipping", "tax", "currency",
)  # fmt: skip
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$|Z$|\bUTC$")


@dataclass(slots=True)
class _Order:
    """What an order's first record says, and how many lines have been read."""

    values: Mapping[str, str]
    lines: int = 0
    keys: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Reader:
    """One pass over a file."""

    month_first: bool | None
    orders: dict[str, _Order] = field(default_factory=dict)
    tips: list[Decimal] = field(default_factory=list)
    refunded: list[Decimal] = field(default_factory=list)

    def line(self, record: Mapping[str, str]) -> Line | None:
        """The order line of a record; None for a tip, ValueError for what cannot be read."""
        order = self._order(record)
        if _is_tip(record):
            self.tips.append(money(record.get("lineitem price")) or Decimal(0))
            return None
        values, first = order.values, not order.lines
        line = {**self._moments(record, values), **_goods(record), **_money(record, values, first=first)}
        key = str(line["sku"] or line["title"] or "")
        order.keys[key] += 1
        order.lines += 1
        line["order_id"] = _order_id(record["name"], values)
        line["line_key"] = f"{key}#{order.keys[key]}"
        line["status"] = _status(record, values)
        return line

    def _order(self, record: Mapping[str, str]) -> _Order:
        if not (name := record.get("name")):
            raise ValueError("Name is blank")
        if name not in self.orders:
            self.orders[name] = _Order({key: record[key] for key in _ORDER if key in record})
            if refunded := money(record.get("refunded amount")):
                self.refunded.append(refunded)
        return self.orders[name]

    def _moments(self, record: Mapping[str, str], values: Mapping[str, str]) -> dict[str, object]:
        """The sale, and the last thing that the file knows to have happened to the order."""
        created = record.get("created at")
        try:
            found = [self._moment(text) for name in _MOMENTS if (text := ({**values, **record}).get(name))]
            business_day = day(created, self.month_first)
        except ValueError as error:
            raise ValueError(f"Created at: {error}") from None
        ordered, latest = found[0], max(found, key=lambda moment: moment.isoformat())
        return {"business_day": business_day, **_placed("ordered", ordered), **_placed("updated", latest)}

    def _moment(self, text: str) -> datetime:
        """Aware where the text has an offset; else the shop's own time, naive."""
        if _OFFSET.search(text):
            return moment(text, month_first=self.month_first)
        return moment(text, "UTC", self.month_first).replace(tzinfo=None)


def recognise(sheet: Sheet) -> bool:
    return sheet.has(*_NEEDED)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the good lines; the others one by one."""
    yield from table(sheet, COLUMNS, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Line | Rejected | Note]:
    reader = _Reader(_month_first(sheet))
    for number, record in records(sheet):
        try:
            line = reader.line(record)
        except ValueError as error:
            yield Rejected(number, str(error))
            continue
        if line is not None:
            yield line
    yield from _notes(sheet, reader)


def _notes(sheet: Sheet, reader: _Reader) -> Iterator[Note]:
    if reader.tips:
        yield Note(f"{len(reader.tips)} tips, {sum(reader.tips)} in all, are listed like goods and are left out")
    if reader.refunded:
        yield Note(
            f"{len(reader.refunded)} orders have refunds, {sum(reader.refunded)} in all; the export does not say when, "
            "so they are not loaded: the connector's stream refunds reads them"
        )
    if not sheet.has("Lineitem price"):
        yield Note("the file has no column 'Lineitem price': its lines are loaded without money")


def _month_first(sheet: Sheet) -> bool | None:
    """Which comes first in dates like 31/12/2023, by the dates that leave no choice."""
    found = {
        int(match[1]) <= 12
        for _, record in records(sheet)
        if (match := re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}", record.get("created at", "")))
        and max(int(match[1]), int(match[2])) > 12
    }
    return found.pop() if len(found) == 1 else None


def _placed(name: str, when: datetime) -> dict[str, object]:
    return {f"{name}_at" if when.tzinfo else f"{name}_local": when.isoformat(sep=" ")}


def _is_tip(record: Mapping[str, str]) -> bool:
    """A tip has no vendor, no code and is not shipped; products that happen to be called so have."""
    return (
        record.get("lineitem name", "").casefold() == "tip"
        and not {"vendor", "lineitem sku"} & record.keys()
        and record.get("lineitem requires shipping", "").casefold() == "false"
    )


def _goods(record: Mapping[str, str]) -> dict[str, object]:
    sku = record.get("lineitem sku")
    if lost_digits(sku):
        raise ValueError(f"Lineitem sku {sku!r} was cut by a spreadsheet: export the orders again")
    try:
        quantity = count(record.get("lineitem quantity"))
    except ValueError as error:
        raise ValueError(f"Lineitem quantity: {error}") from None
    return {"sku": sku, "title": record.get("lineitem name"), "quantity": quantity}


def _money(record: Mapping[str, str], values: Mapping[str, str], *, first: bool) -> dict[str, object]:
    """The price of the whole line; what belongs to the whole order stands on its first line."""
    price, quantity = _amount(record, "lineitem price"), count(record.get("lineitem quantity"))
    of_line, of_order = _amount(record, "lineitem discount"), _amount(values, "discount amount")
    shipping, taxes = _amount(values, "shipping"), _amount(values, "taxes")
    own = of_order if first else Decimal(0)
    return {
        "item_price": price * quantity if price is not None and quantity is not None else None,
        "discount": None if of_line is None and of_order is None else (of_line or 0) + (own or 0),
        "shipping": shipping if first or shipping is None else Decimal(0),
        "tax": taxes if first or taxes is None else Decimal(0),
        "currency": values.get("currency"),
    }


def _amount(values: Mapping[str, str], name: str) -> Decimal | None:
    try:
        return money(values.get(name), decimal_comma=False)
    except ValueError as error:
        raise ValueError(f"{name.capitalize()}: {error}") from None


def _order_id(name: str, values: Mapping[str, str]) -> str:
    """Shopify's id, by which the API knows the order too; the order's name where the file has none."""
    found = values.get("id")
    return found if found and not lost_digits(found) else name


def _status(record: Mapping[str, str], values: Mapping[str, str]) -> str:
    if "cancelled at" in values:
        return "cancelled"
    if "fulfilled" in (values.get("fulfillment status"), record.get("lineitem fulfillment status")):
        return "shipped"
    return "pending" if values.get("financial status") in ("pending", "expired") else "open"


ORDERS_FILE = Importer(
    kind="shopify.orders",
    title="Shopify orders export",
    recognise=recognise,
    read=read,
    marketplace=PLACE,
    columns=_NEEDED,
    shape=Shape(
        columns=dict.fromkeys(COLUMNS, "VARCHAR"),
        required=COLUMNS,
        outputs=(
            Output(
                into="order_line",
                select=files(__package__).joinpath("import_orders.sql").read_text("utf-8"),
                replaces=("order_id",),
            ),
        ),
    ),
)

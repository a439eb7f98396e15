"""The rows of an export by a mapping: each cell by the type of its canonical column, nothing guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kpiterm.plugins import DataError, Note, Payload, Rejected, Row, Sheet, facts
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.parse import count, currency_of, day, lost_digits, moment, money, percent, unwrap

_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
_WORDS = {
    "status": ("pending", "open", "shipped", "cancelled", "returned"),
    "fulfilment": ("marketplace", "merchant"),
}
# Of which moment a table's business day is the day, and what stands for a missing moment.
_DAY_OF = {"order_line": "ordered_at", "contact": "received_at"}
_STAND_IN = {"taken_at": "imported_at", "currency": "currency", "channel": "channel", "timezone": "timezone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a mapping file says: the file's column or a constant for each canonical column, and how to read cells."""

    table: facts.Table
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    timezone: str | None = None
    month_first: bool | None = None
    decimal_comma: bool | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """What every row must have: its key, and the moment or day that places it."""
        key = next(name for name in self.table.identity if name != "source")
        moment_ = _DAY_OF.get(self.table.name)
        return tuple(dict.fromkeys(filter(None, (key if key not in _STAND_IN else "sku", moment_))))


def read_rows(rules: Rules, sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One row of the mapped table for each line of the file."""
    positions = {cell.casefold(): n for n, cell in reversed(list(enumerate(sheet.header)))}
    if missing := [name for name in rules.columns.values() if name.casefold() not in positions]:
        raise DataError(
            f"{sheet.path.name} has no column {missing[0]!r}, which the mapping names; it has "
            + ", ".join(sheet.header[:12]),
            hint="correct the name under [columns] of the mapping",
        )
    at = {ours: positions[theirs.casefold()] for ours, theirs in rules.columns.items()}
    seen, undated = Counter[tuple[str, str]](), 0
    for number, cells in enumerate(sheet.rows(), start=1):
        texts = {ours: unwrap(cells[n]) for ours, n in at.items()} | dict(rules.constants)
        for ours, name in _STAND_IN.items():
            texts[ours] = texts.get(ours) or sheet.given.get(name)
        undated += "taken_at" in rules.table.identity and not {"taken_at"} & rules.columns.keys()
        try:
            yield Row(rules.table.name, _values(rules, texts, seen))
        except ValueError as error:
            yield Rejected(number, str(error))
    if undated:
        yield Note(f"{undated} rows have no date: they are dated by the import of the file")


def _values(rules: Rules, texts: Mapping[str, str | None], seen: Counter[tuple[str, str]]) -> dict[str, object]:
    types = {c.name: c.type for c in rules.table.columns} | {"channel": facts.TEXT}
    zone = rules.timezone or texts.get("timezone") or _zone_of(texts.get("channel"))
    values: dict[str, object] = {}
    for name, text in texts.items():
        if name in types and text is not None:
            try:
                values[name] = _value(rules, name, types[name], text, zone)
            except ValueError as error:
                raise ValueError(f"{rules.columns.get(name, name)}: {error}") from None
    for name in rules.needed:
        if values.get(name) is None:
            raise ValueError(f"{rules.columns.get(name, name)} is blank")
    _derive(rules, values, zone, seen)
    return values


def _value(rules: Rules, name: str, type_: str, text: str, zone: str | None) -> object:
    text = rules.values.get(name, {}).get(text, text)
    match type_:
        case facts.MONEY:
            return money(text, rules.decimal_comma)
        case facts.RATE:
            return percent(text, rules.decimal_comma) if "%" in text else money(text, rules.decimal_comma)
        case facts.COUNT:
            return count(text)
        case facts.DAY:
            return day(text, rules.month_first)
        case facts.MOMENT:
            return _moment(text, zone, rules.month_first)
        case facts.FLAG:
            return _flag(text)
        case _:
            return _text(rules, name, text)


def _moment(text: str, zone: str | None, month_first: bool | None) -> datetime:
    """A date alone is the start of its day."""
    try:
        return moment(text, zone, month_first)
    except ValueError as error:
        if "no time of day" not in str(error):
            raise
    if zone is None:
        raise ValueError(f"{text!r} has no time zone: write timezone = … into the mapping")
    first = day(text, month_first)
    return datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _flag(text: str) -> bool:
    if text.casefold() not in (*_YES, *_NO):
        raise ValueError(f"{text!r} is neither yes nor no")
    return text.casefold() in _YES


def _text(rules: Rules, name: str, text: str) -> str:
    words = _WORDS.get(name, ()) if rules.table.name == "order_line" else ()
    plain = text.casefold() if text.casefold() in words else text
    if words and plain not in words:
        raise ValueError(f"{text!r} is none of {', '.join(words)}: say what it means under [values.{name}]")
    if name == "currency":
        plain = text.upper()
        if currency_of(plain) != plain:
            raise ValueError(f"{text!r} is no currency code")
    if lost_digits(plain) and name.endswith(("_id", "sku", "_key")):
        raise ValueError(f"{text!r} was cut by a spreadsheet")
    return plain


def _derive(
    rules: Rules,
    values: dict[str, object],
    zone: str | None,
    seen: Counter[tuple[str, str]],
) -> None:
    """What follows from other columns: the business day, the last day of one day, that several days are a summary, a
    line's key within its order."""
    source = values.get(_DAY_OF.get(rules.table.name, ""))
    if isinstance(source, datetime) and "business_day" not in values:
        if zone is None:
            raise ValueError("whose day it is, is not known: write timezone = … into the mapping")
        values["business_day"] = source.astimezone(ZoneInfo(zone)).date()
    if rules.table.name == "ad_day" and "last_day" not in values:
        values["last_day"] = values["day"]
    if values.get("last_day", values.get("day")) != values.get("day"):
        values["level"], values["detail"] = "summary", values.get("level")
    if rules.table.name == "order_line" and "line_key" not in values:
        key = str(values["order_id"]), str(values.get("sku") or "")
        seen[key] += 1
        values["line_key"] = f"{key[1]}#{seen[key]}"


def _zone_of(channel: str | None) -> str | None:
    place = MARKETPLACES.get(channel or "")
    return place.timezone if place else None

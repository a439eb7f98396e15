"""Date-range and unified transaction reports in the languages of Amazon: each amount as a line of a statement."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from kpiterm.plugins import Importer, Note, Output, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.parse import count, moment, money
from kpiterm_amazon.flat_reports import TEXT, sql
from kpiterm_amazon.import_table import Header, body, plain
from kpiterm_amazon.import_words import COLUMNS, DEFERRED, FEES, MONTHS, OTHER, PRICES, TAXES, TYPES

AMOUNTS = {**PRICES, **TAXES, **FEES, **OTHER}
HEADER = Header(
    names={**COLUMNS, **AMOUNTS},
    needed=("posted", "settlement", "type", "order", "description", "product sales", "selling fees", "other", "total"),
)
_KINDS = {plain(word): kind for kind, words in TYPES.items() for word in words}
_MONTHS = {word: f"{n:02}" for n, words in enumerate(MONTHS, start=1) for word in words.split()}
_DATE = re.compile(r"(\d{1,2})\.? (?:de )?([^\W\d]{3,10})\.? (?:de )?(\d{4})[ ,]+(.*)")
_ZONES = {"MEZ": "CET", "MESZ": "CEST", "BST": "+01:00", "IST": "+05:30"}
_ALIASES = {"amazon.jp": "amazon.co.jp"}
_LINE = (
    "channel", "settlement_id", "posted_at", "kind", "detail", "order_id", "sku", "quantity", "amount", "currency",
)  # fmt: skip
TRANSACTIONS_SHAPE = Shape(
    columns=dict.fromkeys(_LINE, TEXT),
    required=("posted_at", "kind", "amount"),
    outputs=(
        Output(
            into="settlement_line",
            select=sql("import_transactions.sql"),
            replaces=("source", "channel", "posted_at", "order_id"),
        ),
    ),
)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with a line for each amount of each transaction."""
    return body(sheet, _LINE, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[dict[str, str | None] | Rejected | Note]:
    home, comma = _home(sheet), _decimal_comma(sheet)
    seen = Counter[str]()
    for number, line in HEADER.lines(sheet):
        try:
            yield from _split(line, home, comma, seen)
        except ValueError as error:
            yield Rejected(number, str(error))
    unknown = {key.removeprefix("type "): times for key, times in seen.items() if key.startswith("type ")}
    for word, times in unknown.items():
        yield Note(f"{times} lines have the unknown type {word!r}: they are kept as 'other'")
    if seen["deferred"]:
        yield Note(f"{seen['deferred']} transactions are held back (deferred): a later report releases them")
    if seen["rest"]:
        yield Note(f"{seen['rest']} totals differ from the sum of their columns: the rest is kept as 'not broken down'")
    if home is None:
        yield Note("the report names no marketplace of one currency: name the account with --account")


def _home(sheet: Sheet) -> str | None:
    """The marketplace of lines that name none, such as payouts: that of most lines, else the account's."""
    named, account = Counter[str](), None
    for _, line in HEADER.lines(sheet):
        account = line["given_channel"]
        if (channel := _channel(line["marketplace"])) in MARKETPLACES:
            named[channel] += 1
    return max(named, key=lambda channel: named[channel]) if named else account


def _channel(text: str | None) -> str:
    name = (text or "").casefold()
    return _ALIASES.get(name, name) if name.startswith("amazon.") else "non-amazon" if name else ""


def _decimal_comma(sheet: Sheet) -> bool | None:
    """How the file writes decimals, shown by amounts with two of them."""
    for _, line in HEADER.lines(sheet):
        for text in filter(None, (line[name] for name in ("total", *AMOUNTS))):
            if found := re.search(r"[.,](?=\d\d$)", text):
                return found[0] == ","
    return None


def _split(
    line: Mapping[str, str | None], home: str | None, comma: bool | None, seen: Counter[str]
) -> Iterator[dict[str, str | None]]:
    """The lines of one transaction; they add up to its total."""
    amounts = {name: amount for name in AMOUNTS if (amount := _amount(name, line, comma))}
    total = _amount("total", line, comma)
    if total is None:
        raise ValueError("total is blank")
    kind = _kind(line["type"], seen)
    channel = _channel(line["marketplace"]) or home
    place = MARKETPLACES.get(channel or "") or MARKETPLACES.get(home or "")
    shared = {
        "channel": channel,
        "settlement_id": line["settlement"],
        "posted_at": posted(line["posted"], month_first=home == "amazon.com").isoformat(),
        "order_id": line["order"],
        "sku": line["sku"],
        "currency": place.currency if place else line["given_currency"],
    }
    if _deferred(line):
        seen["deferred"] += 1
        yield {**shared, "kind": "deferred", "detail": kind, "amount": str(total)}
        return
    if rest := total - sum(amounts.values()):
        seen["rest"] += 1
        amounts["not broken down"] = rest
    units = count(line["quantity"])
    for name, amount in amounts.items() or [(kind, total)]:
        own = kind if kind == "transfer" else "fee" if name in FEES else "tax" if name in TAXES else kind
        quantity = str(units) if name == "product sales" and units is not None else None
        detail = _detail(kind, name, line["description"])
        yield {**shared, "kind": own, "detail": detail, "quantity": quantity, "amount": str(amount)}


def _detail(kind: str, name: str, description: str | None) -> str:
    """What an amount is for. An order's description is the product, a payout's ends with digits of the bank account."""
    if kind in ("order", "refund", "transfer") or not description:
        return kind if kind == "transfer" else name
    return description.rstrip(" :：")


def _amount(name: str, line: Mapping[str, str | None], comma: bool | None) -> Decimal | None:
    try:
        return money(line[name], comma)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _kind(text: str | None, seen: Counter[str]) -> str:
    """A blank type is a charge that belongs to no order: coupons, programmes."""
    if not text:
        return "fee"
    kind = _KINDS.get(plain(text))
    if kind is None:
        seen[f"type {text}"] += 1
    return kind or "other"


def _deferred(line: Mapping[str, str | None]) -> bool:
    return plain(line["status"] or "") in DEFERRED


def posted(text: str | None, *, month_first: bool) -> datetime:
    """The moment in aware UTC, whatever the language of its month: `28 de fev. de 2026 21:17:51 GMT-8`."""
    written = " ".join((text or "").split())
    if found := _DATE.fullmatch(written):
        day, name, year, rest = found.groups()
        letters = unicodedata.normalize("NFKD", name.casefold())
        word = "".join(letter for letter in letters if not unicodedata.combining(letter))
        month = next((_MONTHS[word[:n]] for n in (4, 3) if word[:n] in _MONTHS), None)
        if month is None:
            raise ValueError(f"date: {text!r} has the unknown month {name!r}")
        written = f"{year}-{month}-{day} {rest}"
    head, _, zone = written.rpartition(" ")
    return moment(f"{head} {_ZONES.get(zone, zone)}", month_first=month_first if "/" in written else False)


TRANSACTIONS = Importer(
    kind="amazon.transactions",
    title="Transaction report (date range, unified)",
    recognise=HEADER,
    read=read,
    shape=TRANSACTIONS_SHAPE,
    columns=HEADER.columns,
)

"""Buyer contacts from a list that the operator keeps: no marketplace gives response times dependably.

A CSV or Excel file with one conversation a row. Columns, by any of these names:

- `received_at` (received, first message, received time): the buyer's first message; required
- `replied_at` (replied, first reply, replied time): the first human reply, blank while unanswered; required
- `contact_id` (id, case id, ticket id, message id, conversation id): without it, a hash of order, channel and time
- `order_id` (order, order number, amazon-order-id), `channel` (marketplace, sales channel)
- `needs_reply` (reply needed): no, where the seller marked that no reply is needed
- `timezone` (time zone, tz): of times that are written without an offset; else the channel's own zone holds
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping

from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.model import Importer, Note, Output, Payload, Rejected, Row, Shape
from kpiterm.plugins.parse import moment
from kpiterm.plugins.sheet import Sheet

_NAMES = {
    "received_at": ("received_at", "received", "first message", "received time"),
    "replied_at": ("replied_at", "replied", "first reply", "replied time"),
    "contact_id": ("contact_id", "id", "case id", "ticket id", "message id", "conversation id"),
    "order_id": ("order_id", "order", "order number", "amazon-order-id"),
    "channel": ("channel", "marketplace", "sales channel"),
    "needs_reply": ("needs_reply", "reply needed"),
    "timezone": ("timezone", "time zone", "tz"),
}
_COLUMNS = ("contact_id", "received_at", "replied_at", "order_id", "channel", "needs_reply")
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
_DEFAULT = "amazon.com"

SHAPE = Shape(
    columns=dict.fromkeys(_COLUMNS, "VARCHAR"),
    required=("contact_id", "received_at", "replied_at"),
    outputs=(
        Output(
            into="contact",
            replaces=("contact_id",),
            select="""
                select _payload, channel, contact_id, order_id, utc(received_at) as received_at,
                    utc(replied_at) as replied_at,
                    business_day(utc(received_at), coalesce(channel, getvariable('channel'))) as business_day,
                    cast(needs_reply as boolean) as needs_reply
                from source
            """,
        ),
    ),
)


def recognise(sheet: Sheet) -> bool:
    return {"received_at", "replied_at"} <= _positions(sheet.header).keys()


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the good rows, times in UTC; the others one by one."""
    at, zones = _positions(sheet.header), Counter[str]()
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    out.writeheader()
    for number, cells in enumerate(sheet.rows(), start=1):
        try:
            out.writerow(_contact({name: (cells[n] or "").strip() for name, n in at.items()}, zones))
        except ValueError as error:
            yield Rejected(number, str(error))
    if assumed := zones["assumed"]:
        yield Note(
            f"{assumed} contacts have times without an offset, and no channel or timezone: they are taken in "
            f"{MARKETPLACES[_DEFAULT].timezone} ({_DEFAULT}); add a column timezone if that is wrong"
        )
    yield Payload(body=text.getvalue().encode(), format="csv", request=f"file {sheet.path.name}")


def _positions(header: tuple[str, ...]) -> Mapping[str, int]:
    cells = [" ".join(cell.casefold().split()) for cell in header]
    found = {ours: next((cells.index(name) for name in names if name in cells), None) for ours, names in _NAMES.items()}
    return {ours: position for ours, position in found.items() if position is not None}


def _contact(line: Mapping[str, str], zones: Counter[str]) -> dict[str, str]:
    channel, order = line.get("channel", "").lower(), line.get("order_id", "")
    zone = line.get("timezone") or _zone_of(channel)
    received = _utc("received_at", line["received_at"], zone)
    replied = _utc("replied_at", line["replied_at"], zone) if line["replied_at"] else ""
    if replied and replied < received:
        raise ValueError(f"replied_at {line['replied_at']!r} is earlier than received_at {line['received_at']!r}")
    flag = line.get("needs_reply", "").lower()
    if flag not in ("", *_YES, *_NO):
        raise ValueError(f"needs_reply: {flag!r} is neither yes nor no")
    zones["assumed"] += not (line.get("timezone") or channel) and _is_local(line["received_at"])
    return {
        "contact_id": line.get("contact_id") or _hash(order, channel, received),
        "received_at": received,
        "replied_at": replied,
        "order_id": order,
        "channel": channel,
        "needs_reply": "false" if flag in _NO else "true",
    }


def _zone_of(channel: str) -> str | None:
    """The channel's own zone; None for a channel that is not known here, whose times then need an offset."""
    place = MARKETPLACES.get(channel or _DEFAULT)
    return place.timezone if place else None


def _utc(name: str, text: str, zone: str | None) -> str:
    try:
        return moment(text, zone).isoformat()
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _is_local(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return True
    return False


def _hash(*parts: str) -> str:
    """Without the reply, so that a contact keeps its identity once it is answered."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


CONTACTS = Importer(
    kind="kpiterm.contacts",
    title="Buyer contacts and replies",
    recognise=recognise,
    read=read,
    shape=SHAPE,
    columns=(_NAMES["received_at"], _NAMES["replied_at"]),
)

"""The operator's list of buyer contacts: times are put into UTC, and nothing is guessed in silence."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins import Note, Payload, Rejected, Sheet
from kpiterm.plugins.contacts import CONTACTS
from kpiterm.plugins.testing.sql import connection, problems

at = datetime.fromisoformat  # naive UTC, as the store keeps moments


def sheet(header: str, *lines: str) -> Sheet:
    rows = [tuple(cell or None for cell in line.split(",")) for line in lines]
    return Sheet(
        path=Path("contacts.csv"), encoding="utf-8", delimiter=",", header=tuple(header.split(",")), header_row=1,
        rows=lambda: iter(rows),
    )  # fmt: skip


def read(header: str, *lines: str) -> tuple[list[dict[str, str]], list[Rejected], list[str]]:
    source = sheet(header, *lines)
    assert CONTACTS.recognise(source)
    items = list(CONTACTS.read(source))
    (payload,) = [item for item in items if isinstance(item, Payload)]
    assert isinstance(payload.body, bytes)
    rows = list(csv.DictReader(io.StringIO(payload.body.decode())))
    return rows, [i for i in items if isinstance(i, Rejected)], [i.text for i in items if isinstance(i, Note)]


def test_an_offset_a_zone_or_the_channel_places_the_times() -> None:
    rows, rejected, notes = read(
        "received_at,replied_at,channel,timezone",
        "2026-11-03T08:00:00-08:00,2026-11-03T10:00:00-08:00,,",
        "2026-11-03 08:00,2026-11-03 10:00,Amazon.co.uk,",
        "2026-11-03 08:00,2026-11-03 10:00,amazon.co.uk,Asia/Shanghai",
    )
    assert [row["received_at"][:16] for row in rows] == ["2026-11-03T16:00", "2026-11-03T08:00", "2026-11-03T00:00"]
    assert [row["channel"] for row in rows] == ["", "amazon.co.uk", "amazon.co.uk"]
    assert (rejected, notes) == ([], [])


def test_times_without_any_place_are_amazon_coms_and_that_is_said() -> None:
    rows, _, (note,) = read("received_at,replied_at", "2026-11-03 08:00,")
    assert (rows[0]["received_at"], rows[0]["replied_at"]) == ("2026-11-03T16:00:00+00:00", "")
    assert "America/Los_Angeles" in note


def test_columns_go_by_the_names_that_tools_give_them() -> None:
    rows, _, _ = read(
        "Ticket ID,Order Number,Received,First Reply,Reply needed", "T-1,113-1,2026-11-03T08:00Z,2026-11-03T09:00Z,No"
    )
    assert rows == [
        {"contact_id": "T-1", "received_at": "2026-11-03T08:00:00+00:00", "replied_at": "2026-11-03T09:00:00+00:00",
         "order_id": "113-1", "channel": "", "needs_reply": "false"}
    ]  # fmt: skip


def test_a_contact_without_an_id_keeps_its_identity_once_answered() -> None:
    (waiting, answered, other), _, _ = read(
        "received_at,replied_at,order_id",
        "2026-11-03T08:00Z,,113-1",
        "2026-11-03T08:00Z,2026-11-03T09:00Z,113-1",
        "2026-11-03T08:00Z,,113-2",
    )
    assert waiting["contact_id"] == answered["contact_id"] != other["contact_id"]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (",2026-11-03T09:00Z,,", "received_at"),
        ("2026-11-03T08:00Z,yesterday,,", "replied_at"),
        ("2026-11-03T08:00Z,2026-11-03T07:00Z,,", "earlier"),
        ("11/03/2026 08:00,,,", "which comes first"),
        ("2026-11-03 08:00,,shop.example,", "no UTC offset"),
        ("2026-11-03T08:00Z,,,perhaps", "neither yes nor no"),
    ],
)
def test_a_contact_that_cannot_be_read_is_kept_apart(line: str, word: str) -> None:
    rows, ((row, reason),), _ = _numbered(
        read("received_at,replied_at,channel,needs_reply", "2026-11-03T08:00Z,,,", line)
    )
    assert (len(rows), row) == (1, 2)
    assert word in reason


def _numbered(found: tuple[Any, list[Rejected], Any]) -> tuple[Any, list[tuple[int, str]], Any]:
    rows, rejected, notes = found
    return rows, [(bad.row, bad.reason) for bad in rejected], notes


def test_other_lists_are_left_alone() -> None:
    assert not CONTACTS.recognise(sheet("received_at,sku", "2026-11-03,A"))


def test_the_store_gets_utc_and_the_channels_business_day() -> None:
    assert CONTACTS.shape is not None
    assert problems(CONTACTS.shape) == []
    con = connection()
    con.execute(
        "create table source as select 1 as _payload, 'a' as contact_id, '2026-11-03T06:00:00+00:00' as received_at, "
        "cast(null as varchar) as replied_at, '113-1' as order_id, cast(null as varchar) as channel, "
        "'true' as needs_reply"
    )
    rows = con.execute(CONTACTS.shape.outputs[0].select).fetchall()
    con.close()
    assert rows == [(1, None, "a", "113-1", at("2026-11-03T06:00:00"), None, date(2026, 11, 2), True)]

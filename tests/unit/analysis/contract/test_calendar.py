"""What falls due when, and the iCalendar file."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.contract.deadlines import Due, deadlines
from kpiterm.analysis.contract.grants import Grant, Grants
from kpiterm.analysis.contract.ical import calendar, escaped, folded
from kpiterm.analysis.contract.model import Contract
from tests.unit.analysis.contract.agreed import contract
from tests.unit.analysis.contract.test_ledger import CLAIM, ledger

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
UNTIL = {'currency = "USD"': 'currency = "USD"\nuntil = 2027-02-28'}
_OPS = '{ platform = "amazon", principal = "ops@p.example", role = "Ads; Reports", level = "edit", until = 2026-12-31 }'
SERVICE = f"""
[terms.service]
confidentiality_until = 2027-08-31
notice = {{ seller = 30, provider = 60 }}
renewal_months = 12
statement_days = 10
transition_days = 30
review = {{ every = "14d", weekday = "Tue" }}
pilot = {{ start = 2026-12-01, end = 2027-01-31, pass_score = "0.9" }}
access = [ {_OPS} ]
"""
NONE = Grants((), {}, {})


def dues(agreed: Contract | None = None, *entries: tuple[str, dict[str, Any]], grants: Grants = NONE) -> list[Due]:
    return deadlines(agreed or contract(UNTIL, more=SERVICE), ledger(*entries), grants, TODAY, 366)


def on(found: list[Due], kind: str) -> list[tuple[str, str]]:
    return [(f"{due.day}", due.key) for due in found if due.kind == kind]


def test_each_side_has_a_last_day_for_notice() -> None:
    found = dues()
    assert on(found, "notice") == [("2026-12-30", "provider 2027-02-28"), ("2027-01-29", "seller 2027-02-28")]
    assert on(found, "end") == [("2027-02-28", "end")]
    assert on(found, "renewal") == [("2027-03-01", "2027-03-01")]
    assert on(found, "transition") == [("2027-03-30", "transition")]
    assert on(found, "confidentiality") == [("2027-08-31", "until")]
    assert on(found, "access") == [("2026-12-31", "amazon ops@p.example Ads; Reports")]


def test_notice_that_was_given_ends_the_contract_and_stops_its_renewal() -> None:
    found = dues(None, ("contract.notice", {"side": "seller", "ends": "2026-12-31"}))
    assert on(found, "end") == [("2026-12-31", "end")]
    assert on(found, "transition") == [("2027-01-30", "transition")]
    assert on(found, "notice") == on(found, "renewal") == []


def test_without_an_end_notice_ends_it_at_the_end_of_a_month() -> None:
    found = on(dues(contract(more=SERVICE)), "notice")
    assert found[0] == ("2026-12-01", "seller 2026-12-31")
    assert ("2026-12-02", "provider 2027-01-31") in found
    assert all(day >= f"{TODAY}" for day, _ in found)


def test_reviews_are_every_second_tuesday_since_the_terms_are_in_force() -> None:
    days = [date.fromisoformat(day) for day, _ in on(dues(), "review")]
    assert {day.strftime("%a") for day in days} == {"Tue"}
    assert {(b - a).days for a, b in pairwise(days)} == {14}
    assert (days[0] - date(2026, 9, 1)).days % 14 == 0
    assert days[-1] <= date(2027, 2, 28)


def test_what_is_late_stays_until_it_is_done() -> None:
    found = dues(None, CLAIM)
    assert on(found, "statement")[:2] == [("2026-10-10", "2026-09"), ("2026-11-10", "2026-10")]
    assert on(found, "dispute") == [("2026-11-15", "2026-10")]
    closed = dues(None, ("contract.close", {"period": "2026-09"}), ("contract.close", {"period": "2026-10"}))
    assert on(closed, "statement")[0] == ("2026-12-10", "2026-11")


def test_a_credential_expires_at_a_moment_on_the_contracts_own_day() -> None:
    ends = datetime(2027, 1, 5, 3, tzinfo=UTC)  # the evening of the fourth in Los Angeles
    grant = Grant(platform="shopify", principal="app", role="read_orders", level="view", seen_on=TODAY, origin="s",
                  account="s", expires=ends)  # fmt: skip
    (found,) = [d for d in dues(grants=Grants((grant, grant), {}, {})) if d.kind == "credential"]
    assert (found.day, found.moment) == (date(2027, 1, 4), ends)
    assert b"DTSTART:20270105T030000Z\r\n" in calendar("c", [found], NOW)


def lines(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_the_file_keeps_to_the_standard() -> None:
    found = dues(None, CLAIM)
    data = calendar("seller-us", found, NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    unfolded = lines(data)
    assert (unfolded[0], unfolded[-2], unfolded[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    uids = [line for line in unfolded if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == len(found)
    assert all(re.fullmatch(r"[A-Z-]+(;[A-Z]+=[A-Z]+)?:.*", line) for line in unfolded[:-1])
    access = unfolded.index("DTSTART;VALUE=DATE:20261231")
    assert unfolded[access + 1] == "DTEND;VALUE=DATE:20270101"
    assert "DESCRIPTION:Ads\\; Reports (edit): remove it\\, then import a user list as proof" in unfolded


def test_an_event_keeps_its_id_when_its_day_moves() -> None:
    moved = contract(UNTIL, more=SERVICE.replace("until = 2026-12-31", "until = 2027-01-15"))
    before, after = (next(d for d in dues(c) if d.kind == "access") for c in (None, moved))
    assert before.day != after.day
    assert lines(calendar("c", [before], NOW))[7] == lines(calendar("c", [after], NOW))[7]


@given(st.text())
def test_any_text_survives_folding_and_escaping(text: str) -> None:
    data = folded(f"SUMMARY:{escaped(text)}")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    (line, rest) = lines(data)
    assert rest == ""
    back = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], line.removeprefix("SUMMARY:"))
    kept = re.sub(r"\r\n?", "\n", text)
    assert back == "".join(c for c in kept if c in "\t\n" or (c >= " " and c != "\x7f"))

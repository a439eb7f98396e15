"""Every kind of fault of access, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.contract.access import audit
from kpiterm.analysis.contract.grants import Grant, Grants, read_grants
from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.user_list import read_users
from kpiterm.errors import UsageError
from tests.unit.analysis.contract.agreed import contract

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

TODAY = date(2026, 11, 22)
SERVICE = """
[terms.service]
own_staff = ["*@seller.example"]
access = [
  { platform = "amazon", principal = "ops@provider.example", role = "Advertising, Reports", level = "edit" },
  { platform = "amazon", principal = "us-main", role = "marketplace *", level = "view" },
  { platform = "walmart", principal = "old@provider.example", role = "Reports", level = "view", until = 2026-10-31 },
]
"""
HEADER = ("Platform", "User", "Role", "Level", "Seen on")


def agreed() -> Contract:
    return contract(more=SERVICE)


def grant(principal: str, role: str, level: str | None = "view", **more: object) -> Grant:
    values: dict[str, object] = {"platform": "amazon", "seen_on": date(2026, 11, 20), "origin": "log:1:h"}
    return Grant(principal=principal, role=role, level=level, **(values | more))  # type: ignore[arg-type]


def kinds(*grants: Grant, lists: dict[str, date] | None = None, day: date = TODAY) -> list[tuple[str, str]]:
    read = {"walmart": date(2026, 11, 20)} if lists is None else lists
    return [(f.kind, f.principal) for f in audit(agreed(), Grants(grants, read, {}), day, None)]


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (grant("ops@provider.example", "Advertising", "edit"), None),
        (grant("OPS@provider.example", "reports"), None),
        (grant("boss@seller.example", "Account owner", "edit"), None),
        (grant("ops@provider.example", "Account Owner", "edit"), "main_account"),
        (grant("who@else.example", "Reports"), "unknown"),
        (grant("ops@provider.example", "Payments"), "too_broad"),
        (grant("amzn1.app", "marketplace amazon.com", None, account="us-main"), None),
        (grant("amzn1.app", "marketplace amazon.com", "edit", account="us-main"), "too_broad"),
        (grant("amzn1.app", "orders", account="other"), "unknown"),
        (grant("old@provider.example", "Reports", platform="walmart"), "expired"),
        (grant("ops@provider.example", "Advertising", platform="walmart"), "unknown"),
    ],
)
def test_one_fault_at_most_for_each_right(found: Grant, kind: str | None) -> None:
    assert kinds(found) == ([(kind, found.principal)] if kind else [])


def test_that_somebody_is_gone_is_shown_by_a_list_read_after_the_last_day() -> None:
    unproven = [("removal_unproven", "old@provider.example")]
    assert kinds(lists={}) == unproven
    assert kinds(lists={"walmart": date(2026, 10, 31)}) == unproven
    assert kinds(lists={"walmart": date(2026, 11, 1)}) == []
    assert kinds(lists={}, day=date(2026, 10, 31)) == [], "the last day itself is granted"


def test_without_a_schedule_nothing_can_be_judged() -> None:
    assert audit(contract(), Grants((grant("who", "Reports"),), {}, {}), TODAY, None) == []


def test_the_end_of_the_contract_ends_every_right() -> None:
    ended = contract(more=SERVICE, changes={'currency = "USD"': 'currency = "USD"\nuntil = 2026-11-10'})
    seen = Grants((grant("ops@provider.example", "Reports"),), {"walmart": TODAY}, {("amazon", "us-main"): TODAY})
    found = [(f.kind, f.principal) for f in audit(ended, seen, TODAY, ended.until)]
    assert found == [("expired", "ops@provider.example")]


def test_the_last_reading_of_an_account_and_the_last_list_of_a_platform_count(store: Store) -> None:
    for day, role in ((20, "gone"), (21, "orders"), (21, "items")):
        store.add("access_grant", account="w", channel="walmart.com", source="walmart.access", day=date(2026, 11, day),
                  principal="app", role=role, level="view")  # fmt: skip
    store.add("run", account="w", stream="access", status="ok", finished_at="2026-11-21 09:00:00")
    store.connection.execute("CREATE TABLE IF NOT EXISTS event (seq BIGINT, happened_at TIMESTAMP, actor VARCHAR, "
                             "kind VARCHAR, detail VARCHAR, hash VARCHAR)")  # fmt: skip
    for seq, (user, seen) in enumerate((("a", "2026-11-20"), ("b", "2026-11-18"), ("c", "2026-11-20")), 1):
        users = [{"platform": "amazon", "principal": user, "role": "R", "level": "view", "seen_on": seen}]
        store.add("event", seq=seq, happened_at="2026-11-21 00:00:00", actor="ann", kind="contract.access",
                  detail=json.dumps({"users": users}), hash=f"h{seq}")  # fmt: skip
    found = read_grants(store)
    assert [(g.principal, g.role, g.origin) for g in found.all] == [
        ("app", "items", "w"), ("app", "orders", "w"), ("c", "R", "log:3:h3"),
    ]  # fmt: skip
    assert found.lists == {"amazon": date(2026, 11, 20)}
    assert found.read_on("walmart", "w") == date(2026, 11, 21)


def test_a_list_of_users_is_read_whatever_its_columns_are_called() -> None:
    rows = [("Amazon", "a@b.example", "Reports", "View only", "2026-11-20"), (None,) * 5,
            ("shopify", "c", "Orders", "", datetime(2026, 11, 20, tzinfo=UTC))]  # fmt: skip
    found = read_users("users.csv", HEADER, rows)
    assert found[0] == {
        "platform": "amazon", "principal": "a@b.example", "role": "Reports", "level": "view", "seen_on": "2026-11-20",
    }  # fmt: skip
    assert (found[1]["level"], found[1]["seen_on"]) == (None, "2026-11-20")
    assert read_users("x", ("平台", "用户", "权限", "级别", "日期"), rows[:1])[0] == found[0]


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (HEADER[:4], ("a", "b", "c", "view"), "no column 'seen_on'"),
        (HEADER, ("a", "", "c", "view", "2026-11-20"), "row 2: principal is empty"),
        (HEADER, ("a", "b", "c", "some", "2026-11-20"), "row 2: level 'some'"),
        (HEADER, ("a", "b", "c", "view", "soon"), "row 2: seen on 'soon'"),
        (HEADER, (None,) * 5, "names no user"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_row(header: tuple[str, ...], row: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_users("users.csv", header, [row])

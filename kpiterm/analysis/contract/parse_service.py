"""Reads the part of a contract that is about service and not about money."""

from __future__ import annotations

from datetime import date

from kpiterm.analysis.contract.model import Access, Pilot, Service
from kpiterm.config.toml import Section
from kpiterm.i18n import N_

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SIDES = ("seller", "provider")


def service(section: Section) -> Service:
    """`[terms.service]`; every key of it may be left out."""
    review = section.table("review")
    found = Service(
        scope=section.texts("scope"),
        data_owner=section.choice("data_owner", _SIDES) if section.has("data_owner") else None,
        access=tuple(_access(part) for part in section.tables("access")),
        own_staff=section.texts("own_staff", like='patterns such as "*@seller.example"'),
        confidentiality_until=_day(section, "confidentiality_until"),
        notice_days=_days(section, "notice_days"),
        notice=_notice(section.table("notice")),
        renewal_months=section.integer("renewal_months", least=1, most=120) if section.has("renewal_months") else None,
        statement_days=_days(section, "statement_days"),
        transition_days=_days(section, "transition_days"),
        review_days=_every(review) if review.has("every") else None,
        review_weekday=review.choice("weekday", _WEEKDAYS) if review.has("weekday") else None,
        pilot=_pilot(section.table("pilot")) if section.has("pilot") else None,
        contacts=tuple(_contact(part) for part in section.tables("contacts")),
        handover=section.texts("handover"),
    )
    review.finish()
    section.finish()
    return found


def _access(section: Section) -> Access:
    access = Access(
        platform=section.text("platform"),
        principal=section.text("principal"),
        role=section.text("role"),
        level=section.choice("level", (N_("view"), N_("edit"))),
        until=_day(section, "until"),
    )
    section.finish()
    return access


def _pilot(section: Section) -> Pilot:
    pilot = Pilot(section.day("start"), section.day("end"), section.decimal("pass_score"))
    if pilot.end < pilot.start:
        section.fail("end", f"{pilot.end} is before {pilot.start}", "write the last day of the pilot")
    section.finish()
    return pilot


def _notice(section: Section) -> dict[str, int]:
    """Days of notice by side, where the sides have different ones."""
    found = {side: section.integer(side, most=3660) for side in _SIDES if section.has(side)}
    section.finish()
    return found


def _contact(section: Section) -> dict[str, str]:
    section.choice("side", _SIDES)
    return {key: section.text(key) for key in section.names()}


def _every(section: Section) -> int:
    return int(section.text("every", pattern=r"[1-9]\d{0,2}d", like='a number of days, such as "14d"').rstrip("d"))


def _days(section: Section, key: str) -> int | None:
    return section.integer(key, most=3660) if section.has(key) else None


def _day(section: Section, key: str) -> date | None:
    return section.day(key) if section.has(key) else None

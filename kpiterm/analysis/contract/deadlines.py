"""When what a contract says falls due: notice, end, pilot, reviews, statements, disputes, access and credentials."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpiterm.analysis.contract.access import ends_on
from kpiterm.analysis.contract.disputes import disputes
from kpiterm.analysis.contract.exit import End, end_of
from kpiterm.analysis.contract.grants import Grants
from kpiterm.analysis.contract.ledger import Ledger
from kpiterm.analysis.contract.model import Contract, Service, TermsVersion
from kpiterm.analysis.contract.segments import whole_month
from kpiterm.i18n import N_, said, word

SIDES = (N_("seller"), N_("provider"))
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = timedelta(days=1)
_PATIENCE = timedelta(days=62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One date of the calendar, a day in the contract's own time zone. `key` tells it from others of its kind, whatever
    day it is moved to; `moment` is given where the hour counts; `by` is who has to act."""

    kind: str
    key: str
    day: date
    title: str
    detail: str = ""
    by: str | None = None
    done: bool = False
    moment: datetime | None = None


def deadlines(contract: Contract, ledger: Ledger, grants: Grants, today: date, days: int) -> list[Due]:
    """All dates of the next `days` days in order, and what has been waiting since the last two months."""
    last = today + timedelta(days=days)
    terms = contract.in_force(today) or contract.terms[-1]
    service = terms.service or Service()
    found = [
        *_notices(service, end_of(contract, ledger), today, last),
        *_ends(service, end_of(contract, ledger)),
        *_pilot(service),
        *_reviews(contract, terms, service, today, last),
        *_statements(contract, service, ledger, today, last),
        *_disputes(ledger, contract),
        *_access(contract, service, grants, end_of(contract, ledger).day),
    ]
    kept = [d for d in found if today <= d.day <= last or (not d.done and _waiting(d, today))]
    return sorted(kept, key=lambda d: (d.day, d.kind, d.key))


def _waiting(due: Due, today: date) -> bool:
    return due.kind in {"statement", "dispute"} and today - _PATIENCE <= due.day < today


def _notices(service: Service, end: End, today: date, last: date) -> Iterator[Due]:
    """For each side the last day on which notice still ends the contract: at its end, else at an end of a month."""
    for side in SIDES:
        days = service.notice_of(side)
        if days is None or end.notice_by:
            continue
        for closing in [end.day] if end.day else list(_month_ends(today, last)):
            yield Due(
                kind="notice", key=f"{side} {closing}", day=closing - timedelta(days=days), by=side,
                title=said("last day for notice by the {0}, to end on {1}", word(side), closing),
                detail=said("{0} days before the end", days),
            )  # fmt: skip


def _ends(service: Service, end: End) -> Iterator[Due]:
    if end.day:
        why = said("notice by the {0}", word(end.notice_by)) if end.notice_by else said("as agreed")
        if service.renewal_months and not end.notice_by:
            first = end.day + _DAY
            yield Due(
                kind="renewal", key=f"{first}", day=first, title=said("renewed for {0} months", service.renewal_months),
                detail=said("unless a side gave notice in time; enter the new end in the contract file"),
            )  # fmt: skip
        yield Due(kind="end", key="end", day=end.day, title=said("the contract ends"), detail=why)
        if service.transition_days:
            over = end.day + timedelta(days=service.transition_days)
            title = said("support of the transition ends")
            yield Due(kind="transition", key="transition", day=over, title=title, by="provider")
    if service.confidentiality_until:
        title = said("confidentiality ends")
        yield Due(kind="confidentiality", key="until", day=service.confidentiality_until, title=title)


def _pilot(service: Service) -> Iterator[Due]:
    if pilot := service.pilot:
        judged = evaluation_day(service)
        yield Due(kind="pilot", key="start", day=pilot.start, title=said("the pilot begins"))
        yield Due(kind="pilot", key="end", day=pilot.end, title=said("the pilot ends"))
        title = said("the pilot is judged: {0} passes", pilot.pass_score)
        yield Due(kind="pilot", key="evaluation", day=judged, title=title)


def evaluation_day(service: Service) -> date:
    """The day on which the pilot's last statement is due."""
    assert service.pilot, "asked for a pilot's day without one"
    return service.pilot.end + timedelta(days=service.statement_days or 1)


def _reviews(contract: Contract, terms: TermsVersion, service: Service, today: date, last: date) -> Iterator[Due]:
    if not service.review_days:
        return
    day = terms.effective_from
    while day <= last and (contract.until is None or day <= contract.until):
        meeting = _on_weekday(day, service.review_weekday)
        if meeting >= today:
            yield Due(kind="review", key=f"{meeting}", day=meeting, title=said("review meeting"), by="both")
        day += timedelta(days=service.review_days)


def _on_weekday(day: date, name: str | None) -> date:
    """That weekday on or after a day."""
    return day if name is None else day + timedelta(days=(_WEEKDAYS.index(name) - day.weekday()) % 7)


def _statements(contract: Contract, service: Service, ledger: Ledger, today: date, last: date) -> Iterator[Due]:
    if service.statement_days is None:
        return
    for end in _month_ends(max(contract.start, today - _PATIENCE), min(last, contract.until or last)):
        period = f"{end:%Y-%m}"
        closing = ledger.closing(period)
        command = f"kpiterm contract settle --period {period} --close"
        yield Due(
            kind="statement", key=period, day=end + timedelta(days=service.statement_days), by="provider",
            title=said("statement of {0} due", period), done=closing is not None,
            detail=said("closed on {0}", closing.day) if closing else command,
        )  # fmt: skip


def _disputes(ledger: Ledger, contract: Contract) -> Iterator[Due]:
    for dispute in disputes(ledger, contract):
        if dispute["due"]:
            yield Due(
                kind="dispute", key=dispute["period"], day=date.fromisoformat(dispute["due"]), by="both",
                title=said("escrow of {0} falls due", dispute["period"]),
                detail=said("the dispute is {0}", word(dispute["state"])),
            )  # fmt: skip


def _access(contract: Contract, service: Service, grants: Grants, last: date | None) -> Iterator[Due]:
    for access in service.access:
        if ends := ends_on(access, last):
            key = f"{access.platform} {access.principal} {access.role}"
            yield Due(
                kind="access", key=key, day=ends, by="seller",
                title=said("access ends: {0} on {1}", access.principal, access.platform),
                detail=said("{0} ({1}): remove it, then import a user list as proof", access.role, word(access.level)),
            )  # fmt: skip
    zone = ZoneInfo(contract.timezone)
    for grant in {(g.platform, g.principal, g.expires): g for g in grants.all if g.expires}.values():
        assert grant.expires, "only those that expire were kept"
        yield Due(
            kind="credential", key=f"{grant.platform} {grant.principal}", day=grant.expires.astimezone(zone).date(),
            title=said("credential expires: {0} on {1}", grant.account or grant.principal, grant.platform),
            moment=grant.expires, detail=said("authorise again before, with kpiterm account add"), by="provider",
        )  # fmt: skip


def _month_ends(first: date, last: date) -> Iterator[date]:
    """The last days of the months that end within two days, both included."""
    day = first.replace(day=monthrange(first.year, first.month)[1])
    while day <= last:
        yield day
        following = day + _DAY
        day = whole_month(f"{following:%Y-%m}").end


def overdue(found: Sequence[Due], today: date) -> list[Due]:
    """What should have happened by now."""
    return [due for due in found if due.day < today and not due.done]

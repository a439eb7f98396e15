"""The audit of access: what a contract's schedule grants, against what the connectors and the user lists show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from kpiterm.analysis.contract.grants import Grant, Grants
from kpiterm.analysis.contract.model import Access, Contract
from kpiterm.i18n import N_, said, sentences, word

Kind = Literal["main_account", "unknown", "expired", "too_broad", "removal_unproven"]
TITLES: dict[Kind, str] = {
    "main_account": N_("main account in use"),
    "unknown": N_("unknown principal"),
    "expired": N_("expired"),
    "too_broad": N_("too broad"),
    "removal_unproven": N_("removal not proven"),
}
_MAIN = frozenset(
    {
        "account owner", "primary user", "primary", "main account", "main user", "owner", "store owner", "super admin",
        "super administrator", "主账号", "店主",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault of access: whose, what is wrong, what to do, and what shows it."""

    kind: Kind
    platform: str
    principal: str
    role: str
    level: str | None
    text: str
    remedy: str
    evidence: str
    account: str | None = None


def audit(contract: Contract, grants: Grants, day: date, last: date | None) -> list[Finding]:
    """Every fault of access on a day, at most one for each grant, the gravest first; none where no schedule was agreed.
    `last` is the contract's last day, None where it has no end."""
    terms = contract.in_force(day) or contract.terms[-1]
    service = terms.service
    schedule = service.access if service else ()
    own = service.own_staff if service else ()
    if not schedule:
        return []
    found = [f for g in grants.all if not _own(g.principal, own) and (f := _judge(g, schedule, day, last))]
    found += _unproven(schedule, grants, day, last)
    order = list(TITLES)
    return sorted(found, key=lambda f: (order.index(f.kind), f.platform, f.principal, f.role))


def ends_on(access: Access, last: date | None) -> date | None:
    """The last day of a granted right: its own, or the contract's."""
    return min((d for d in (access.until, last) if d), default=None)


def _judge(grant: Grant, schedule: Sequence[Access], day: date, last: date | None) -> Finding | None:
    if grant.role.strip().casefold() in _MAIN:
        return _finding(
            "main_account", grant, said("{0} is or works by the main account ({1})", grant.principal, grant.role),
            said("give them a user of their own with the rights that the schedule names; or name them in own_staff"),
        )  # fmt: skip
    named = [a for a in schedule if _names(a, grant)]
    if not named:
        return _finding(
            "unknown", grant, said("no line of the schedule names {0}", grant.principal),
            said("remove them on the platform, or add them to [terms.service] access by a new version of the terms"),
        )  # fmt: skip
    fitting = [a for a in named if _allows(a, grant)]
    live = [a for a in fitting if (end := ends_on(a, last)) is None or day <= end]
    if fitting and not live:
        ended = max(end for a in fitting if (end := ends_on(a, last)))
        return _finding(
            "expired", grant, said("granted until {0}, still there on {1}", ended, grant.seen_on),
            said("remove it on the platform, then import a new user list as proof"),
        )  # fmt: skip
    if not fitting:
        granted = sentences(_right(a.role, a.level) for a in named)
        return _finding(
            "too_broad", grant, said("has {0}, the schedule grants {1}", _right(grant.role, grant.level), granted),
            said("take the right away on the platform, or agree on it by a new version of the terms"),
        )  # fmt: skip
    return None


def _unproven(schedule: Iterable[Access], grants: Grants, day: date, last: date | None) -> Iterator[Finding]:
    """Rights that ended, of which nothing read since shows that they are gone."""
    for access in schedule:
        ended = ends_on(access, last)
        if ended is None or day <= ended or any(_names(access, g) for g in grants.all):
            continue
        read = grants.read_on(access.platform, access.principal)
        if read is None or read <= ended:
            seen = said("the last reading is of {0}", read) if read else said("nothing was ever read")
            yield Finding(
                kind="removal_unproven", platform=access.platform, principal=access.principal, role=access.role,
                level=access.level, text=said("ended on {0}; {1}", ended, seen), evidence=access.platform,
                remedy=said(
                    "export the user permissions page of {0}, then kpiterm contract access --import", access.platform
                ),
            )  # fmt: skip


def _names(access: Access, grant: Grant) -> bool:
    """Whether a line of the schedule is about a grant: by its principal, or by the account whose tokens it is."""
    return access.platform == grant.platform and _same(access.principal) in {
        _same(grant.principal), _same(grant.account or "")
    }  # fmt: skip


def _allows(access: Access, grant: Grant) -> bool:
    """A line may name several roles, as a list with commas or by patterns."""
    roles = [access.role, *access.role.split(",")]
    fits = any(fnmatchcase(_same(grant.role), _same(role)) for role in roles)
    return fits and (access.level == "edit" or grant.level != "edit")


def _own(principal: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(_same(principal), _same(pattern)) for pattern in patterns)


def _same(text: str) -> str:
    return text.strip().casefold()


def _right(role: str, level: str | None) -> str:
    return said("{0} ({1})", role, word(level)) if level else role


def _finding(kind: Kind, grant: Grant, text: str, remedy: str) -> Finding:
    return Finding(
        kind=kind, platform=grant.platform, principal=grant.principal, role=grant.role, level=grant.level, text=text,
        remedy=remedy, evidence=grant.origin, account=grant.account,
    )  # fmt: skip

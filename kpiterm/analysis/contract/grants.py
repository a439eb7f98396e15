"""Who may do what on the platforms: as the connectors last read it, and as imported user lists say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from kpiterm.analysis.reader import Reader

IMPORT = "contract.access"
_READ = """SELECT account, split_part(source, '.', 1), principal, role, level, expires_at, day FROM access_grant
    QUALIFY rank() OVER (PARTITION BY account, source ORDER BY day DESC) = 1
    ORDER BY account, principal, role"""
_LISTS = "SELECT seq, hash, actor, detail FROM event WHERE kind = 'contract.access' ORDER BY seq"
_RUNS = """SELECT r.account, any_value(split_part(g.source, '.', 1)), max(CAST(r.finished_at AS DATE))
    FROM run AS r JOIN (SELECT DISTINCT account, source FROM access_grant) AS g ON g.account = r.account
    WHERE r.status = 'ok' AND r.stream = split_part(g.source, '.', 2) GROUP BY r.account"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One right of one principal. `account` is kpiterm's own whose tokens it is, None on a user list; `origin` is the
    account, or the entry of the operation log that holds the list."""

    platform: str
    principal: str
    role: str
    level: str | None
    seen_on: date
    origin: str
    account: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grants:
    """All rights that are known, and when each platform's user list and each account was last read."""

    all: tuple[Grant, ...]
    lists: dict[str, date]
    accounts: dict[tuple[str, str], date]

    def read_on(self, platform: str, principal: str) -> date | None:
        """The day of the last reading that would have shown a principal: an account's own, else the user list."""
        return self.accounts.get((platform, principal), self.lists.get(platform))


def read_grants(reader: Reader) -> Grants:
    """The last reading of every account, and of every platform the last user list."""
    seen = [_seen(row) for row in reader.rows(_READ)]
    listed = _lists(reader)
    accounts = {(str(platform), str(account)): cast("date", day) for account, platform, day in reader.rows(_RUNS)}
    lists = {platform: max(g.seen_on for g in found) for platform, found in listed.items()}
    return Grants((*seen, *(g for found in listed.values() for g in found)), lists, accounts)


def _seen(row: tuple[Any, ...]) -> Grant:
    account, platform, principal, role, level, expires, day = row
    ends = expires.replace(tzinfo=UTC) if expires else None
    return Grant(
        platform=platform, principal=principal, role=role, level=level, seen_on=day, origin=account, account=account,
        expires=ends,
    )  # fmt: skip


def _lists(reader: Reader) -> dict[str, list[Grant]]:
    """By platform, the users of its latest list; of two of the same day the one imported last."""
    found: dict[str, list[Grant]] = {}
    for seq, digest, _actor, detail in reader.rows(_LISTS):
        users = [_listed(user, f"log:{seq}:{digest}") for user in json.loads(str(detail))["users"]]
        for platform in {user.platform for user in users}:
            new = [user for user in users if user.platform == platform]
            old = found.get(platform, [])
            if not old or max(u.seen_on for u in new) >= max(u.seen_on for u in old):
                found[platform] = new
    return found


def _listed(user: dict[str, Any], origin: str) -> Grant:
    seen = date.fromisoformat(user["seen_on"])
    return Grant(
        platform=user["platform"], principal=user["principal"], role=user["role"], level=user["level"], seen_on=seen,
        origin=origin,
    )  # fmt: skip

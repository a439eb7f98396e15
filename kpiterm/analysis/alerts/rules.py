"""What is worth an alert: the built-in rules, and those of the workspace's alerts.toml."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

from kpiterm.config.toml import Section, did_you_mean, read_toml
from kpiterm.i18n import said

Severity = Literal["info", "warning", "critical"]
LEVELS: tuple[Severity, ...] = ("info", "warning", "critical")
Kind = Literal["breach", "watch", "no data", "p_hit", "budget", "stale", "order_by"]

EVERY, CONTRACT = "*", "contract"
ORDERS = "order_by"
"""Published reorder suggestions that nobody has decided on, by the day of the nearest."""

_KPI = r"\*|[a-z][a-z0-9_]{0,39}"
_CHANNEL = r"\*|[\w][\w.-]*"
_WHEN = re.compile(
    r"(breach|watch|no data|budget)|p_hit\s*<\s*(0?\.\d+)|data older than (\d{1,3}) days?"
    r"|order due within (\d{1,3}) days?"
)
_WRITE = '"breach", "watch", "no data", "budget", "p_hit < 0.3", "data older than 3 days" or "order due within 7 days"'


@dataclass(frozen=True, slots=True)
class When:
    """A condition. `limit` is a probability for p_hit, a number of days for stale and order_by."""

    kind: Kind
    limit: Decimal = Decimal(0)

    def __str__(self) -> str:
        match self.kind:
            case "p_hit":
                return said("p_hit < {0}", self.limit)
            case "stale":
                return said("data older than {0} days", self.limit)
            case "order_by":
                return said("order due within {0} days", self.limit)
            case "budget":
                return said("budget")
            case _:
                return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`kpi` is an id, "*" for every KPI with a target, or "contract" for those with a weight; `channel` a name, "all"
    for the figure over all of them, or "*" for each. The condition must hold for `holds` evaluations in a row to open
    an alert, and be gone for `clear_after` to close it."""

    kpi: str
    channel: str = EVERY
    when: When
    severity: Severity
    holds: int = 1
    clear_after: int = 2

    @property
    def id(self) -> str:
        return f"{self.kpi} {self.channel} {self.when} {self.severity}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`window`: an alert speaks at most once in so long, unless it gets worse. `remind`: one that lasts, that often."""

    rules: tuple[Rule, ...]
    window: timedelta = timedelta(hours=4)
    remind: timedelta = timedelta(hours=24)


DEFAULTS = Rules(
    rules=(
        # A contract is about the figure over all channels; what one of them does to it is a warning.
        Rule(kpi=CONTRACT, channel="all", when=When("breach"), severity="critical"),
        Rule(kpi=EVERY, when=When("breach"), severity="warning", holds=2),
        Rule(kpi=CONTRACT, channel="all", when=When("watch"), severity="info", holds=4),
        Rule(
            kpi=CONTRACT, channel="all", when=When("p_hit", Decimal("0.3")), severity="warning", holds=3, clear_after=3
        ),
        Rule(kpi=EVERY, when=When("budget"), severity="warning", holds=2),
        Rule(kpi=EVERY, when=When("stale", Decimal(3)), severity="warning", clear_after=1),
        Rule(kpi=ORDERS, when=When("order_by", Decimal(7)), severity="warning", clear_after=1),
    )
)


def load_rules(file: Path, known: Collection[str]) -> Rules:
    """The rules of a workspace: those of its file, or the built-in ones where it has none of its own.

    `known` are the ids of the KPIs there are. ConfigError names file, key and remedy.
    """
    if not file.exists():
        return DEFAULTS
    root = read_toml(file)
    window = root.integer("window_hours", 4, least=1, most=168)
    remind = root.integer("remind_hours", 24, least=1, most=744)
    if remind < window:
        root.fail("remind_hours", f"{remind} is less than window_hours = {window}", f"write at least {window}")
    rules = tuple(_rule(section, known) for section in root.tables("rule"))
    root.finish()
    return Rules(rules=_distinct(root, rules) or DEFAULTS.rules, window=_hours(window), remind=_hours(remind))


def _rule(section: Section, known: Collection[str]) -> Rule:
    kpi = section.text("kpi", pattern=_KPI, like='the id of a KPI, "contract" or "*"')
    if kpi not in {EVERY, CONTRACT, ORDERS} and kpi not in known:
        section.fail("kpi", f"unknown KPI {kpi!r}", did_you_mean(kpi, known))
    rule = Rule(
        kpi=kpi,
        channel=section.text("channel", EVERY, pattern=_CHANNEL, like='a channel such as "amazon.com", "all" or "*"'),
        when=_when(section),
        severity=cast("Severity", section.choice("severity", LEVELS)),
        holds=section.integer("for", 1, least=1, most=1000),
        clear_after=section.integer("clear_after", 2, least=1, most=1000),
    )
    section.finish()
    return rule


def _when(section: Section) -> When:
    text = section.text("when", like=_WRITE)
    match = _WHEN.fullmatch(text.strip())
    if match is None:
        section.fail("when", f"found {text!r}", f"write {_WRITE}")
    if match[1]:
        return When(cast("Kind", match[1]))
    if match[4]:
        return When("order_by", Decimal(match[4]))
    return When("p_hit", Decimal(match[2])) if match[2] else When("stale", Decimal(match[3]))


def _distinct(root: Section, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    ids = [rule.id for rule in rules]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            root.fail(f"rule[{number + 1}]", "says the same as an earlier one", "remove one of the two")
    return rules


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)

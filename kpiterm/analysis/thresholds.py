"""The platforms' own standards and the days on which they held: a past month is judged by the rule of its day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from kpiterm.analysis.view import Target
from kpiterm.config.toml import Section, comparison, read_toml

if TYPE_CHECKING:
    from kpiterm.analysis.reader import Reader

Segment = Literal["merchant", "marketplace", "all"]
Unit = Literal["ratio", "hours", "count"]
_NAME = r"[a-z][a-z0-9_]*"
_CHANNEL = r"[a-z][a-z0-9_]*(\.[a-z]{2,3})+"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What a platform asks for. `channel` None: on all of its marketplaces; `days` is the window it judges by.

    `valid_from` None: when it began is not documented, only that it held on `known_as_of`. `source` says where it
    comes from, by language; `reported` that the platform stated it beside its own figure.
    """

    platform: str
    channel: str | None
    metric: str
    target: Target
    unit: Unit
    days: int | None
    segment: Segment
    valid_from: date | None
    known_as_of: date | None
    valid_to: date | None
    binding: bool
    source: Mapping[str, str]
    reported: bool = False

    def documented_on(self, day: date) -> bool:
        """Whether its source speaks of that day; earlier days are taken to have been like it."""
        first = self.valid_from or self.known_as_of
        return first is not None and first <= day

    def speaks_of(self, place: str, metric: str) -> bool:
        return self.metric == metric and self.platform == platform_of(place) and self.channel in {None, _channel(place)}


Reported = Mapping[tuple[str, str], Standard]
"""By channel and metric."""


def standard(
    place: str, metric: str, day: date, *, reported: Reported | None = None, registry: Iterable[Standard] | None = None
) -> Standard | None:
    """The standard on `place`, a channel or a platform (which stands for its .com), that held on `day`; None: unknown.

    `metric` is one of health_metric's. What the platform itself stated (see `reported_standards`) wins, unless a newer
    standard has come into force since.
    """
    known, since = _in_registry(place, metric, day, builtin_standards() if registry is None else registry)
    said = (reported or {}).get((_channel(place), metric))
    if said is None or said.valid_from is None or said.valid_from > day:
        return known
    return known if since and since > said.valid_from else said


def standards_on(day: date, reported: Reported, registry: Iterable[Standard] | None = None) -> list[Standard]:
    """Every standard that holds on a day: the registry's, in its order, and what the platforms stated themselves."""
    known = tuple(builtin_standards() if registry is None else registry)
    places = [*((s.channel or s.platform, s.metric) for s in known), *reported]
    found = (
        standard(place, metric, day, reported=reported if "." in place else None, registry=known)
        for place, metric in dict.fromkeys(places)
    )
    return [item for item in found if item]


def reported_standards(reader: Reader, day: date) -> Reported:
    """The standards that the platforms stated beside their readings, as last read by `day`."""
    rows = reader.rows(
        "SELECT channel, metric, segment, day, target, target_op, source, "
        "date_diff('day', period_start, period_end) + 1, rate IS NULL FROM health_metric "
        "WHERE target IS NOT NULL AND target_op IS NOT NULL AND channel IS NOT NULL AND day <= $1 "
        "QUALIFY row_number() OVER (PARTITION BY channel, metric ORDER BY day DESC, segment, account) = 1",
        [day],
    )
    found = (_as_reported(row) for row in rows)
    return {(said.channel or "", said.metric): said for said in found}


@cache
def builtin_standards() -> tuple[Standard, ...]:
    """The registry that comes with kpiterm."""
    with as_file(files("kpiterm.analysis") / "thresholds.toml") as file:
        return read_standards(file)


def read_standards(file: Path) -> tuple[Standard, ...]:
    """The standards of a file, in its order; ConfigError names file, key and remedy."""
    root = read_toml(file)
    found = tuple(_standard(section) for section in root.tables("standard"))
    root.finish()
    return found


def metric_of(table: str, where: str | None) -> str | None:
    """The one metric that a KPI reads of health_metric; None where it reads another table, or several."""
    match = re.match(r"\s*metric\s*=\s*'(\w+)'\s*(?:$|and\b)", where or "", re.IGNORECASE)
    return match[1] if match and table == "health_metric" else None


def platform_of(place: str) -> str:
    """`amazon` of `amazon.co.uk`."""
    return place.partition(".")[0]


def in_turn(standards: Iterable[Standard]) -> list[tuple[Standard, date | None]]:
    """Each with the first day on which it is taken to hold: documented, or the day after the one before it ended.

    None: it is not known that it ever was otherwise. The standards are those of one platform, channel and metric.
    """
    found, before = [], None
    for item in sorted(standards, key=lambda s: s.valid_to or date.max):
        found.append((item, item.valid_from or (before + _DAY if before else None)))
        before = item.valid_to
    return found


def _in_registry(
    place: str, metric: str, day: date, registry: Iterable[Standard]
) -> tuple[Standard | None, date | None]:
    """The standard, and the first day on which it is taken to hold."""
    mine = [s for s in registry if s.speaks_of(place, metric)]
    # What is said of a marketplace goes before what is said of the platform.
    for channel in (_channel(place), None):
        for item, first in in_turn(s for s in mine if s.channel == channel):
            if (first is None or first <= day) and (item.valid_to is None or day <= item.valid_to):
                return item, first
    return None, None


def _channel(place: str) -> str:
    return place if "." in place else f"{place}.com"


def _as_reported(row: tuple[object, ...]) -> Standard:
    channel, metric, segment, day, target, op, source, days, is_count = cast("tuple[Any, ...]", row)
    return Standard(
        platform=platform_of(channel),
        channel=channel,
        metric=metric,
        target=Target(op, target),
        unit="count" if is_count else "ratio",
        days=days,
        segment=segment if segment in {"merchant", "marketplace"} else "all",
        valid_from=day,
        known_as_of=day,
        valid_to=None,
        binding=True,
        source={
            "en": f"stated by the platform beside its own figure of {day} ({source})",
            "zh": f"平台在 {day} 的读数中自行标明（{source}）",
        },
        reported=True,
    )


def _standard(section: Section) -> Standard:
    source = section.table("source")
    found = Standard(
        platform=section.text("platform", pattern=_NAME, like='a platform, such as "amazon"'),
        channel=_optional_channel(section),
        metric=section.text("metric", pattern=_NAME, like='a metric, such as "order_defect_rate"'),
        target=_target(section),
        unit=cast("Unit", section.choice("unit", ("ratio", "hours", "count"), "ratio")),
        days=section.integer("days", least=1, most=366) if section.has("days") else None,
        segment=cast("Segment", section.choice("segment", ("merchant", "marketplace", "all"), "all")),
        valid_from=section.day("valid_from") if section.has("valid_from") else None,
        known_as_of=section.day("known_as_of") if section.has("known_as_of") else None,
        valid_to=section.day("valid_to") if section.has("valid_to") else None,
        binding=section.flag("binding", default=True),
        source={language: source.text(language) for language in ("en", "zh")},
    )
    source.finish()
    section.finish()
    _check(section, found)
    return found


def _check(section: Section, found: Standard) -> None:
    if found.channel and platform_of(found.channel) != found.platform:
        section.fail("channel", f"{found.channel} is not of {found.platform}", "name a marketplace of the platform")
    first = found.valid_from or found.known_as_of
    if first is None:
        section.fail("valid_from", "missing", "add the day on which it came into force, or known_as_of = a day it held")
    if found.valid_to and found.valid_to < first:
        section.fail("valid_to", f"{found.valid_to} is before {first}", "write the last day on which it holds")


def _target(section: Section) -> Target:
    text = section.text("target", like='an operator and a number, such as "< 0.01"')
    pair = comparison(text)
    if pair is None:
        section.fail("target", f"found {text!r}", 'write an operator and a number, such as "< 0.01"')
    return Target(*pair)


def _optional_channel(section: Section) -> str | None:
    if not section.has("channel"):
        return None
    return section.text("channel", pattern=_CHANNEL, like='a marketplace, such as "amazon.com"')

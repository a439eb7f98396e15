"""What day it is at a marketplace: business days are cut in its own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from kpiterm.plugins.marketplaces import MARKETPLACES


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment of the question; `fallback` is the zone of channels that are no known marketplace."""

    now: datetime
    fallback: str

    def today(self, channel: str, zone: str | None = None) -> date:
        return self.day(self.now, channel, zone)

    def day(self, moment: datetime, channel: str, zone: str | None = None) -> date:
        """The business day of `channel` in which `moment` lies; days are cut in `zone`, where one is given."""
        known = MARKETPLACES.get(channel)
        return moment.astimezone(_zone(zone or (known.timezone if known else self.fallback))).date()


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

"""The parts of `supply.toml` that bound an order: rates, limits, how platforms receive, and events of demand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.supply import words
from kpiterm.analysis.inventory.supply.defaults import receiving as usual_receiving
from kpiterm.analysis.inventory.supply.model import Capacity, Event, Limits, Rates, Receiving, Slowdown, Spread, Supply
from kpiterm.config.toml import Section

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.faults import Faults

_SEASON = r"\d\d-\d\d\.\.\d\d-\d\d"


def rates(section: Section, faults: Faults) -> Rates:
    """Yearly rates and the bounds of a service level."""
    usual = Rates()
    names = ("capital", "holding", "rank_loss", "service_low", "service_high")
    given = {name: faults.take(getattr(usual, name), _rate, section, name, getattr(usual, name)) for name in names}
    faults.take(None, section.finish)
    found = Rates(**given)
    if not Decimal("0.5") <= found.service_low <= found.service_high < 1:
        problem = f"found {found.service_low} to {found.service_high}"
        remedy = 'write service_low from "0.50" on and service_high above it and below 1'
        faults.take(None, section.fail, "service_low", problem, remedy)
        return usual
    return found


def limits(section: Section, faults: Faults) -> Limits:
    """Cash, room and the days between two reviews."""
    take = faults.take
    cash = take(None, section.decimal, "cash") if section.has("cash") else None
    currency = _currency(section, faults)
    if cash is not None and currency is None:
        take(None, section.fail, "currency", "missing", 'add the currency of `cash`, such as currency = "USD"')
    rooms = take(Section(section.file, {}), section.table, "capacity")
    found = Limits(
        cash=cash,
        currency=currency,
        capacity=tuple(_capacity(name, part, faults) for name, part in faults.many(rooms.sections)),
        review_days=take(7, section.integer, "review_days", 7, least=1, most=90),
        shared_stock=tuple(words.listed(group) for group in faults.many(section.texts, "shared_stock")),
    )
    take(None, section.finish)
    return found


def receiving(channel: str, section: Section, faults: Faults) -> Receiving:
    """How a channel's warehouse takes goods in."""
    usual = usual_receiving(Supply(), channel)
    parts = faults.many(section.tables, "slow")
    found = Receiving(
        channel=channel,
        spread=faults.take(usual.spread, _days, section) if section.has("days") else usual.spread,
        slowdowns=tuple(slow for part in parts if (slow := faults.take(None, _slowdown, part)))
        if section.has("slow")
        else usual.slowdowns,
    )
    faults.take(None, section.finish)
    return found


def event(section: Section, faults: Faults) -> Event:
    """Days on which more is sold than usual, or less."""
    take, today = faults.take, date(2000, 1, 1)
    found = Event(
        name=take("", section.text, "name"),
        first=take(today, section.day, "first"),
        last=take(date.max, section.day, "last"),
        uplift=take(Decimal(1), section.decimal, "uplift"),
        skus=tuple(faults.many(section.texts, "skus")),
        channels=tuple(faults.many(section.texts, "channels")),
    )
    if found.last < found.first:
        take(None, section.fail, "last", f"{found.last} is before {found.first}", "write the last day of the event")
    if found.uplift < 0:
        take(None, section.fail, "uplift", f"found {found.uplift}", 'write a factor, such as "2.5"')
    take(None, section.finish)
    return found


def _rate(section: Section, key: str, default: Decimal) -> Decimal:
    value = section.decimal(key, default)
    most = 5 if key == "rank_loss" else 1
    if not 0 <= value <= most:
        section.fail(key, f"found {value}", f'write a share from "0" to "{most}", such as "{default}"')
    return value


def _currency(section: Section, faults: Faults) -> str | None:
    if not section.has("currency"):
        return None
    return faults.take(None, section.text, "currency", pattern="[A-Z]{3}", like='a currency, such as "USD"')


def _capacity(channel: str, section: Section, faults: Faults) -> Capacity:
    found = Capacity(
        channel=channel,
        units=faults.take(None, section.integer, "units") if section.has("units") else None,
        volume_l=faults.take(None, section.decimal, "volume_l") if section.has("volume_l") else None,
    )
    faults.take(None, section.finish)
    return found


def _days(section: Section) -> Spread:
    text = section.text("days", pattern=words.SPREAD, like=words.SPREAD_LIKE)
    return words.spread(text) or section.fail("days", f"found {text!r}", "write the smaller number first")


def _slowdown(section: Section) -> Slowdown:
    text = section.text("season", pattern=_SEASON, like='two days of the year, such as "10-15..12-15"')
    first, last = (_place(section, part) for part in text.split(".."))
    speed = section.decimal("speed")
    if not 0 < speed <= 1:
        section.fail("speed", f"found {speed}", 'write a share of the usual pace, such as "0.65"')
    section.finish()
    return Slowdown(first=first, last=last, speed=float(speed))


def _place(section: Section, text: str) -> tuple[int, int]:
    month, day = (int(part) for part in text.split("-"))
    try:
        date(2024, month, day)
    except ValueError:
        section.fail("season", f"there is no day {text}", 'write month and day, such as "10-15"')
    return month, day

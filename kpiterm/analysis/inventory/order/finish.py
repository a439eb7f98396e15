"""From a run to the plan that people see: shared caps applied, days turned into dates, money to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from kpiterm.analysis.inventory.order import ahead
from kpiterm.analysis.inventory.order.caps import capped, moved
from kpiterm.analysis.inventory.order.cash import curve
from kpiterm.analysis.inventory.order.compute import Run
from kpiterm.analysis.inventory.order.cover import REVIEWS
from kpiterm.analysis.inventory.order.decisions import Decision
from kpiterm.analysis.inventory.order.excess import excess
from kpiterm.analysis.inventory.order.gather import Sku
from kpiterm.analysis.inventory.order.joined import joined
from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.order.line import Excess, Line, Mode, Part, Selling, Track, Transfer
from kpiterm.analysis.inventory.order.money import Exchange
from kpiterm.analysis.inventory.order.plan import Plan
from kpiterm.analysis.inventory.order.shop import Key
from kpiterm.analysis.inventory.order.suggest import Suggestion
from kpiterm.analysis.inventory.order.waterfall import LINES
from kpiterm.analysis.inventory.supply import defaults
from kpiterm.i18n import said

_AIR = ("air", "express")


@dataclass(frozen=True, slots=True)
class _More:
    excess: Excess | None
    track: Track | None


@dataclass(frozen=True, slots=True)
class _Finisher:
    lanes: Lanes
    exchange: Exchange
    bound: Mapping[int, tuple[str, ...]]
    transfers: Mapping[int, tuple[Transfer, ...]]
    decisions: Mapping[Key, Decision]

    def line(self, row: int, sku: Sku, sold: Selling, found: Suggestion, more: _More) -> Line:
        account, channel, code = sku.key
        today = self.lanes.today[channel]
        quantity, rushed = int(found.quantity[row]), int(found.rushed[row])
        order_by = _day(today, found.order_by[row])
        lasts = today + timedelta(days=int(found.until[row]))
        outcome, unit, supplier = found.outcome, sku.unit, defaults.supplier(self.lanes.supply, sku.terms.supplier)
        delay = self.lanes.delay(sku.lane, REVIEWS)
        falls = dict(zip(LINES, found.lines[row].tolist(), strict=True))
        return Line(
            account=account, channel=channel, sku=code, title=sku.article.title,
            available=sku.article.available, inbound=sum(one.units for one in sku.incoming),
            daily=float(found.daily[row]), lead=(round(found.lead[row, 0]), round(found.lead[row, 1])),
            gone=_day(today, found.gone[row]), gone_early=_day(today, found.gone_early[row]),
            order_by=order_by, late=order_by is not None and order_by < today,
            quantity=quantity, mode=self._mode(sku, quantity, rushed),
            parts=self._parts(sku, quantity, rushed, order_by, found.lead[row, 0], today),
            lasts=lasts, service=float(found.service[row]),
            lost=float(outcome.lost[row]), lost_without=float(outcome.without[row]),
            lost_waiting=float(outcome.waiting[row]), aged=float(outcome.aged[row]),
            margin=unit.margin, unit_cost=unit.purchase, cash=_cash(sku, quantity, rushed), currency=unit.currency,
            moq=sku.terms.moq, carton=sku.terms.carton, constraints=self._constraints(row, sku, falls, quantity),
            waterfall=falls, selling=sold,
            holiday=ahead.holiday(supplier, today, delay, round(found.lead[row, 1])),
            events=ahead.coming(channel, code, self.lanes.supply.events, today, lasts),
            transfers=self.transfers.get(row, ()), advice=tuple(sku.article.advice),
            excess=more.excess,
            track=more.track,
            decision=self.decisions.get(sku.key),
        )  # fmt: skip

    def _mode(self, sku: Sku, quantity: int, rushed: int) -> Mode:
        if rushed and rushed < quantity:
            return "split"
        flies = sku.fastest if rushed else sku.usual
        return "air" if flies and defaults.mode(self.lanes.supply, flies).kind in _AIR else "sea"

    def _parts(
        self, sku: Sku, quantity: int, rushed: int, by: date | None, lead: float, today: date
    ) -> tuple[Part, ...]:
        """What flies must leave now: it is only chosen where the ship comes too late."""
        parts = []
        if rushed and sku.fastest and sku.express:
            arrives = today + timedelta(days=round(self.lanes.median(sku.express)))
            parts.append(Part(mode=sku.fastest, quantity=rushed, order_by=today, arrives=arrives))
        if quantity > rushed:
            arrives = today + timedelta(days=round(lead))
            parts.append(Part(mode=sku.usual, quantity=quantity - rushed, order_by=by, arrives=arrives))
        return tuple(parts)

    def _constraints(self, row: int, sku: Sku, falls: Mapping[str, int], quantity: int) -> tuple[str, ...]:
        """What bound the quantity, and what is not known."""
        found = []
        if quantity and falls["lots"] > 0 and max(sku.terms.moq, sku.terms.carton) > 1:
            found.append("moq" if quantity < sku.terms.moq + sku.terms.carton else "carton")
        found += self.bound.get(row, ())
        if falls["transfers"] < 0:
            found.append("transfer")
        if not sku.known:
            found.append("no_supply_terms")
        return tuple(found)


def finish(run: Run, exchange: Exchange, as_of: datetime, decisions: Mapping[Key, Decision]) -> Plan:
    """The plan of a run; the most urgent first."""
    skus = [sku for batch in run.batches for sku in batch.skus]
    sold = [one for batch in run.batches for one in batch.selling]
    tracks = [one for batch in run.batches for one in batch.tracks]
    limits = run.lanes.supply.limits
    lines: list[Line] = []
    slow: list[Excess | None] = []
    found: Suggestion | None = None
    if skus:
        found, made = moved(skus, joined([batch.found for batch in run.batches]), limits)
        found, bound = capped(skus, found, limits, exchange)
        transfers: dict[int, tuple[Transfer, ...]] = {}
        for move in made:
            one = Transfer(channel=skus[move.source].key[1], units=move.units)
            transfers[move.target] = (*transfers.get(move.target, ()), one)
        finisher = _Finisher(run.lanes, exchange, bound, transfers, decisions)
        slow = [_excess(run, sku, found, row) for row, sku in enumerate(skus)]
        lines = [
            finisher.line(row, sku, sold[row], found, _More(slow[row], tracks[row])) for row, sku in enumerate(skus)
        ]
    return Plan(
        as_of=as_of,
        today=run.today,
        review=limits.review_days,
        lines=tuple(sorted(lines, key=_urgency)),
        excess=tuple(sorted((one for one in slow if one), key=lambda one: (-one.keeping, one.sku, one.channel))),
        cash=curve(skus, found, run.lanes, min(run.today.values())) if found else (),
        notes=_notes(run, skus),
    )


def _excess(run: Run, sku: Sku, found: Suggestion, row: int) -> Excess | None:
    rates = run.lanes.supply.rates
    days = None if np.isinf(found.gone[row]) else int(found.gone[row])
    today, holding = run.today[sku.key[1]], rates.capital + rates.holding
    return excess(sku, found.left[row], days, int(found.spare[row]), today, holding)


def _urgency(line: Line) -> tuple[bool, float, date, Key]:
    """What is to be ordered first, the dearest delay first; then by the date of the next order."""
    cost = float(line.waiting_cost or 0) if line.quantity else 0.0
    return line.quantity == 0, -cost, line.order_by or date.max, (line.account, line.channel, line.sku)


def _notes(run: Run, skus: Sequence[Sku]) -> tuple[str, ...]:
    found = []
    if not skus:
        found.append(said("no SKU with a stock reading and sales: `kpiterm sync` or `kpiterm import` fills the store"))
    if run.uncounted:
        found.append(said("{0} SKUs sell and have no stock reading: nothing can be said of them", run.uncounted))
    if missing := sum(not sku.known for sku in skus):
        found.append(
            said(
                "{0} SKUs have no purchase terms: MOQ 1 and the trade's usual lead times stand in; "
                "`kpiterm supply import` takes theirs",
                missing,
            )
        )
    return tuple(found)


def _day(today: date, days: float) -> date | None:
    return None if np.isinf(days) else today + timedelta(days=int(np.floor(days)))


def _cash(sku: Sku, quantity: int, rushed: int) -> Decimal | None:
    """What the order costs: goods, and freight where it is known."""
    unit = sku.unit
    if unit.purchase is None:
        return None
    return quantity * (unit.purchase + (unit.freight or 0)) + rushed * (unit.premium or 0)

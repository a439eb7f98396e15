"""A plan as `kpiterm reorder --json` shows it."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

from kpiterm.analysis.format import plain
from kpiterm.analysis.inventory.order.line import Excess, Line
from kpiterm.analysis.inventory.order.plan import CashWeek, Plan
from kpiterm.analysis.inventory.order.words import Language, line_name, sentence


def to_json(plan: Plan, language: Language) -> dict[str, object]:
    """The whole answer but its version."""
    return {
        "as_of": f"{plan.as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "review_days": plan.review,
        "lines": [line_json(line, plan, language) for line in plan.lines],
        "excess": [_excess(excess) for excess in plan.excess],
        "cash_curve": [_week(week) for week in plan.cash],
        "notes": list(plan.notes),
    }


def line_json(line: Line, plan: Plan, language: Language) -> dict[str, object]:
    """One suggestion."""
    today, selling = plan.today[line.channel], line.selling
    return {
        "account": line.account, "channel": line.channel, "sku": line.sku, "title": line.title,
        "available": line.available, "inbound": line.inbound, "daily_demand": _units(line.daily, 2),
        "lead_days": {"p50": line.lead[0], "p90": line.lead[1]},
        "stockout_date": _text(line.gone), "stockout_early": _text(line.gone_early),
        "order_by": _text(line.order_by), "late": line.late, "quantity": line.quantity, "mode": line.mode,
        "split": [
            {"mode": p.mode, "quantity": p.quantity, "order_by": _text(p.order_by), "arrives": f"{p.arrives}"}
            for p in line.parts
        ],
        "lasts_until": f"{line.lasts}", "service_level": _units(line.service, 4),
        "expected_lost_units": _units(line.lost, 1), "lost_units_without": _units(line.lost_without, 1),
        "lost_margin": _money(line.lost_margin), "waiting_cost": _money(line.waiting_cost),
        "expected_aged_units": _units(line.aged, 1),
        "unit_cost": _money(line.unit_cost), "cash": _money(line.cash), "currency": line.currency,
        "moq": line.moq, "carton": line.carton,
        "reason": [sentence(line, today, language), *_unknown(line, language)],
        "sentence": {"en": sentence(line, today, "en"), "zh": sentence(line, today, "zh")},
        "constraints": list(line.constraints),
        "waterfall": [
            {"code": code, "name": line_name(code, line, plan.review, language), "units": units}
            for code, units in line.waterfall.items()
        ],
        "sold": {
            "window": selling.window, "in_stock_days": selling.in_stock, "per_day": _units(selling.raw, 2),
            "per_in_stock_day": _units(selling.shown, 2), "last_7_days": _units(selling.week, 2),
            "known_days": selling.days,
        },
        "suggested_by_others": [{"by": a.by, "units": plain(a.units), "day": f"{a.day}"} for a in line.advice],
        "transfers": [{"from": t.channel, "units": t.units} for t in line.transfers],
        "backtest": {"hit": line.track.hit, "of": line.track.of} if line.track else None,
        "decision": _text(line.decision),
    }  # fmt: skip


def _unknown(line: Line, language: Language) -> list[str]:
    """Why a figure is missing."""
    zh = language == "zh"
    if line.unit_cost is None:
        return ["未知单位成本：无法计算资金与毛利" if zh else "cash and margin are not known: the unit cost is missing"]
    if line.margin is None:
        return ["未知售价：无法计算毛利" if zh else "the margin is not known: the price is missing"]
    return []


def _excess(found: Excess) -> dict[str, object]:
    return {
        "account": found.account, "channel": found.channel, "sku": found.sku, "title": found.title,
        "available": found.available, "units": found.units, "days_of_cover": found.days, "aged_units": found.aged,
        "aging_units": found.aging, "next_fee_step": f"{found.step}", "currency": found.currency,
        "cost_of_keeping": _money(found.keeping),
        "exits": [
            {"way": e.way, "units": e.units, "cost": _money(e.cost), "price": _money(e.price)} for e in found.exits
        ],
    }  # fmt: skip


def _week(week: CashWeek) -> dict[str, object]:
    return {
        "week": f"{week.week}", "currency": week.currency, "paid": _money(week.paid), "earned": _money(week.earned),
        "net": _money(week.earned - week.paid),
    }  # fmt: skip


def _units(value: float, digits: int) -> str:
    return plain(round(Decimal(repr(float(value))), digits))


def _money(value: Decimal | None) -> str | None:
    return None if value is None else f"{round(value, 2)}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)

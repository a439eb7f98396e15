"""Reorder suggestions for the commands: computed over the store and people's supply files, and shown as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kpiterm.analysis.format import format_value
from kpiterm.cli import output, supplies

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.order.line import Excess, Line
    from kpiterm.analysis.inventory.order.plan import Plan
    from kpiterm.analysis.inventory.order.words import Language
    from kpiterm.cli.session import Session

_HEAD = {
    "en": ("order by", "order", "by", "SKU", "channel", "on hand", "inbound", "a day", "lasts until", "lost", "cash"),
    "zh": ("下单日", "数量", "方式", "SKU", "渠道", "现货", "在途", "日均", "可售至", "损失", "资金"),
}
_MODES = {"sea": ("sea", "海运"), "air": ("air", "空运"), "split": ("split", "海空")}
_LATE = ("late", "已晚")
_WIDTH = 79


def language(session: Session) -> Language:
    """The language of the answer."""
    return "zh" if (session.lang or session.config().language) == "zh" else "en"


def compute(session: Session, *, only: str | None = None, explain: bool = False, full: bool = False) -> Plan:
    """The plan as of the session's moment; `only` one SKU."""
    from kpiterm.analysis.clock import Clock
    from kpiterm.analysis.inventory.order.compute import Inputs, run
    from kpiterm.analysis.inventory.order.decisions import read_decisions
    from kpiterm.analysis.inventory.order.finish import finish
    from kpiterm.analysis.inventory.order.money import Exchange
    from kpiterm.analysis.kpi.fx import load_rates

    supply, now = supplies.load_supply(session.paths), session.now()
    clock = Clock(now, session.shop_zone())
    with session.reader() as reader:
        _, incoming, experience = supplies.pipeline(reader, supply)
        rates = load_rates(session.paths.rates)
        inputs = Inputs(supply=supply, experience=experience, incoming=incoming, rates=rates)
        # What is shared out (cash, room, stock of other channels) takes all SKUs to know what is left for one.
        shared = supply.limits.cash is not None or supply.limits.capacity or supply.limits.shared_stock
        found = run(reader, inputs, clock, only=None if shared else only, full=full, tracked=explain)
        decisions = read_decisions(reader, clock)
    plan = finish(found, Exchange(rates, now.date().replace(day=1)), now, decisions)
    if only is None:
        return plan
    return replace(
        plan,
        lines=tuple(line for line in plan.lines if line.sku == only),
        excess=tuple(one for one in plan.excess if one.sku == only),
    )


def show(plan: Plan, language: Language, *, everything: bool) -> None:
    """The table of what is to be ordered."""
    from kpiterm.analysis.inventory.order.decisions import is_open

    shown = [line for line in plan.lines if everything or (line.quantity > 0 and is_open(line))]
    if shown:
        rows = [_row(line, language) for line in shown]
        output.table(_HEAD[language], rows, right=(1, 5, 6, 7, 9, 10))


def explain(line: Line, plan: Plan, language: Language) -> None:
    """One suggestion with its sentence, its waterfall and what others suggest."""
    zh = language == "zh"
    output.line(output.paint(f"{line.sku} · {line.channel} · {line.account}  {line.title or ''}".rstrip(), "bold"))
    for text in _told(line, plan, language):
        for piece in output.wrapped(text, _WIDTH - 2):
            output.line(f"  {piece}")
    for name, units in _falls(line, plan, language):
        output.line(f"  {units:>9}  {name}")
    output.line(f"  {line.quantity:>9,}  {'订货量' if zh else 'to order'}")
    if line.track:
        hit, of = line.track.hit, line.track.of
        text = f"回测：近 {of} 个预测区间命中 {hit} 个" if zh else f"back-test: the last {of} intervals hit {hit}"
        output.line(f"  {text}")
    for advice in line.advice:
        label = f"{advice.by}（{advice.day}）建议 {advice.units:,.0f} 件" if zh else (
            f"{advice.by} suggests {advice.units:,.0f} ({advice.day})"
        )  # fmt: skip
        output.line(f"  {label}")
    output.line()


def _told(line: Line, plan: Plan, language: Language) -> Iterator[str]:
    from kpiterm.analysis.inventory.order.words import sentence

    yield sentence(line, plan.today[line.channel], language)
    if line.decision:
        yield str(line.decision)


def _falls(line: Line, plan: Plan, language: Language) -> Iterator[tuple[str, str]]:
    from kpiterm.analysis.inventory.order.words import line_name

    for code, units in line.waterfall.items():
        if units:
            yield line_name(code, line, plan.review, language), f"{units:+,}".replace("-", "−")


def _row(line: Line, language: Language) -> tuple[str, ...]:
    at = 1 if language == "zh" else 0
    due = f"{line.order_by or '—'}" + (f" {_LATE[at]}" if line.late else "")
    return (
        output.paint(due, "breach") if line.late else due,
        f"{line.quantity:,}",
        _MODES[line.mode][at] if line.quantity else "",
        line.sku,
        line.channel,
        f"{line.available:,}",
        f"{line.inbound:,}",
        f"{line.daily:.1f}",
        f"{line.gone or '—'}",
        f"{line.lost:.0f}",
        format_value(line.cash, "money", line.currency) if line.quantity else "",
    )


def show_excess(plan: Plan, language: Language) -> None:
    """What lies too long, the dearest to keep first."""
    zh = language == "zh"
    head = (
        ("SKU", "渠道", "现货", "多余", "可售天数", "库龄超期", "下次计费", "持有成本", "最省的办法", "成本")
        if zh
        else (
            "SKU",
            "channel",
            "on hand",
            "too many",
            "days",
            "aged",
            "next fee",
            "keeping costs",
            "cheapest way out",
            "costs",
        )
    )
    rows = [
        (
            e.sku, e.channel, f"{e.available:,}", f"{e.units:,}", f"{e.days or '—'}", f"{e.aged or 0:,}", f"{e.step}",
            format_value(e.keeping, "money", e.currency),
            *_exit(e, language),
        )
        for e in plan.excess
    ]  # fmt: skip
    if rows:
        output.table(head, rows, right=(2, 3, 4, 5, 7, 9))


def _exit(found: Excess, language: Language) -> tuple[str, str]:
    from kpiterm.analysis.inventory.order.words import exit_name

    if not found.exits:
        return "—", ""
    best = found.exits[0]
    return exit_name(best, found.currency, language), format_value(best.cost, "money", found.currency)


def due(plan: Plan) -> Sequence[Line]:
    """What should be ordered in this review."""
    return [line for line in plan.lines if line.quantity > 0]

"""Bridges as text: one block for each source, money in one column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from kpiterm.analysis.bridge.result import Bridge, Step
from kpiterm.analysis.bridge.words import Language, kind_name, kpi_name, said, step_name
from kpiterm.analysis.format import amount_digits, plain
from kpiterm.cli import output

SYMBOLS = {"ok": "✓", "watch": "!", "breach": "✗", "no_data": "–"}
_LABEL, _AMOUNT, _ROWS, _LINE = 34, 15, 8, 79
_MOST_DAYS = 3
_STATES = {
    "ok": ("ok", "一致"), "watch": ("watch", "关注"), "breach": ("breach", "超限"), "no_data": ("no data", "无数据"),
}  # fmt: skip
_HEADS = {"en": ("rows", "example", "largest days"), "zh": ("行数", "示例", "差额最大的日期")}


def show(bridges: Sequence[Bridge], language: Language) -> None:
    """Print them, by KPI and channel."""
    groups = groupby(bridges, key=lambda b: (b.channel, b.kpi, b.currency))
    for number, ((channel, kpi, currency), group) in enumerate(groups):
        found = list(group)
        if number:
            output.line()
        span = found[0].period
        parts = (kpi_name(kpi, language), channel, currency, f"{span.start}..{span.through}")
        output.line(output.paint(" · ".join(part for part in parts if part), "bold"))
        rows, example, _ = _HEADS[language]
        output.line(output.paint(_columns("", currency or "", rows, example), "dim"))
        for bridge in found:
            for text in _block(bridge, language):
                output.line(text)


def _block(bridge: Bridge, language: Language) -> Iterator[str]:
    at = 1 if language == "zh" else 0
    state = f"{SYMBOLS[bridge.state]} {_STATES[bridge.state][at]}"
    parts = (bridge.source.name, kind_name(bridge.source.kind, language), ", ".join(bridge.source.accounts))
    yield f"{output.paint(state, bridge.state)}  {_plain(' · '.join(part for part in parts if part))}"
    theirs, ours = bridge.source, bridge.ours
    if theirs.value is not None:
        yield _columns(step_name("theirs", language), _digits(theirs.value, bridge), f"{theirs.rows:,}", "")
    for step in (s for s in bridge.steps if s.amount):
        yield from _step(step, bridge, language)
    if bridge.residual is not None:
        share = f"{bridge.residual_share * 100:+.2f} %".replace("-", "−") if bridge.residual_share else ""
        residual = _columns(step_name("residual", language), _signed(bridge.residual, bridge), "", share)
        yield output.paint(residual, bridge.state if bridge.residual else "")
    if ours.value is not None:
        label = f"{step_name('ours', language)}: {ours.name}"
        yield _columns(label, _digits(ours.value, bridge), f"{ours.rows:,}", "")
    yield from _days(bridge, language)
    if note := said(bridge.note, language):
        yield from _wrapped(note)


def _step(step: Step, bridge: Bridge, language: Language) -> Iterator[str]:
    amount = _signed(step.amount, bridge)
    yield _columns(step_name(step.code, language), amount, f"{step.rows:,}", step.example or "")
    if note := said(step.note, language):
        yield from _wrapped(note, indent=4)


def _days(bridge: Bridge, language: Language) -> Iterator[str]:
    """The days on which the residual sits, where it matters."""
    if bridge.state in {"watch", "breach"} and bridge.days:
        days = "   ".join(f"{off.day} {_signed(off.residual, bridge)}" for off in bridge.days[:_MOST_DAYS])
        yield from _wrapped(f"{_HEADS[language][2]}: {days}")


def _columns(label: str, amount: str, rows: str, example: str) -> str:
    """Indent, label, amount and rows to the right, example; a vendor's text must not drive the terminal."""
    label, example = _plain(label), _plain(example)
    while output.width(label) > _LABEL:
        label = label[:-2] + "…"
    left = label + " " * (_LABEL - output.width(label))
    cells = [" " * max(0, size - output.width(cell)) + cell for cell, size in ((amount, _AMOUNT), (rows, _ROWS))]
    return f"  {left}{''.join(cells)}  {example}".rstrip()


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _wrapped(text: str, indent: int = 2) -> Iterator[str]:
    """Dim lines of at most 79 cells."""
    for line in output.wrapped(text, _LINE - indent):
        yield output.paint(" " * indent + line, "dim")


def _digits(value: Decimal, bridge: Bridge) -> str:
    text = amount_digits(value, bridge.currency, grouped=True) if bridge.currency else f"{Decimal(plain(value)):,f}"
    return text.replace("-", "−")


def _signed(value: Decimal, bridge: Bridge) -> str:
    return f"{'+' if value > 0 else ''}{_digits(value, bridge)}"

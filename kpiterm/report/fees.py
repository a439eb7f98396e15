"""The section on money: the statement line by line, with the formula of each, and how it can be checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kpiterm.i18n import N_, Translate, recalled
from kpiterm.report import charts, figures
from kpiterm.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from kpiterm.report.pack import Pack

_CODES = {
    "base": N_("base fee"), "modifier": N_("performance modifier"), "commission": N_("commission"),
    "clawback": N_("clawback of refunds"), "adjustment": N_("adjustment"), "cap": N_("cap"), "escrow": N_("escrow"),
}  # fmt: skip
_STATUS = {
    "draft": N_("draft: figures may still move"), "final": N_("closed"), "held": N_("held"),
    "disputed": N_("disputed"),
}  # fmt: skip


def fee(pack: Pack, _: Translate) -> Section | None:
    """The statement of the period's month; none without a contract."""
    statement = pack["statement"]
    if statement is None:
        return None
    currency = statement["currency"]
    rows = [
        [
            Cell(_(_CODES.get(line["code"], line["code"]))),
            figures.money(line["amount"], currency),
            Cell(_(recalled(line["formula"]))),
        ]
        for line in statement["lines"]
    ]
    rows.append([Cell(_("total")), figures.money(statement["total"], currency), Cell("")])
    table = Table(
        name=_("Statement"),
        header=[_("Item"), _("Amount"), _("Formula")],
        rows=rows,
        right=(1,),
        strong=(len(rows) - 1,),
    )
    heading = _("Fee of {0}").format(statement["period"])
    blocks: list[Block] = [Paragraph(text) for text in _status(statement, _)]
    if len(statement["lines"]) > 1:
        blocks.append(Figure(charts.waterfall(_steps(statement, _), title=heading), heading))
    return Section(heading, [*blocks, table, *(Paragraph(text, "faint") for text in _notes(statement, _))])


def _status(statement: Mapping[str, Any], _: Translate) -> Iterator[str]:
    status = _STATUS[statement["status"]]
    said = _("Terms version {0} · {1}").format(statement["terms_version"], _(status))
    if statement["score"] is not None:
        said += " · " + _("score {0}, coverage {1}").format(
            f"{Decimal(statement['score']):.4f}", f"{Decimal(statement['coverage']):.0%}"
        )
    yield said
    if statement["reason"]:
        yield _(recalled(statement["reason"]))


def _steps(statement: Mapping[str, Any], _: Translate) -> list[charts.Bar]:
    steps = []
    for place, line in enumerate(statement["lines"]):
        amount = float(line["amount"])
        tone = "plain" if not place else "good" if amount >= 0 else "bad"
        steps.append(charts.Bar(_(_CODES.get(line["code"], line["code"])), amount, f"{amount:+,.2f}", tone))
    return [*steps, charts.Bar(_("total"), float(statement["total"]), f"{float(statement['total']):,.2f}", total=True)]


def _notes(statement: Mapping[str, Any], _: Translate) -> Iterator[str]:
    currency = statement["currency"]
    if tax := statement["tax"]:
        yield _("{0} {1} % apart: {2}; payable {3}.").format(
            tax["name"], Decimal(tax["rate"]) * 100, figures.money(tax["amount"], currency).text,
            figures.money(tax["payable"], currency).text,
        )  # fmt: skip
    if dispute := statement["dispute"]:
        yield _("Disputed: the lower claim is paid now, {0} stand in escrow until {1}.").format(
            figures.money(statement["escrow"], currency).text, dispute["due"]
        )
    yield _("Check it without this store: `kpiterm contract verify FILE`; hash {0}.").format(statement["hash"])

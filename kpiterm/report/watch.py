"""The sections on the contract's own state: deadlines, clauses, findings of its audits, and whose delays cost stock."""

from __future__ import annotations

from decimal import Decimal

from kpiterm.i18n import N_, Translate
from kpiterm.report import figures
from kpiterm.report.blocks import Cell, Section, Table
from kpiterm.report.pack import Pack

_PARTIES = {
    "seller": N_("seller"), "provider": N_("provider"), "supplier": N_("supplier"), "platform": N_("platform"),
    "nobody": N_("nobody"),
}  # fmt: skip


def dates(pack: Pack, language: str, _: Translate) -> Section | None:
    """What falls due in the weeks to come."""
    if not pack["deadlines"]:
        return None
    rows = [
        [Cell(d["day"]), Cell(str(d["in_days"]), Decimal(d["in_days"]), "0"), Cell(d["what"][language])]
        for d in pack["deadlines"]
    ]
    heading = _("Deadlines")
    return Section(heading, [Table(name=heading, header=[_("Day"), _("In days"), _("What")], rows=rows, right=(1,))])


def clauses(pack: Pack, language: str, _: Translate) -> Section | None:
    """Terms that are breached, or that somebody has to act on."""
    if not pack["clauses"]:
        return None
    rows = [
        [
            Cell(c["key"]),
            Cell(c["agreed"][language]),
            Cell(_("✗ breached"), tone="bad") if c["state"] == "breached" else Cell(_("! due"), tone="watch"),
            Cell(c["why"][language]),
        ]
        for c in pack["clauses"]
    ]
    header = [_("Clause"), _("Agreed"), _("State"), _("Why")]
    return Section(_("Clauses"), [Table(name=_("Clauses"), header=header, rows=rows)])


def findings(pack: Pack, language: str, _: Translate) -> Section | None:
    """What the audits of access and of documents found."""
    if not pack["findings"]:
        return None
    rows = [[Cell(f["area"][language]), Cell(f["what"][language], tone="bad")] for f in pack["findings"]]
    return Section(_("Findings"), [Table(name=_("Findings"), header=[_("Area"), _("Finding")], rows=rows)])


def delays(pack: Pack, _: Translate) -> Section | None:
    """Days without stock by whose delay they are, with the sales lost on them."""
    if not pack["delays"]:
        return None
    rows = [
        [
            _party(d["party"], _),
            Cell(f"{d['days']}", Decimal(d["days"]), "0"),
            figures.money(d["lost"], d["currency"]),
            Cell(", ".join(f"{sku} ({days})" for sku, days in d["skus"].items())),
        ]
        for d in pack["delays"]
    ]
    heading = _("Days without stock, by whose delay")
    header = [_("Party"), _("SKU-days"), _("Sales lost, estimated"), _("SKUs (days)")]
    return Section(heading, [Table(name=heading, header=header, rows=rows, right=(1, 2))])


def _party(party: str, _: Translate) -> Cell:
    word = _PARTIES[party]
    return Cell(_(word))

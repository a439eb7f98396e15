"""`kpiterm contract compliance`: the documents that each group of SKUs must have."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import said

if TYPE_CHECKING:
    from kpiterm.analysis.contract.compliance import Checked
    from kpiterm.cli.session import Session

_STYLE = {"ok": "ok", "expiring": "watch"}
# SKUs that are for sale or were sold lately; what was last sold years ago needs no document.
_SKUS = """SELECT DISTINCT sku FROM (
        SELECT sku FROM listing UNION SELECT sku FROM order_line WHERE business_day > CAST($1 AS DATE) - 400
    ) WHERE sku IS NOT NULL ORDER BY sku"""


@dataclass(frozen=True, slots=True)
class Compliance:
    """Every document as it stands, and the SKUs that no group names."""

    checked: list[Checked]
    ungrouped: list[str]
    skus: int


def configure(_parser: argparse.ArgumentParser) -> None:
    """Takes nothing of its own."""


def run(_args: argparse.Namespace, session: Session) -> int:
    found = compliance(session)
    if found is None:
        file = session.paths.compliance
        raise UsageError(f"no groups in {file}", hint="kpiterm init writes a commented one")
    if session.json:
        output.answer(_document(found))
        return OK
    _show(found, session)
    return OK


def _show(found: Compliance, session: Session) -> None:
    from kpiterm.analysis.contract.compliance import STATES

    _ = session.teller()
    rows = [
        (output.paint(_(STATES[c.state]), _STYLE.get(c.state, "breach")), c.group, c.kind, f"{c.skus}", c.file or "",
         _(c.text))
        for c in found.checked
    ]  # fmt: skip
    output.table((_("state"), _("group"), _("document"), _("SKUs"), _("file"), ""), rows, right=(3,))
    if found.ungrouped:
        some = ", ".join(found.ungrouped[:10])
        output.line("\n" + _(said("{0} SKUs are in no group: {1}", len(found.ungrouped), some)))


def compliance(session: Session) -> Compliance | None:
    """The workspace's documents at the session's moment; None where it has no such file."""
    from kpiterm.analysis.contract.compliance import check, load_groups, ungrouped

    groups = load_groups(session.paths.compliance)
    if groups is None:
        return None
    today = session.now().date()
    with session.reader() as reader:
        skus = [str(sku) for (sku,) in reader.rows(_SKUS, [today])]
    return Compliance(check(groups, skus, session.paths.root, today), ungrouped(groups, skus), len(skus))


def _document(found: Compliance) -> dict[str, object]:
    return {
        "skus": found.skus,
        "ungrouped": found.ungrouped,
        "documents": [
            {"group": c.group, "kind": c.kind, "state": c.state, "skus": c.skus, "file": c.file,
             "valid_until": f"{c.valid_until}" if c.valid_until else None, "text": c.text}
            for c in found.checked
        ],
    }  # fmt: skip

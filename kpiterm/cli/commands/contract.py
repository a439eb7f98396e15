"""`kpiterm contract`: terms, settlement and disputes of a KPI contract."""

from __future__ import annotations

import argparse
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiterm.cli.session import Session

ACTIONS = {
    "show": "the terms in force, and where every clause stands",
    "check": "read a contract file: faults end it, doubtful terms are named with the arithmetic",
    "settle": "the statement of a month",
    "verify": "check statement files: each is settled again from what it carries; needs no store",
    "simulate": "what contracts or drafts would have paid on past months, and what moves it",
    "dispute": "claims, explanations and resolutions; relief; suspended service",
    "access": "who can get at the shop, against the contract's schedule",
    "calendar": "deadlines, reviews and due days, also as an iCalendar file",
    "faults": "who acted late in each stock-out, and what relief follows",
    "compliance": "the documents that each group of SKUs must have",
    "handover": "the exit list, the export of everything, the deletion and its certificate",
}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(ACTIONS))
    for name, text in ACTIONS.items():
        _module(name).configure(actions.add_parser(name, help=text))


def run(args: argparse.Namespace, session: Session) -> int:
    return int(_module(args.action).run(args, session))


def _module(action: str) -> ModuleType:
    return import_module(f"kpiterm.cli.commands.contract_{action}")

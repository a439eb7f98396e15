"""`kpiterm query`: one SELECT over the current snapshot, with no access to files or the network."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from decimal import Decimal

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sql", help='e.g. "SELECT channel, sum(item_price) FROM order_line GROUP BY 1"; - reads stdin')


def run(args: argparse.Namespace, session: Session) -> int:
    sql = sys.stdin.read() if args.sql == "-" else args.sql
    with session.reader() as reader:
        columns, rows = reader.query(sql)
    if session.json:
        output.answer({"columns": columns, "rows": [[value(cell) for cell in row] for row in rows]})
        return OK
    numeric = [n for n, _ in enumerate(columns) if rows and all(isinstance(r[n], int | Decimal) for r in rows)]
    output.table(columns, [["" if cell is None else str(value(cell)) for cell in row] for row in rows], right=numeric)
    return OK


def value(cell: object) -> object:
    """A cell for JSON: decimals as plain digits, moments and days as ISO text, nested values likewise."""
    match cell:
        case Decimal():
            return format(cell, "f")
        case datetime():
            return cell.isoformat() + "Z"
        case date():
            return cell.isoformat()
        case list() | tuple():
            return [value(item) for item in cell]
        case dict():
            return {str(key): value(item) for key, item in cell.items()}
        case bytes():
            return cell.hex()
        case None | bool() | int() | str():
            return cell
        case float():
            return cell if cell == cell and abs(cell) != float("inf") else None
        case _:
            return str(cell)

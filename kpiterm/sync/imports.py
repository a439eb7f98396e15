"""Exported files into the store. What a file is, its content says; each file loads whole, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from kpiterm.config import Account
from kpiterm.plugins import DataError, Importer, Marketplace, Note, PluginError, Rejected, Sheet
from kpiterm.plugins.manager import Plugins
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync import record
from kpiterm.sync.normalise import Loaded, load
from kpiterm.sync.sheets import open_sheets
from kpiterm.sync.spool import Lineage, Manifest, Spool
from kpiterm.sync.work import find_connector, marketplace_of


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of one file, as in `kpiterm import --json`."""

    path: str
    kind: str | None = None
    encoding: str | None = None
    rows: int = 0
    loaded: int = 0
    quarantined: int = 0
    new: int = 0
    superseded: int = 0
    account: str | None = None
    first: date | None = None
    last: date | None = None
    currencies: tuple[str, ...] = ()
    tables: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    hint: str = ""

    def add(self, loaded: Loaded) -> None:
        """Count in what one table of the file gave."""
        for name, merged in loaded.tables.items():
            self.tables[name] = self.tables.get(name, 0) + merged.rows
            self.new += merged.added
            self.superseded += merged.superseded
            self.first = min(filter(None, (self.first, merged.first)), default=None)
            self.last = max(filter(None, (self.last, merged.last)), default=None)
            self.currencies = tuple(sorted({*self.currencies, *merged.currencies}))
        self.loaded += loaded.rows
        self.rows += loaded.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where files are imported: the plugins that read them, the accounts, and the store (None: a dry run)."""

    plugins: Plugins
    accounts: Sequence[Account]
    account: str | None
    spool: Path
    writer: Writer


def import_file(desk: Desk, path: Path, *, dry_run: bool = False) -> Report:
    """Read one file into the store, or say why not; never raises for what is in the file, nor for what reads it."""
    report = Report(path=str(path))
    try:
        found = [(s, i) for s in open_sheets(path) if (i := recognise(desk.plugins.importers, s))]
        if not found:
            raise DataError(
                f"{path.name}: not recognised",
                hint="`kpiterm plugins` lists the kinds of files that can be read; "
                "export the report again without changing its columns",
            )
        with desk.writer.transaction() as con:
            known = [_load_sheet(con, desk, sheet, importer, report) for sheet, importer in found]
            if dry_run:
                raise _NothingStored("dry run: nothing was stored")
            if all(known):
                raise _NothingStored("this very file was imported before: nothing was changed")
    except _NothingStored as why:
        report.new = report.superseded = 0
        report.warnings.append(str(why))
    except (PluginError, duckdb.Error, OSError) as error:
        _refuse(report, str(error), getattr(error, "hint", ""))
    except Exception as error:  # noqa: BLE001 (an importer's bug must not cost the other files)
        _refuse(report, f"{path.name}: its reader failed: {type(error).__name__}: {error}", "tell the plugin's author")
    return report


def _refuse(report: Report, message: str, hint: str) -> None:
    report.loaded = report.new = report.superseded = 0
    report.tables.clear()
    report.error, report.hint = message.splitlines()[0], hint


class _NothingStored(Exception):
    """Rolls a file back after it was read and counted."""


def recognise(importers: Sequence[Importer], sheet: Sheet) -> Importer | None:
    """The one that takes the sheet; where several would, the one that was registered first."""
    return next((importer for importer in importers if importer.recognise(sheet)), None)


def _load_sheet(con: duckdb.DuckDBPyConnection, desk: Desk, sheet: Sheet, importer: Importer, report: Report) -> bool:
    """Load one table of a file; whether this very file was in the store before.

    Two exports may contradict each other on a day. The later one holds, and loading the earlier one again must not
    bring its figures back.
    """
    started = datetime.now(UTC)
    account = desk.account or f"{importer.connector}-import"
    report.kind, report.encoding, report.account = importer.kind, sheet.encoding, account
    manifest, size = _read(desk, sheet, importer, report)
    known = _is_known(con, account, importer.kind, manifest.payloads[0].sha256)
    run = record.StreamRun(
        run_id=f"{started:%Y%m%dT%H%M%S%f}-import",
        account=account,
        connector=importer.connector,
        stream=importer.kind,
        started=started,
        windows=1,
        bytes=size,
    )
    batch = Batch(
        account=account,
        channel=_place(desk, importer, account).channel,
        source=importer.kind,
        run_id=run.run_id,
        loaded_at=record.naive(started),
    )
    loaded = load(con, manifest, importer.shape, batch, _place(desk, importer, account))
    report.add(loaded)
    report.warnings += _held_twice(con, account, report)
    run.rows, run.superseded = loaded.rows, loaded.superseded
    record.save_run(con, run, "ok", datetime.now(UTC))
    return known


def _is_known(con: duckdb.DuckDBPyConnection, account: str, kind: str, digest: str) -> bool:
    found = con.execute(
        "SELECT count(*) FROM payload WHERE account = ? AND stream = ? AND sha256 = ?", [account, kind, digest]
    ).fetchone()
    return bool(found and found[0])


def _held_twice(con: duckdb.DuckDBPyConnection, account: str, report: Report) -> list[str]:
    """Orders that another account holds too: a total over all accounts would count them twice."""
    if "order_line" not in report.tables:
        return []
    rows = con.execute(
        "SELECT account, count(DISTINCT order_id) FROM order_line WHERE account <> $account AND order_id IN "
        "(SELECT order_id FROM order_line WHERE account = $account AND business_day BETWEEN $first AND $last) "
        "GROUP BY account",
        {"account": account, "first": str(report.first), "last": str(report.last)},
    ).fetchall()
    return [
        f"{count:,} of these orders are in the account {other} too and now count twice: "
        f"import this file with --account {other}"
        for other, count in rows
    ]


def _read(desk: Desk, sheet: Sheet, importer: Importer, report: Report) -> tuple[Manifest, int]:
    """Spool what the importer makes of the sheet. Rows point to the file itself, whatever was made of it on the way."""
    spool = Spool(desk.spool, f"import-{len(list(desk.spool.iterdir()))}")
    before = report.quarantined
    for item in importer.read(sheet):
        if isinstance(item, Rejected):
            report.quarantined += 1
            if report.quarantined <= 5:
                report.warnings.append(f"row {item.row}: {item.reason}")
        elif isinstance(item, Note):
            report.warnings.append(item.text)
        else:
            spool.add(item)
    manifest = spool.close()
    digest, size = _hash(sheet.path)
    lineage = Lineage(
        seq=len(manifest.payloads), sha256=digest, request=str(sheet.path), format=importer.kind, bytes=size
    )
    report.rows += report.quarantined - before
    return replace(manifest, payloads=(lineage,)), size


def _place(desk: Desk, importer: Importer, account: str) -> Marketplace:
    """The marketplace of a declared account, else the importer's own, else Amazon's US shop."""
    declared = next((a for a in desk.accounts if a.name == account), None)
    if declared:
        return marketplace_of(find_connector(desk.plugins, declared), declared)
    return importer.marketplace or MARKETPLACES["amazon.com"]


def _hash(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size

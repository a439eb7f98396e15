"""Exported files into the store. What a file is, its content says; each file loads whole, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
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
from kpiterm.sync.imports_unknown import unknown
from kpiterm.sync.normalise import Loaded, load
from kpiterm.sync.sheets import open_sheets
from kpiterm.sync.sheets_stacked import read_stacked
from kpiterm.sync.sheets_zip import is_archive, members, unpacked
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where files are imported: the plugins and the person's own mappings that read them, the accounts, the store, the
    mapping that is named for these files, and the days that a file without dates covers."""

    plugins: Plugins
    accounts: Sequence[Account]
    account: str | None
    spool: Path
    writer: Writer
    mappings: Sequence[Importer] = ()
    mapping: Importer | None = None
    period: tuple[date, date] | None = None

    @property
    def importers(self) -> tuple[Importer, ...]:
        """The person's own mappings first: each takes one exact header."""
        return (*self.mappings, *self.plugins.importers)


def import_path(desk: Desk, path: Path, *, dry_run: bool = False) -> Iterator[Report]:
    """Read a file into the store, or each of the files in a ZIP archive, as `archive.zip/name`."""
    if not is_archive(path):
        yield import_file(desk, path, dry_run=dry_run)
        return
    try:
        found = members(path)
    except DataError as error:
        yield _refused(str(path), error)
        return
    for member in found:
        shown = f"{path}/{member.filename}"
        try:
            with unpacked(path, member, desk.spool.parent) as file:
                yield import_file(desk, file, shown=shown, dry_run=dry_run)
        except DataError as error:
            yield _refused(shown, error)


def import_file(desk: Desk, path: Path, *, shown: str = "", dry_run: bool = False) -> Report:
    """Read one file into the store, or say why not; never raises for what is in the file, nor for what reads it.

    `shown` is what to call it, where it was unpacked for this alone.
    """
    report = Report(path=shown or str(path))
    try:
        found = _recognised(desk, path)
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


def _refused(shown: str, error: DataError) -> Report:
    report = Report(path=shown)
    _refuse(report, str(error), error.hint)
    return report


def _refuse(report: Report, message: str, hint: str) -> None:
    if not report.rows:
        report.kind, message = None, message if "not recognised" in message else f"not recognised: {message}"
    report.loaded = report.new = report.superseded = 0
    report.tables.clear()
    report.error, report.hint = message.splitlines()[0], hint


class _NothingStored(Exception):
    """Rolls a file back after it was read and counted."""


def _recognised(desk: Desk, path: Path) -> list[tuple[Sheet, Importer]]:
    """The tables of the file that can be read; DataError says why there is none."""
    sheets = open_sheets(path)
    if desk.mapping:
        return [(sheet, desk.mapping) for sheet in sheets[:1]]
    whole, stacked = (
        [(sheet, i) for sheet in tables if (i := recognise(desk.importers, sheet))]
        for tables in (sheets, read_stacked(path))
    )
    if found := stacked if len(stacked) > len(whole) else whole:
        return found
    raise unknown(desk.importers, path, sheets)


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
    report.kind, report.encoding, report.account = report.kind or importer.kind, sheet.encoding, account
    before = _first_import(con, sheet.path, importer.kind, account)
    declared = any(a.name == account for a in desk.accounts)
    place = _place(desk, importer, account)
    given = with_given(sheet, before or record.naive(started), desk.period, place if declared else None)
    counted = _Counted(given.rows)
    manifest, size = _read(desk, replace(given, rows=counted), importer, report)
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
        channel=place.channel,
        source=importer.kind,
        run_id=run.run_id,
        loaded_at=record.naive(started),
    )
    loaded = load(con, manifest, importer.shape, batch, place)
    report.add(loaded)
    report.rows += counted.most or loaded.rows
    report.loaded = report.rows - report.quarantined
    report.warnings += _held_twice(con, account, report)
    run.rows, run.superseded = loaded.rows, loaded.superseded
    record.save_run(con, run, "ok", datetime.now(UTC))
    # A period or a mapping of the person's own may have changed since, and with it what the same file says.
    return before is not None and desk.period is None and importer in desk.plugins.importers


class _Counted:
    """The rows of a sheet, and how many there are: a row may become several of the store's, or be one of two."""

    def __init__(self, rows: Callable[[], Iterator[tuple[str | None, ...]]]) -> None:
        self._rows, self.most = rows, 0

    def __call__(self) -> Iterator[tuple[str | None, ...]]:
        for number, row in enumerate(self._rows(), start=1):
            self.most = max(self.most, number)
            yield row


def with_given(sheet: Sheet, moment: datetime, period: tuple[date, date] | None, place: Marketplace | None) -> Sheet:
    """The sheet with what is known beside it; `moment` is naive UTC, `place` that of a declared account."""
    given = {"imported_at": f"{moment:%Y-%m-%dT%H:%M:%S+00:00}"}
    if period:
        given |= {"first_day": str(period[0]), "last_day": str(period[1])}
    if place:
        given |= {"currency": place.currency, "channel": place.channel, "timezone": place.timezone}
    return replace(sheet, given=given)


def _first_import(con: duckdb.DuckDBPyConnection, path: Path, kind: str, account: str) -> datetime | None:
    """When the account first got this very file: stock that was read twice from one file was counted once."""
    known = con.execute(
        "SELECT min(loaded_at) FROM payload WHERE sha256 = ? AND stream = ? AND account = ?",
        [_hash(path)[0], kind, account],
    ).fetchone()
    return known[0] if known else None


def _held_twice(con: duckdb.DuckDBPyConnection, account: str, report: Report) -> list[str]:
    """Orders that another account holds too, which may put them on another day."""
    if "order_line" not in report.tables:
        return []
    rows = con.execute(
        "SELECT account, count(DISTINCT order_id) FROM order_line WHERE account <> $account AND order_id IN "
        "(SELECT order_id FROM order_line WHERE account = $account AND business_day BETWEEN $first AND $last) "
        "GROUP BY account",
        {"account": account, "first": str(report.first), "last": str(report.last)},
    ).fetchall()
    return [
        f"{count:,} of these orders are in the account {other} too: each counts once on a day, and twice "
        f"where the two put it on different days; import this file with --account {other}"
        for other, count in rows
    ]


def _read(desk: Desk, sheet: Sheet, importer: Importer, report: Report) -> tuple[Manifest, int]:
    """Spool what the importer makes of the sheet. Rows point to the file itself, whatever was made of it on the way."""
    spool = Spool(desk.spool, f"import-{len(list(desk.spool.iterdir()))}")
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
    lineage = Lineage(seq=len(manifest.payloads), sha256=digest, request=report.path, format=importer.kind, bytes=size)
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

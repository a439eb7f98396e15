"""A person's own mapping of a plain export to one canonical table: a TOML file, known again by the export's header.

version = 1
table = "order_line"            # a canonical table (docs/reference/tables.md)
timezone = "Europe/Berlin"      # of times that are written without an offset
dates = "day-first"             # or month-first: what 03/04/2026 means; without it such a date is refused
decimals = "comma"              # or point: what 1,278 means; without it such an amount is refused
fingerprint = "3f…"             # of the header by which a file is known again; --learn writes it

[columns]                       # canonical column = the file's own
order_id = "Auftrag"
[constants]
currency = "EUR"
[values.status]                 # the file's own word = ours
Versendet = "shipped"
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

from kpiterm.config.toml import Section, did_you_mean, read_toml
from kpiterm.errors import ConfigError
from kpiterm.paths import private_dir
from kpiterm.plugins import Importer, facts
from kpiterm.sync.mapping_rows import Rules, read_rows

VERSION = 1
NAME = r"[a-z0-9][a-z0-9-]{0,39}"


def fingerprint(header: Sequence[str]) -> str:
    """What identifies a header whatever the order and case of its columns."""
    cells = sorted(" ".join(cell.casefold().split()) for cell in header if cell)
    return hashlib.sha256("\n".join(cells).encode()).hexdigest()[:16]


def load_mappings(folder: Path) -> tuple[Importer, ...]:
    """The mappings of a workspace, by name; drafts are left out until their owner has finished them."""
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return tuple(load_mapping(file) for file in files if not read_toml(file).has("draft"))


def load_mapping(file: Path) -> Importer:
    """The importer that a mapping file describes; ConfigError names the file, the key and the remedy."""
    if not re.fullmatch(NAME, file.stem):
        raise ConfigError(f"{file}: mapping name {file.stem!r}", hint="use lower-case letters, digits and '-'")
    section = read_toml(file)
    if section.has("draft"):
        section.fail("draft", "nobody has checked this mapping yet", "check its columns, then delete this line")
    if section.integer("version") != VERSION:
        section.fail("version", "unknown to this kpiterm", f"write {VERSION}, or upgrade kpiterm")
    rules = _rules(section)
    known = section.text("fingerprint", "", pattern="[0-9a-f]{16}|")
    section.finish()
    return Importer(
        kind=f"mapped.{file.stem.replace('-', '_')}",
        title=f"mapping {file.stem}",
        recognise=lambda sheet: fingerprint(sheet.header) == known,
        read=partial(read_rows, rules),
        columns=tuple(rules.columns.values()),
    )


def keep(file: Path, folder: Path, header: Sequence[str]) -> None:
    """Put the mapping into the workspace, with the fingerprint of the header that it was first used for."""
    kept = folder / file.name
    text = (kept if kept.exists() else file).read_text(encoding="utf-8")
    if not read_toml(file).has("fingerprint"):
        text = f'fingerprint = "{fingerprint(header)}"\n{text}'
    elif kept.exists():
        return
    private_dir(folder)
    kept.write_text(text, encoding="utf-8")


def _rules(section: Section) -> Rules:
    table = facts.TABLES[section.choice("table", tuple(facts.TABLES))]
    known = {c.name for c in table.columns} | {"channel"}
    columns, constants = (_texts(section.table(key), known) for key in ("columns", "constants"))
    values = {name: dict(_texts(words, None)) for name, words in section.table("values").sections()}
    if both := columns.keys() & constants.keys():
        section.fail(f"constants.{min(both)}", "is a column of the file too", "keep one of the two")
    rules = Rules(
        table=table,
        columns=columns,
        constants=constants,
        values=values,
        timezone=_timezone(section),
        month_first=_choice(section, "dates", {"month-first": True, "day-first": False}),
        decimal_comma=_choice(section, "decimals", {"comma": True, "point": False}),
    )
    if missing := [name for name in rules.needed if name not in {*columns, *constants}]:
        section.fail(f"columns.{missing[0]}", "missing", "name the column of the file that holds it")
    return rules


def _texts(section: Section, known: set[str] | None) -> Mapping[str, str]:
    for name in section.names():
        if known is not None and name not in known:
            section.fail(name, "no such column", did_you_mean(name, known))
    found = {name: section.text(name) for name in section.names()}
    section.finish()
    return found


def _choice(section: Section, key: str, choices: Mapping[str, bool]) -> bool | None:
    return choices[section.choice(key, tuple(choices))] if section.has(key) else None


def _timezone(section: Section) -> str | None:
    if not section.has("timezone"):
        return None
    name = section.text("timezone")
    if name not in available_timezones():
        section.fail("timezone", f"{name!r} is no time zone", "use an IANA name such as America/Los_Angeles")
    return name

"""The documents that groups of SKUs must have: which are there, unchanged and in force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from kpiterm.config.toml import Section, read_toml
from kpiterm.i18n import N_, said, word

State = Literal["ok", "expiring", "missing", "expired", "changed", "bad_code"]
STATES: dict[State, str] = {
    "ok": N_("ok"), "expiring": N_("expiring"), "missing": N_("missing"), "expired": N_("expired"),
    "changed": N_("changed"), "bad_code": N_("bad_code"),
}  # fmt: skip
FAULTS = frozenset({"missing", "expired", "changed", "bad_code"})
_GONE = N_("No such file or directory")
_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as it is filed: its file, relative to the workspace, and the hash that it had then."""

    kind: str
    file: str
    sha256: str | None
    valid_until: date | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """SKUs by pattern, and the kinds of documents that they require."""

    name: str
    skus: tuple[str, ...]
    requires: tuple[str, ...]
    documents: tuple[Document, ...]

    def holds(self, sku: str) -> bool:
        return any(fnmatchcase(sku, pattern) for pattern in self.skus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One required document of a group, and how it stands."""

    group: str
    kind: str
    state: State
    skus: int
    file: str | None
    valid_until: date | None
    text: str


def load_groups(file: Path) -> tuple[Group, ...] | None:
    """The groups of `compliance.toml`; None where there is no such file or all of it is commented out."""
    if not file.exists():
        return None
    root = read_toml(file)
    groups = tuple(_group(section) for section in root.tables("groups"))
    root.finish()
    return groups or None


def check(groups: Sequence[Group], skus: Sequence[str], folder: Path, today: date) -> list[Checked]:
    """Every document that is required or filed. Of several of a kind the best one counts: a renewal follows the old."""
    return [found for group in groups for found in _check(group, sum(map(group.holds, skus)), folder, today)]


def ungrouped(groups: Sequence[Group], skus: Sequence[str]) -> list[str]:
    """SKUs that no group names, so that nobody has said what they need."""
    return [sku for sku in skus if not any(group.holds(sku) for group in groups)]


def check_digit_fits(code: str) -> bool:
    """Whether a UPC, EAN or GTIN has 8, 12, 13 or 14 digits and ends with the digit that the others demand."""
    if len(code) not in {8, 12, 13, 14} or not (code.isascii() and code.isdigit()):
        return False
    return sum(int(c) * (3 if n % 2 else 1) for n, c in enumerate(reversed(code))) % 10 == 0


def _check(group: Group, skus: int, folder: Path, today: date) -> Iterator[Checked]:
    order: list[State] = ["ok", "expiring", "bad_code", "changed", "expired", "missing"]
    for kind in dict.fromkeys((*group.requires, *(d.kind for d in group.documents))):
        judged = [(*_judge(d, folder, today), d) for d in group.documents if d.kind == kind]
        if not judged:
            yield Checked(
                group=group.name, kind=kind, state="missing", skus=skus, file=None, valid_until=None,
                text=said('no document: add [[groups.documents]] with kind = "{0}" and its file', kind),
            )  # fmt: skip
            continue
        state, text, best = min(judged, key=lambda item: order.index(item[0]))
        yield Checked(
            group=group.name, kind=kind, state=state, skus=skus, file=best.file, valid_until=best.valid_until, text=text
        )  # fmt: skip


def _judge(document: Document, folder: Path, today: date) -> tuple[State, str]:
    try:
        found = hashlib.sha256((folder / document.file).read_bytes()).hexdigest()
    except OSError as error:
        return "missing", said("{0}: {1}", document.file, word(error.strerror or _GONE))
    if document.sha256 is None:
        return "missing", said('not signed for: write sha256 = "{0}" once it was looked at', found)
    if document.sha256 != found:
        return "changed", said("the file is another one now: sha256 {0}", found)
    if document.valid_until and document.valid_until < today:
        return "expired", said("ended on {0}", document.valid_until)
    if bad := [code for code in document.codes if not check_digit_fits(code)]:
        return "bad_code", said("no valid code: {0}", ", ".join(bad))
    if document.valid_until and document.valid_until - _SOON <= today:
        return "expiring", said("ends on {0}", document.valid_until)
    return "ok", said("until {0}", document.valid_until) if document.valid_until else said("unchanged")


def _group(section: Section) -> Group:
    group = Group(
        name=section.text("name"),
        skus=section.texts("skus", like='patterns such as "TOY-*"'),
        requires=section.texts("requires", like='kinds such as "CPC"'),
        documents=tuple(_document(part) for part in section.tables("documents")),
    )
    if not group.skus:
        section.fail("skus", "missing", 'name SKUs or patterns: skus = ["TOY-*"]')
    section.finish()
    return group


def _document(section: Section) -> Document:
    document = Document(
        kind=section.text("kind"),
        file=section.text("file", pattern=r"(?!/)(?!.*\.\.).+", like="a path below the workspace"),
        sha256=section.text("sha256", pattern="[0-9a-f]{64}", like="64 hexadecimal digits")
        if section.has("sha256")
        else None,
        valid_until=section.day("valid_until") if section.has("valid_until") else None,
        codes=section.texts("codes", pattern=r"\d+", like="digits in quotes"),
    )
    section.finish()
    return document

"""ZIP archives: each file in them is imported by itself, and what is not harmless is refused whole."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.paths import Paths
from kpiterm.plugins import DataError
from kpiterm.plugins.manager import load
from kpiterm.store.engine import Writer
from kpiterm.sync import sheets_zip
from kpiterm.sync.imports import Desk, Report, import_path
from kpiterm.sync.sheets_zip import is_archive, members, unpacked

ASKED = "received_at,replied_at,order_id\n2026-11-02T09:15:00-08:00,,{}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "spool").mkdir()
    with Writer(Paths(tmp_path / "home")) as writer:
        yield Desk(plugins=load(set()), accounts=[], account=None, spool=tmp_path / "spool", writer=writer)


def packed(path: Path, *files: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return path


def rows(desk: Desk, sql: str) -> list[tuple[Any, ...]]:
    return desk.writer.con.execute(sql).fetchall()


def outcome(report: Report) -> tuple[str, str | None, int]:
    return report.path, report.kind, report.loaded


def test_each_file_of_an_archive_is_a_file_of_its_own(desk: Desk, tmp_path: Path) -> None:
    path = packed(
        tmp_path / "x.zip", ("may/a.csv", ASKED.format("1")), ("may/", ""), ("notes.txt", "nothing to see\n"),
        ("__MACOSX/may/._a.csv", b"\0\1"), ("may/.DS_Store", b"\0\1"), ("b.csv", ASKED.format("2")),
    )  # fmt: skip
    found = list(import_path(desk, path))
    assert list(map(outcome, found)) == [
        (f"{path}/may/a.csv", "kpiterm.contacts", 1), (f"{path}/notes.txt", None, 0),
        (f"{path}/b.csv", "kpiterm.contacts", 1),
    ]  # fmt: skip
    assert "not recognised" in (found[1].error or "")
    assert rows(desk, "SELECT order_id FROM contact ORDER BY 1") == [("1",), ("2",)]
    assert rows(desk, "SELECT path_or_request FROM payload ORDER BY 1") == [
        (f"{path}/b.csv",), (f"{path}/may/a.csv",),
    ]  # fmt: skip
    assert [(r.new, r.superseded) for r in import_path(desk, path) if not r.error] == [(0, 0)] * 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "spool", "x.zip"], "nothing stays unpacked"


def test_a_file_and_its_archive_are_the_same_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ASKED.format("1"))
    list(import_path(desk, tmp_path / "a.csv"))
    (again,) = import_path(desk, packed(tmp_path / "x.zip", ("a.csv", ASKED.format("1"))))
    assert (again.new, again.warnings[-1]) == (0, "this very file was imported before: nothing was changed")


def test_an_archive_in_an_archive_is_refused_by_itself(desk: Desk, tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("c.csv", ASKED.format("3"))
    path = packed(tmp_path / "x.zip", ("inner.zip", inner.getvalue()), ("a.csv", ASKED.format("1")))
    nested, good = import_path(desk, path)
    assert ("inner.zip is an archive" in (nested.error or ""), good.loaded) == (True, 1)
    assert "unpack it" in nested.hint


def test_a_damaged_file_does_not_cost_the_others(desk: Desk, tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", ("a.csv", ASKED.format("1" * 200)), ("b.csv", ASKED.format("2")))
    body = bytearray(path.read_bytes())
    body[60] ^= 0xFF
    path.write_bytes(body)
    broken, good = import_path(desk, path)
    assert (outcome(broken), good.loaded) == ((f"{path}/a.csv", None, 0), 1)
    assert "x.zip/a.csv is damaged" in (broken.error or "")


def encrypted(path: Path) -> Path:
    body = bytearray(packed(path, ("a.csv", "a,b\n")).read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(signature) + at] |= 1
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "a/../../b.csv", "..\\a.csv", "C:\\a.csv", "C:a.csv"])
def test_a_name_that_leads_out_of_the_folder_condemns_the_archive(desk: Desk, tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "x.zip", ("good.csv", ASKED.format("1")), (name, ASKED.format("2")))
    (report,) = import_path(desk, path)
    assert (report.path, report.loaded, rows(desk, "FROM contact")) == (str(path), 0, [])
    assert "outside of its folder" in (report.error or "")


def test_archives_that_are_not_harmless_are_refused_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets_zip, "MAX_FILES", 2)
    monkeypatch.setattr(sheets_zip, "MAX_BYTES", 1000)
    for path, words in (
        (packed(tmp_path / "many.zip", *((f"{n}.csv", "a,b\n") for n in range(3))), "a ZIP archive of 3 files"),
        (packed(tmp_path / "bomb.zip", ("a.csv", b"0" * 1001)), "unpacks to more than"),
        (encrypted(tmp_path / "secret.zip"), "protected by a password"),
        (packed(tmp_path / "empty.zip"), "without a file"),
    ):
        (report,) = import_path(desk, path)
        assert words in (report.error or ""), path.name
        assert (report.path, report.loaded, bool(report.hint)) == (str(path), 0, True)


def test_no_more_is_unpacked_than_the_archive_states(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", ("a.csv", b"0" * 5000))
    body = path.read_bytes().replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(body)
    (member,) = members(path)
    with pytest.raises(DataError, match="is damaged"), unpacked(path, member, tmp_path):
        pass


def test_a_link_is_a_small_file_and_leads_nowhere(desk: Desk, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    (report,) = import_path(desk, packed(tmp_path / "x.zip", (link, "/etc/passwd")))
    assert (report.kind, report.loaded) == (None, 0)


def test_a_file_keeps_its_name_and_the_time_of_its_writing(tmp_path: Path) -> None:
    dated = zipfile.ZipInfo("in/cerebro_2026-10-31.csv", (2026, 10, 31, 12, 30, 0))
    undated = zipfile.ZipInfo("b.csv")
    path = packed(tmp_path / "x.zip", (dated, "a,b\n"), (undated, "a,b\n"))
    os.utime(path, (1_790_000_000, 1_790_000_000))
    first, second = members(path)
    with unpacked(path, first, tmp_path) as file:
        assert file.name == "cerebro_2026-10-31.csv"
        assert datetime.fromtimestamp(file.stat().st_mtime).isoformat() == "2026-10-31T12:30:00"  # noqa: DTZ006
    with unpacked(path, second, tmp_path) as file:
        assert file.stat().st_mtime == datetime.fromtimestamp(1_790_000_000, UTC).timestamp()


def test_a_workbook_is_no_archive(tmp_path: Path) -> None:
    assert not is_archive(packed(tmp_path / "book", ("[Content_Types].xml", "<a/>"), ("xl/workbook.xml", "<a/>")))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    assert not is_archive(tmp_path / "broken.zip")
    assert not is_archive(tmp_path / "none")

"""Everything leaves with a manifest; what is deleted leaves a certificate, and is deleted whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiterm.errors import StoreBusyError, UsageError
from kpiterm.paths import Paths, private_dir
from kpiterm.store import dump, erase, journal
from kpiterm.store.lock import writer_lock

DETAIL = {"contract": "c", "credentials": "none were kept"}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A workspace with a snapshot of two tables, a contract and an entry in the log."""
    found = Paths(tmp_path / "home", "client")
    private_dir(found.store)
    with duckdb.connect(str(found.store / "snap-1.duckdb")) as con:
        con.execute("CREATE TABLE order_line AS SELECT 'A' AS sku, 1.50::DECIMAL(18,4) AS item_price FROM range(3)")
        con.execute("CREATE TABLE order_line_history AS SELECT * FROM order_line LIMIT 1")
    (found.store / "CURRENT").write_text("snap-1.duckdb")
    private_dir(found.contracts)
    (found.contracts / "c.toml").write_text("[contract]\n")
    private_dir(found.spool)
    (found.spool / "half.json").write_text("{}")
    journal.append(found.journal, "kpi.enter", {"kpi": "acos"})
    return found


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_table_and_every_file_is_in_the_manifest(paths: Paths, tmp_path: Path, form: Any) -> None:
    found = dump.export(paths, tmp_path / "out", form)
    files = {file["path"]: file for file in found.manifest["files"]}
    assert set(files) == {
        f"tables/order_line.{form}", f"tables/order_line_history.{form}", "workspace/contracts/c.toml",
        "workspace/journal.jsonl",
    }  # fmt: skip
    assert [files[f"tables/order_line{t}.{form}"]["rows"] for t in ("", "_history")] == [3, 1]
    for name, file in files.items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == file["sha256"]
    with duckdb.connect() as own:
        read = own.execute(
            f"SELECT count(*), sum(item_price) FROM '{tmp_path}/out/tables/order_line.{form}'"
        ).fetchone()
    assert read is not None
    assert (read[0], f"{float(read[1]):.2f}") == (3, "4.50")
    assert dump.read_export(tmp_path / "out") == found
    assert journal.verify(tmp_path / "out" / "workspace" / "journal.jsonl") == 1


def test_an_export_is_whole_or_not_there(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dump, "_people", full)
    with pytest.raises(Exception, match="No space left"):
        dump.export(paths, tmp_path / "out", "csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home"]


def test_an_export_goes_into_a_new_folder_outside(paths: Paths, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not empty"):
        dump.export(paths, tmp_path, "csv")
    with pytest.raises(UsageError, match="workspace itself"):
        dump.export(paths, paths.root / "out", "csv")


def test_a_changed_export_is_none(paths: Paths, tmp_path: Path) -> None:
    dump.export(paths, tmp_path / "out", "csv")
    (tmp_path / "out" / "tables" / "order_line.csv").write_text("sku\n")
    with pytest.raises(UsageError, match=r"order_line\.csv is not what was exported"):
        dump.read_export(tmp_path / "out")
    with pytest.raises(UsageError, match="holds no export"):
        dump.read_export(tmp_path)


def erased(paths: Paths, tmp_path: Path) -> dict[str, Any]:
    export = dump.read_export(tmp_path / "out")
    file = erase.erase(paths, export, "contract.delete", DETAIL, tmp_path)
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def test_a_deletion_leaves_a_certificate_and_nothing_else(paths: Paths, tmp_path: Path) -> None:
    export = dump.export(paths, tmp_path / "out", "csv")
    journal.append(paths.journal, "contract.export", {"manifest": export.sha256})
    names = {file.relative_to(paths.root).as_posix() for file in paths.root.rglob("*") if file.is_file()}
    certificate = erased(paths, tmp_path)
    assert (certificate["status"], certificate["workspace"], certificate["contract"]) == ("complete", "client", "c")
    assert names <= {file["path"] for file in certificate["files"]}
    assert certificate["export"]["manifest"] == export.sha256
    entry = certificate["entry"]
    assert (entry["kind"], entry["detail"]["manifest"]) == ("contract.delete", export.sha256)
    assert list(paths.root.parent.iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deletion-client.json", "deletion-client.txt", "home", "out"]
    text = (tmp_path / "deletion-client.txt").read_text("utf-8")
    assert f"sha256:{export.sha256}" in text
    assert certificate["deleted_at"] in text


@pytest.mark.parametrize("change", ["log", "contract", "snapshot"])
def test_what_came_after_the_export_stops_the_deletion(paths: Paths, tmp_path: Path, change: str) -> None:
    dump.export(paths, tmp_path / "out", "csv")
    if change == "log":
        journal.append(paths.journal, "kpi.enter", {"kpi": "odr"})
    elif change == "contract":
        (paths.contracts / "d.toml").write_text("[contract]\n")
    else:
        shutil.copy(paths.store / "snap-1.duckdb", paths.store / "snap-2.duckdb")
        (paths.store / "CURRENT").write_text("snap-2.duckdb")
    with pytest.raises(UsageError, match="not an export of client as it is now"):
        erased(paths, tmp_path)
    assert paths.journal.exists()
    assert not list(tmp_path.glob("deletion-*"))


def test_nothing_is_deleted_while_somebody_writes(paths: Paths, tmp_path: Path) -> None:
    dump.export(paths, tmp_path / "out", "csv")
    with writer_lock(paths.store), pytest.raises(StoreBusyError):
        erased(paths, tmp_path)
    assert len(list(journal.read(paths.journal))) == 1


def test_a_deletion_that_was_cut_off_is_finished_by_the_next(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    dump.export(paths, tmp_path / "out", "csv")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            erased(paths, tmp_path)
    assert not paths.root.exists(), "nobody finds half a workspace"
    assert json.loads((tmp_path / "deletion-client.pending").read_text("utf-8"))["status"] == "pending"
    file = erase.resume(paths)
    assert file == tmp_path / "deletion-client.json"
    assert json.loads(file.read_text("utf-8"))["status"] == "complete"
    assert not list(tmp_path.glob("*.pending"))
    assert list(paths.root.parent.iterdir()) == []
    assert erase.resume(paths) is None

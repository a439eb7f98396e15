"""Review packs of the demo's workspace, as a manager makes them and a finance director opens them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--log-level=0",
)  # fmt: skip


def make(demo: Home, out: Path, *options: str) -> dict[str, Path]:
    done = demo("report", *options, "--out", out, "--json")
    assert done.code == 0, done.err
    return {Path(name).suffix: Path(name) for name in done.json["files"]}


@pytest.fixture(scope="module")
def packs(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """The files of a monthly pack of one moment, by language."""
    now, out = datetime.now(UTC).isoformat(), tmp_path_factory.mktemp("packs")
    return {lang: make(demo, out / lang, "monthly", "--as-of", now, "--lang", lang) for lang in ("en", "zh")}


def test_a_pack_of_a_moment_is_the_same_in_every_run_and_language(packs: dict[str, dict[str, Path]]) -> None:
    first, again = packs["en"], packs["zh"]
    assert first[".json"].read_bytes() == again[".json"].read_bytes()
    digest = json.loads(first[".json"].read_text())["hash"]
    assert digest in first[".html"].read_text()
    assert digest in again[".html"].read_text()
    assert "月度复盘" in again[".md"].read_text()


def test_a_pack_tells_the_board_the_fee_and_the_causes(demo: Home, packs: dict[str, dict[str, Path]]) -> None:
    files = packs["en"]
    pack, told = json.loads(files[".json"].read_text()), files[".md"].read_text()
    month = pack["period"]["label"]
    board = {k["id"]: k for k in demo("status", "--period", month, "--json").json["kpis"] if k["channel"] == "all"}
    for entry in pack["kpis"]:
        if entry["channel"] == "all" and entry["value"] is not None:
            assert entry["value"] == board[entry["id"]]["value"], entry["id"]
    statement = demo("contract", "settle", "--period", month, "--json").json
    assert pack["statement"]["total"] == statement["total"]
    assert f"{float(statement['total']):,.2f}" in told
    assert {cause["kpi"] for cause in pack["causes"]} >= {"gmv_mom", "acos"}


def test_actions_and_minutes_go_from_one_pack_to_the_next(demo: Home, tmp_path: Path) -> None:
    past = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    number = demo("report", "action", "add", "Raise", "bids", "--owner", "provider", "--due", past, "--json").json[
        "number"
    ]
    assert demo("report", "minutes", "Agreed on nothing").code == 0
    first = make(demo, tmp_path / "1", "weekly")[".md"].read_text()
    assert f"#{number}".replace("#", "\\#") in first
    assert "✗ overdue" in first
    assert "Agreed on nothing" in first
    assert demo("report", "action", "done", str(number)).code == 0
    assert demo("report", "action", "done", str(number)).code == 2
    assert "✓ done" in make(demo, tmp_path / "2", "weekly")[".md"].read_text()


def test_a_frozen_pack_is_told_again_without_the_store_and_a_forged_one_is_not(demo: Home, tmp_path: Path) -> None:
    files = make(demo, tmp_path / "1", "onboarding")
    again = make(demo, tmp_path / "2", "--from", str(files[".json"]), "--workspace", "other")
    assert again[".html"].read_bytes() == files[".html"].read_bytes()
    forged = tmp_path / "forged.json"
    forged.write_text(files[".json"].read_text().replace("2026", "2027"))
    refused = demo("report", "--from", forged, "--out", tmp_path / "3")
    assert refused.code == 2
    assert "forged.json: was changed after it was frozen" in refused.err


@pytest.mark.parametrize("words", [[], ["weekly"], ["weekly", "x", "--out", "d"], ["action", "add"], ["minutes"]])
def test_what_is_not_understood_is_refused_with_the_remedy(demo: Home, words: list[str]) -> None:
    done = demo("report", *words)
    assert done.code == 2
    assert "→" in done.err


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_browser_opens_and_prints_it_without_complaint(
    packs: dict[str, dict[str, Path]], tmp_path: Path, language: str
) -> None:
    page, pdf = packs[language][".html"], tmp_path / "pack.pdf"
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert "CONSOLE" not in done.stderr
    boxes = re.findall(rb"/MediaBox \[([^\]]*)\]", pdf.read_bytes())
    assert boxes
    for box in boxes:
        _, _, width, height = (float(number) for number in box.split())
        assert abs(width - 595) < 2  # A4 in points
        assert abs(height - 842) < 2
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout
        through = json.loads(packs[language][".json"].read_text())["accounts"][-1]
        assert through["name"] in text

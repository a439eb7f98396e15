"""All that a contract says besides money, on one demo: access, calendar, clauses, faults, documents, exit."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpiterm.cli.commands.demo import prepare, shop_on_loopback, sync_command
from kpiterm.cli.session import Session
from kpiterm.paths import Paths
from kpiterm.store import journal
from tests.e2e.conftest import Done, Home
from tests.english import english

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The demo's workspace, with no more of its shops than these tests look at."""
    home = Home(tmp_path_factory.mktemp("demo"))
    session = Session(paths=Paths(home.path, "demo"), lang=None, as_of=None, json=False, quiet=True, verbose=False)
    with shop_on_loopback(60) as box:
        environment = prepare(session, box, 60)
        home.environment |= {k: v for k, v in environment.items() if k.startswith("KPITERM_SECRET_")}
        home.environment |= {"KPITERM_WORKSPACE": "demo", "KPITERM_ACTOR": "ann"}
        streams = ("access", "stock-ledger", "orders")
        for stream in streams:
            accounts = [] if stream == "access" else ["demo-us"]
            command = sync_command(session, *accounts, "--stream", stream, "--json")
            subprocess.run(command, env=home.environment, check=True, capture_output=True)
        home.paths = session.paths
        yield home


def ask(home: Home, *args: object) -> dict[str, Any]:
    done: Done = home("contract", *args, "--json")
    assert done.code == 0, done.err
    return done.json


def test_the_five_planted_faults_of_access_are_found_and_nothing_else(demo: Home) -> None:
    found = ask(demo, "access")
    assert [(f["kind"], f["platform"], f["account"] or f["principal"], f["role"]) for f in found["faults"]] == [
        ("main_account", "shopify", "manager@provider.example", "Store owner"),
        ("unknown", "amazon", "freelance@designs.example", "Listings"),
        ("expired", "amazon", "launch@provider.example", "Inventory"),
        ("too_broad", "shopify", "demo-shopify", "read_customers"),
        ("removal_unproven", "walmart", "pilot@provider.example", "Reports"),
    ]  # fmt: skip
    seen = Counter((g["platform"], g["account"] is not None) for g in found["grants"])
    assert set(seen) == {("amazon", True), ("amazon", False), ("shopify", True), ("shopify", False), ("walmart", True)}


def test_a_new_user_list_is_proof_of_removal_and_stands_in_the_log(demo: Home, tmp_path: Path) -> None:
    file = tmp_path / "walmart.csv"
    file.write_text("platform,user,role,level,seen on\nwalmart,owner@larkhill.example,Admin,edit,2026-01-02\n")
    found = ask(demo, "access", "--import", file)
    assert "removal_unproven" not in {f["kind"] for f in found["faults"]}
    assert len(found["faults"]) == 4
    last = list(journal.read(demo.paths.journal))[-1]
    assert (last.kind, last.actor, last.detail["file"]) == ("contract.access", "ann", "walmart.csv")
    assert len(str(last.detail["sha256"])) == 64


def test_each_clause_of_the_contract_has_a_state(demo: Home) -> None:
    found = ask(demo, "show")
    states = {c["key"]: c["state"] for c in found["clauses"]}
    assert set(states.values()) == {"met", "due", "breached", "not_checkable"}
    assert (states["service.access"], states["compliance"]) == ("breached", "due")
    assert all(c["why"] for c in found["clauses"])
    assert found["pilot"]["verdict"] in {"pass", "fail", "extend"}
    assert found["pilot"]["arithmetic"]
    shown = demo("contract", "show").out
    assert "not checkable" in shown
    assert found["pilot"]["verdict"] in shown


def test_the_calendar_is_shown_and_written(demo: Home, tmp_path: Path) -> None:
    file = tmp_path / "c.ics"
    found = ask(demo, "calendar", "--ics", file, "--days", "700")
    kinds = {event["kind"] for event in found["events"]}
    assert kinds >= {"notice", "renewal", "end", "transition", "review", "statement"}
    text = file.read_bytes().decode()
    assert text.count("BEGIN:VEVENT") == len(found["events"])
    assert demo("contract", "calendar", "--ics", "-", "--days", "9").out.startswith("BEGIN:VCALENDAR")


def test_the_storys_stock_out_is_shared_out_to_the_day_and_both_sides_approve_the_relief(demo: Home) -> None:
    days: Counter[str] = Counter()
    months = sorted({row[0][:7] for row in demo.rows(STORY_DAYS)})
    for month in months:
        for out in ask(demo, "faults", "--period", month)["stock_outs"]:
            assert sum(out["attributed"].values()) == out["days"]
            days.update(out["attributed"])
    assert sum(days.values()) == len(demo.rows(STORY_DAYS))
    assert days["platform"] > 0
    assert days["provider"] == 0, "they suggested in time"
    proposed = ask(demo, "faults", "--period", months[-1])["relief"]
    for side, sides in (("seller", ["seller"]), ("provider", ["provider", "seller"])):
        (approved,) = ask(demo, "faults", "--period", months[-1], "--approve", side)["approved"]
        assert (approved["approvals"], approved["share"]) == (sides, proposed["share"])


STORY_DAYS = """SELECT CAST(day AS VARCHAR) FROM (
        SELECT sku, CAST(taken_at AS DATE) AS day, sum(available) AS units FROM stock_level GROUP BY ALL
    ) WHERE units <= 0 AND sku = (
        SELECT detail->'lines'->0->>'sku' FROM event WHERE kind = 'reorder.publish' ORDER BY seq LIMIT 1)"""


def test_documents_are_checked_against_their_hashes(demo: Home) -> None:
    states = {d["kind"]: d["state"] for d in ask(demo, "compliance")["documents"]}
    assert states == {"UPC": "ok", "FTC": "expiring"}
    evidence = demo.paths.root / "evidence" / "gs1.txt"
    before = evidence.read_text()
    evidence.write_text("another one\n")
    assert {d["kind"]: d["state"] for d in ask(demo, "compliance")["documents"]}["UPC"] == "changed"
    evidence.write_text(before)


@pytest.mark.parametrize("step", ["show", "access", "calendar", "compliance", "handover", "faults", "settle"])
def test_the_other_party_reads_it_in_chinese(demo: Home, step: str) -> None:
    done = demo("--lang", "zh", "contract", step)
    assert done.code == 0, done.err
    names = ("The simulated seller", "everything that is sold", "claims in the texts", "Account manager", "Store owner",
             "base_fee x days / of", "marginal tiers", "seasonal_index x availability x days / of")  # fmt: skip
    assert english(re.split(r"\s{2,}|\n", done.out), *names) == []
    assert re.search(r"[\u4e00-\u9fff]", done.out)


def test_the_exit_leaves_an_export_and_a_certificate(demo: Home, tmp_path: Path) -> None:
    """The last test of this demo: it ends it."""
    done = ask(demo, "handover", "--done", "listings", "--note", "sent", "--notice", "seller", "--ends", "2099-01-31")
    assert done["notice_by"] is None, "it ends before, as agreed"
    out = tmp_path / "out"
    items = {i["item"]: i["done"] for i in ask(demo, "handover", "--out", out, "--format", "csv")["items"]}
    assert items == {"listings": True, "ad structure": False, "keyword lists": False, "cost ledger": True,
                     "raw data": True, "deletion certificate": False}  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text())
    rows = {f["path"]: f["rows"] for f in manifest["files"]}
    assert rows["tables/order_line.csv"] == demo.rows("SELECT count(*) FROM order_line")[0][0]
    assert demo("contract", "handover", "--delete", "--confirm", "other", "--export", out).code == 2
    assert demo.paths.journal.exists()
    gone = demo("contract", "handover", "--delete", "--confirm", "demo", "--export", out, "--json")
    assert gone.code == 0, gone.err
    certificate = json.loads(Path(gone.json["certificate"]).read_text())
    assert (certificate["status"], certificate["deleted_by"]) == ("complete", "ann")
    assert not demo.paths.root.exists()

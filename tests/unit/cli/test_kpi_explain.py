"""`kpiterm kpi explain`: the story and its tables on a terminal of 80 columns, and the same for scripts."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpiterm.cli.main import run
from kpiterm.cli.output import width, wrapped
from kpiterm.config import Account, save_account
from kpiterm.errors import OK, USAGE
from kpiterm.paths import Paths, private_dir
from kpiterm.store.engine import Writer

AS_OF = "2026-11-23T20:00Z"
NOW = datetime(2026, 11, 23, 12)  # noqa: DTZ001 -- naive UTC, as the store keeps it
COMMON = {"account": "us-main", "channel": "amazon.com", "currency": "USD", "run_id": "r", "loaded_at": NOW}
# Units and price a unit before and after, visits before and after.
SKUS = {
    "LAMP-1": ((60, 50), (6, 50), (600, 300)),
    "RUG-2": ((40, 50), (30, 50), (500, 400)),
    "A-VERY-LONG-SKU-OF-SOMEBODY-ELSES-SYSTEM": ((20, 50), (26, 48), (400, 430)),
    "GONE-4": ((4, 25), (0, 0), (10, 10)),
    "NEW-5": ((0, 0), (3, 20), (10, 10)),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    paths = Paths(tmp_path, "default")
    monkeypatch.setenv("KPITERM_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    save_account(paths, Account(name="us-main", connector="amazon", settings={"client_id": "none"}))
    private_dir(paths.spool)
    with Writer(paths) as writer:
        with writer.transaction() as con:
            fill(con)
        writer.publish()
    return tmp_path


def fill(con: Any) -> None:
    sold = {"source": "amazon.orders", "status": "shipped"}
    add(con, "order_line", business_day=date(2026, 8, 1), sku="OLD", quantity=1, item_price=Decimal(1), **sold)
    for sku, (before, after, visits) in SKUS.items():
        for month, (units, price), seen in ((10, before, visits[0]), (11, after, visits[1])):
            day, title = date(2026, month, 4), f"{sku.title()}, Large"
            add(con, "traffic_day", day=day, level="sku", sku=sku, sessions=seen, source="amazon.traffic")
            if units:
                known = {"business_day": day, "sku": sku, "title": title, **sold}
                add(con, "order_line", quantity=units, item_price=Decimal(units * price), **known)
    for number in range(9):
        taken = datetime(2026, 11, 8, 20) + timedelta(number)  # noqa: DTZ001 -- naive UTC
        add(con, "stock_level", taken_at=taken, sku="LAMP-1", location="FBA", available=0, source="amazon.stock")
    for stream in ("orders", "traffic"):
        con.execute(
            "INSERT INTO run (run_id, account, connector, stream, status, started_at, finished_at, watermark, windows, "
            "rows, superseded, bytes, requests, throttled) VALUES ('r', 'us-main', 'amazon', $1, 'ok', $2, $2, $2, 1, "
            "1, 0, 1, 1, 0)",
            [stream, NOW],
        )


def add(con: Any, table: str, **values: object) -> None:
    row = {**COMMON, **values}
    if table == "stock_level":
        del row["currency"]
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def explain(*arguments: str, as_of: str = AS_OF) -> int:
    return run(["--as-of", as_of, "kpi", "explain", *arguments])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_story_and_its_tables_fit_the_terminal(home: Path, capsys: pytest.CaptureFixture[str], lang: str) -> None:
    assert explain("gmv", "--by", "sku", "--lang", lang) == OK
    out = capsys.readouterr().out
    assert max(map(width, out.splitlines())) <= 80
    assert "LAMP-1 (Lamp-1)" in out if lang == "en" else "LAMP-1（Lamp-1）" in out
    assert ("out of stock 9 days" if lang == "en" else "断货 9 天") in out


def test_the_tables_add_up_to_the_change(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("gmv", "--by", "sku", "--top", "2") == OK
    out = capsys.readouterr().out.replace("−", "-").replace(",", "")
    bridge, lines = out.split("\n\n")[1:3]
    before, *parts, after = [amounts(row)[0] for row in bridge.splitlines()[1:]]
    assert before + sum(parts) == after
    told = [amounts(row)[0] for row in lines.splitlines()[1:] if amounts(row)]
    assert sum(told[:-1]) == told[-1] == after - before


def amounts(row: str) -> list[int]:
    """The whole numbers of a row, its name left out."""
    cells = [cell for cell in row.replace("$", "").split("  ") if cell.strip()][1:]
    return [int(cell) for cell in cells if cell.strip().lstrip("+-").isdigit()]


def test_scripts_get_exact_amounts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("gmv", "--by", "sku", "--json") == OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["v"] == 1
    assert (answer["before"], answer["after"], answer["change"]) == ("6100", "3108", "-2992")
    assert sum(map(Decimal, answer["parts"].values())) == Decimal(-2992)
    assert {line["key"]: line["kind"] for line in answer["lines"]}["GONE-4"] == "lost"
    lamp = answer["lines"][0]
    assert (lamp["key"], lamp["change"], lamp["days_out"]) == ("LAMP-1", "-2700", {"before": 0, "after": 9})
    assert answer["story"][0].startswith("GMV fell 49.0 % (−$2,992) to $3,108")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gmv", "--by", "campaign"), "order_line names none"),
        (("gmv", "--top", "0"), "--top 0"),
        (("nothing",), "no KPI 'nothing' is defined"),
        (("gmv", "--channel", "walmart.com"), "channels: amazon.com"),
    ],
)
def test_what_cannot_be_explained(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert explain(*arguments) == USAGE
    assert said in capsys.readouterr().err


def test_what_was_not_known_then_is_no_cause(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("gmv", as_of="2026-11-20T00:00Z") == USAGE
    assert "no data" in capsys.readouterr().err


def test_chinese_breaks_anywhere_but_before_its_punctuation_or_within_a_number() -> None:
    lines = list(wrapped("流量与转化率都在下降，合计 −39.0 个百分点（断货）。", 14))
    assert max(map(width, lines)) <= 14
    assert "".join(lines).replace(" ", "") == "流量与转化率都在下降，合计−39.0\N{NO-BREAK SPACE}个百分点（断货）。"
    assert not any(line[0] in "，。）" for line in lines)


def test_latin_breaks_between_words_and_keeps_numbers_with_their_units() -> None:
    assert list(wrapped("one two", 6)) == ["one", "two"]
    assert list(wrapped("visits on GA-LIGH-008-1 fell 4.1 % again", 16)) == [
        "visits on", "GA-LIGH-008-1", "fell 4.1\N{NO-BREAK SPACE}% again",
    ]  # fmt: skip


CONTRACT = """
[contract]
id = "seller-us"
parties = { seller = "Seller", provider = "Provider" }
timezone = "America/Los_Angeles"
currency = "USD"
signed_at = 2026-08-20

[[terms]]
version = 1
effective_from = 2026-09-01
base_fee = "8000"
pool_share = "0.5"
score = { dead_band = "0", floor = "0", penalty_max = "1", stretch = "2", bonus_max = "1", min_coverage = "0.5" }
missing = "reweight"
rounding = "half_even"

[terms.kpis.gmv_mom]
weight = 100
target = { op = ">=", value = "0" }
floor = "-0.80"
stretch = "0.50"
max_attainment = "1.2"
"""


def test_a_cause_is_priced_in_the_fee_of_the_contract(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of 8,000 is at risk, and all of it is lost at -80 %: a point of growth below the target costs 50."""
    paths = Paths(home, "default")
    (private_dir(paths.contracts) / "seller.toml").write_text(CONTRACT)
    assert run(["--as-of", AS_OF, "--json", "kpi", "explain", "gmv_mom", "--by", "sku"]) == OK
    impact = json.loads(capsys.readouterr().out)["fee_impact"]
    before, after = 60 * 50 + 40 * 50 + 20 * 50 + 4 * 25, 6 * 50 + 30 * 50 + 26 * 48 + 3 * 20
    assert (impact["contract"], impact["period"]) == ("seller-us", "2026-11")
    cent = Decimal("0.01")  # each is the difference of two fees in whole cents
    assert abs(Decimal(impact["total"]) - Decimal(5000) * (after - before) / before) < cent
    lamp = next(line for line in impact["lines"] if line["name"] == "LAMP-1")
    assert abs(Decimal(lamp["amount"]) - Decimal(5000) * (6 - 60) * 50 / before) < cent
    assert run(["--as-of", AS_OF, "kpi", "explain", "gmv_mom"]) == OK
    assert "In the fee of contract seller-us for 2026-11 the whole change is worth −$2,452" in capsys.readouterr().out


def test_without_a_contract_nothing_is_priced(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    assert run(["--as-of", AS_OF, "--json", "kpi", "explain", "gmv_mom"]) == OK
    assert json.loads(capsys.readouterr().out)["fee_impact"] is None

"""The set-up behind its screen: what it offers, what it takes for an answer, and the line that cron needs."""

from __future__ import annotations

import shlex
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.cli.session import Session
from kpiterm.cli.setup import SetupDesk, cron_line, wanted
from kpiterm.paths import Paths
from kpiterm.tui.setup.desk import Fault


def session(home: Path, workspace: str = "default", as_of: datetime | None = None) -> Session:
    return Session(
        paths=Paths(home, workspace), lang=None, as_of=as_of, json=False, quiet=True, verbose=False
    )  # fmt: skip


def answers(desk: SetupDesk, **given: str) -> dict[str, str]:
    asked = {field.name: field.value for field in desk.questions()}
    return asked | {"seller": "Lark", "provider": "We"} | given


def test_shops_come_before_tools_with_what_they_read(tmp_path: Path) -> None:
    offers = SetupDesk(session(tmp_path)).offers()
    assert not isinstance(offers, Fault)
    assert [offer.name for offer in offers] == ["amazon", "walmart", "shopify", "helium10", "junglescout"]
    assert all(offer.fetches for offer in offers)


def test_cron_is_given_the_whole_command(tmp_path: Path) -> None:
    line = cron_line(session(tmp_path / "my home %1", "acme"))
    assert line.startswith("*/15 * * * * /")
    words = shlex.split(line.replace(r"\%", "%"))[5:]
    assert words[-6:] == ["-q", "--home", str(tmp_path / "my home %1"), "--workspace", "acme", "sync"]
    assert "%" not in line.replace(r"\%", "")
    assert "--workspace" not in cron_line(session(tmp_path))


def test_it_is_not_offered_where_a_file_has_a_fault_or_the_past_is_asked_for(tmp_path: Path) -> None:
    assert wanted(session(tmp_path))
    assert not wanted(session(tmp_path, as_of=datetime(2026, 11, 1, tzinfo=UTC)))
    paths = Paths(tmp_path)
    paths.accounts.mkdir(parents=True)
    (paths.accounts / "us-main.toml").write_text("connector = 3", "utf-8")
    assert not wanted(session(tmp_path))


def test_accounts_of_imported_files_are_not_to_be_tested(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.accounts.mkdir(parents=True)
    (paths.accounts / "amazon-import.toml").write_text('connector = "amazon"', "utf-8")
    paths.config.write_text("", "utf-8")
    desk = SetupDesk(session(tmp_path))
    assert desk.standing().step == "connector"
    (paths.accounts / "us-main.toml").write_text('connector = "amazon"', "utf-8")
    standing = desk.standing()
    assert (standing.step, standing.connector, standing.account) == ("test", "amazon", "us-main")
    desk.finish()
    assert desk.standing().step == "start"


@pytest.mark.parametrize(
    ("field", "answer", "fee"),
    [("base_fee", "8,000", "8000"), ("base_fee", " ８０００ ", "8000"), ("base_fee", "", "0"),
     ("base_fee", "8e3", None), ("base_fee", "-1", None), ("base_fee", "8,00", None), ("commission", "101", None),
     ("currency", "dollars", None), ("start", "2026-13-01", None), ("seller", "", None)],
)  # fmt: skip
def test_answers_are_read_as_a_person_means_them(tmp_path: Path, field: str, answer: str, fee: str | None) -> None:
    desk = SetupDesk(session(tmp_path))
    made = desk.agree(answers(desk, **{field: answer}))
    files = list(Paths(tmp_path).contracts.glob("*.toml"))
    if fee is None:
        assert isinstance(made, Fault)
        assert (made.field, files) == (field, [])
    else:
        assert not isinstance(made, Fault)
        assert tomllib.loads(files[0].read_text("utf-8"))["terms"][0]["base_fee"] == fee


@given(st.decimals(0, 1000, places=3))
def test_a_percentage_is_a_share(tmp_path_factory: pytest.TempPathFactory, percent: object) -> None:
    home = tmp_path_factory.mktemp("home")
    desk = SetupDesk(session(home))
    assert not isinstance(desk.agree(answers(desk, acos=f"{percent} %", gmv_mom="", odr="", response_p90_h="")), Fault)
    [file] = Paths(home).contracts.glob("*.toml")
    [terms] = tomllib.loads(file.read_text("utf-8"))["terms"]
    assert float(terms["kpis"]["acos"]["target"]["value"]) == pytest.approx(float(str(percent)) / 100)
    assert set(terms["kpis"]) == {"acos"}


def test_a_name_without_latin_letters_gets_a_file_all_the_same(tmp_path: Path) -> None:
    desk = SetupDesk(session(tmp_path, "客户"))
    assert not isinstance(desk.agree(answers(desk, seller="云雀")), Fault)
    assert [file.name for file in Paths(tmp_path, "客户").contracts.iterdir()] == ["contract.toml"]


def test_a_faulty_file_ends_no_step(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.accounts.mkdir(parents=True)
    (paths.accounts / "us-main.toml").write_text("connector = 3", "utf-8")
    paths.config.write_text("language = 3", "utf-8")
    desk = SetupDesk(session(tmp_path))
    assert desk.standing().step == "connector"
    answers_with_faults = (
        desk.keep_language("en"), desk.fields("amazon", ""), desk.declare("shopify", "my-shop", {"shop": "lark"}),
        desk.test("us-main"),
    )  # fmt: skip
    assert [isinstance(answer, Fault) for answer in answers_with_faults] == [False, True, True, True]
    assert desk.questions()

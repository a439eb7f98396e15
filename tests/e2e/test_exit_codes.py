"""Scripts branch on exit codes: each of them comes from the situation that it stands for, quietly where all is well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

FAILING = """
def failing(ctx, window):
    raise ERROR
    yield
CONNECTOR = Connector(name="NAME", title="", hosts=(), marketplace=place,
                      streams=(Stream(name="failing", title="", fetch=failing),))
"""


def test_0_and_not_a_word_when_all_is_well(home: Home) -> None:
    home.plugin("calm", "CONNECTOR = connector()\n")
    home.declare("one", "calm")
    assert home("sync") == type(home("status"))(0, "", "")


def test_2_for_an_unknown_account(home: Home) -> None:
    home.plugin("calm", "CONNECTOR = connector()\n")
    home.declare("one", "calm")
    done = home("sync", "two")
    assert done.code == 2
    assert "'two'" in done.err
    assert "accounts: one" in done.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("SettingError('no such shop')", 2),
        ("AuthError('refused')", 3),
        ("AccessError('no role')", 3),
        ("TransientError('the vendor is down')", 4),
        ("RateLimited('quota used up')", 4),
        ("DataError('not what was promised')", 5),
        ("ValueError('a bug')", 1),
    ],
)
def test_every_kind_of_failure_has_its_code(home: Home, error: str, code: int) -> None:
    home.plugin("frail", FAILING.replace("ERROR", error).replace("NAME", "frail"))
    home.declare("one", "frail")
    done = home("sync")
    assert done.code == code
    assert done.out == ""
    assert done.err.startswith("kpiterm: one failing: ")
    assert "\n  → " in done.err


def test_3_for_credentials_that_the_vendor_refuses(home: Home, open_box: Callable[..., Sandbox]) -> None:
    home.connect(open_box(), days=30)
    home.environment["KPITERM_SECRET_DEMO_US_REFRESH_TOKEN"] = "Atzr|expired"
    home.environment["KPITERM_SECRET_DEMO_US_ADS_REFRESH_TOKEN"] = "Atzr|expired"
    done = home("sync")
    assert done.code == 3
    assert "kpiterm account add" in done.err
    assert "expired" not in done.err.replace("has expired", "")


def test_5_and_6_for_files(home: Home, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("contact_id,received_at,replied_at\n1,2026-10-01T08:00:00Z,2026-10-01T09:30:00Z\n")
    bad.write_text("some,thing\nelse,here\n")
    assert home("import", good).code == 0
    assert home("import", good, bad).code == 6
    assert home("import", bad).code == 5


def test_8_for_an_account_without_its_plugin(home: Home) -> None:
    home.declare("one", "lost")
    done = home("sync")
    assert done.code == 8
    assert "'lost' is not installed" in done.err
    assert "kpiterm plugins" in done.err


DEFECTS = """
def defects(ctx, window):
    day = ctx.now.astimezone(__import__("zoneinfo").ZoneInfo(ctx.tz)).date()
    yield Row("health_metric", {"day": day, "metric": "order_defect_rate", "segment": "all",
                                "numerator": 9, "denominator": 1000})
CONNECTOR = connector(streams=(Stream(name="defects", title="", fetch=defects, snapshot=True),))
"""


def test_9_for_a_breach_only_when_asked(home: Home) -> None:
    home.plugin("poor", DEFECTS)
    home.declare("one", "poor")
    assert home("sync").code == 0
    assert home("sync", "--force", "--fail-on-breach").code == 9
    assert home("status", "--fail-on-breach").code == 9
    assert home("status").code == 0


def test_cron_gives_next_to_no_environment(home: Home) -> None:
    """Neither LANG nor TERM nor HOME, standard input closed: data with any script in it load, and nothing is said."""
    home.plugin("far", """
        def names(ctx, window):
            ctx.log("日本語 – ✓")
            yield Row("listing", {"sku": "茶-1", "title": "緑茶 ✓"})
        CONNECTOR = connector(streams=(Stream(name="names", title="", fetch=names),))
    """)  # fmt: skip
    home.declare("one", "far")
    bare = {name: home.environment[name] for name in ("KPITERM_HOME", "PYTHONPATH")}
    done = home("sync", env=bare)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert home.rows("SELECT sku, title FROM listing") == [["茶-1", "緑茶 ✓"]]
    for command in (["status"], ["query", "SELECT title FROM listing"], ["runs"], ["plugins"], ["doctor"]):
        done = home(*command, env=bare)
        assert "Traceback" not in done.err, command
        assert done.code in (0, 2), (command, done)
    assert "緑茶 ✓" in home("query", "SELECT title FROM listing", env=bare | {"LC_ALL": "C"}).out


def test_quiet_is_quiet_and_failures_are_not(home: Home, tmp_path: Path) -> None:
    home.plugin("frail", FAILING.replace("ERROR", "TransientError('the vendor is down')").replace("NAME", "frail"))
    home.declare("one", "frail")
    done = home("sync", "-q")
    assert done.out == ""
    assert "the vendor is down" in done.err
    good = tmp_path / "good.csv"
    good.write_text("contact_id,received_at,replied_at\n1,2026-10-01T08:00:00Z,2026-10-01T09:30:00Z\n")
    done = home("import", "-q", good)
    assert (done.code, done.out, done.err) == (0, "", "")

"""Alerts from the board to a real server, and everything that may go wrong on the way without failing a sync."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kpiterm.cli import main
from kpiterm.cli.alerts import after_sync
from kpiterm.cli.session import Session
from kpiterm.notify.memory import load_memory
from kpiterm.paths import Paths
from kpiterm.store import journal
from tests.unit.analysis.alerts.conftest import NOW, gauge, view
from tests.unit.conftest import Receiver, Vault

BREACH = view(gauge("acos"), gauge("odr"))
FINE = view(gauge("acos", state="ok"), gauge("odr", state="ok"))
SECRETS = ("hunter2hunter2", "T0P-S3CR3T")


class Desk:
    """A workspace with a keyring in memory. Called with words, it runs kpiterm; `sync` is the end of one."""

    def __init__(self, paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths, self.capsys, self.monkeypatch = paths, capsys, monkeypatch
        self.seen = ""

    def __call__(self, *words: str, code: int = 0, stdin: str = "") -> str:
        self.monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        assert main.run([*words]) == code, self.capsys.readouterr()
        return self.said()[0]

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self(*words, "--json", code=code))
        assert document.pop("v") == 1
        return document

    def said(self) -> tuple[str, str]:
        out, err = self.capsys.readouterr()
        self.seen += out + err
        return out, err

    def sync(self, board: Any, after: timedelta = timedelta(0)) -> str:
        """What is said on stderr at the end of a sync, so long after the first."""
        session = Session(paths=self.paths, lang=None, as_of=NOW + after, json=False, quiet=False, verbose=False)
        after_sync(session, board)
        out, err = self.said()
        assert out == ""
        return err

    def failures(self) -> list[object]:
        return [entry.detail["error"] for entry in journal.read(self.paths.journal) if entry.kind == "notify.failed"]


@pytest.fixture
def desk(
    tmp_path: Path, vault: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.setenv("KPITERM_HOME", str(tmp_path))
    paths = Paths(tmp_path)
    paths.root.mkdir(parents=True)
    paths.config.write_text(f'timezone = "UTC"\n[keyring]\nbackend = "{vault}"\n')
    found = Desk(paths, capsys, monkeypatch)
    yield found
    found.said()
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()).decode(errors="replace")
    assert not any(secret in found.seen + written for secret in SECRETS)


@pytest.fixture
def ops(desk: Desk, receiver: Receiver) -> Receiver:
    """A channel of that name."""
    desk("notify", "add", "ops", "--secret-stdin", stdin=receiver.address + "\n")
    return receiver


def test_a_channel_is_declared_tested_and_removed_and_its_address_never_shown(desk: Desk, ops: Receiver) -> None:
    assert Vault.held == {("kpiterm/default", "notify/ops"): ops.address}
    (listed,) = desk.json("notify", "list")["channels"]
    assert (listed["name"], listed["service"], listed["severity"], listed["waiting"]) == ("ops", "JSON", "warning", 0)
    assert desk.json("notify", "test") == {"channels": [{"name": "ops", "ok": True, "error": None}]}
    assert ops.taken[0]["title"] == "kpiterm default: test"
    ops.status = 500
    assert "✗ ops: it answered 500" in desk("notify", "test", "ops", code=4)
    desk("notify", "remove", "ops")
    assert Vault.held == {}
    desk("notify", "test", code=2)


def test_a_channel_is_changed_without_its_address_being_asked_for_again(
    desk: Desk, ops: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpiterm.cli.commands.notify.interactive", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "")
    desk("--lang", "zh", "notify", "add", "ops", "--quiet-hours", "22:00-08:00", "--timezone", "Asia/Shanghai",
         "--break-through", "--severity", "critical")  # fmt: skip
    desk("notify", "add", "ops", "--severity", "info")
    (listed,) = desk.json("notify", "list")["channels"]
    assert {key: listed[key] for key in ("language", "timezone", "quiet", "break_through", "severity")} == {
        "language": "zh", "timezone": "Asia/Shanghai", "quiet": "22:00-08:00", "break_through": True,
        "severity": "info",
    }  # fmt: skip
    desk("notify", "add", "ops", "--quiet-hours", "none", "--no-break-through")
    assert desk.json("notify", "list")["channels"][0]["quiet"] is None
    assert desk.json("notify", "test", "ops")["channels"][0]["ok"]
    assert ops.taken[0]["title"] == "kpiterm default：测试"


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (["ops", "--secret-stdin"], "", 3),
        (["ops"], "", 3),
        (["ops", "--secret-stdin"], "nonsense-T0P-S3CR3T", 2),
        (["Ops", "--secret-stdin"], "json://localhost", 2),
        (["ops", "--secret-stdin", "--quiet-hours", "late"], "json://localhost", 2),
    ],
)
def test_a_channel_that_cannot_be_declared_leaves_nothing_behind(
    desk: Desk, words: list[str], stdin: str, code: int
) -> None:
    desk("notify", "add", *words, stdin=stdin, code=code)
    assert Vault.held == {}
    assert not desk.paths.notify.exists()


def test_a_sync_tells_many_alerts_as_one_message_and_later_that_they_are_over(desk: Desk, ops: Receiver) -> None:
    assert desk.sync(BREACH) == ""
    assert desk.sync(BREACH, timedelta(hours=1)) == ""
    assert [message["title"] for message in ops.taken] == ["kpiterm default: 2 alerts, 2 critical"]
    assert "ACoS missed its target: it is 31.2 %" in ops.taken[0]["message"]
    for hour in (2, 5):
        desk.sync(FINE, timedelta(hours=hour))
    assert [message["type"] for message in ops.taken] == ["failure", "success"]


def test_a_channel_that_fails_fails_no_sync_and_gets_what_it_missed(desk: Desk, ops: Receiver) -> None:
    ops.status = 503
    said = desk.sync(BREACH)
    assert said == "kpiterm: alerts: ops: it answered 503; kept for the next sync → kpiterm notify test ops\n"
    assert desk.failures() == ["it answered 503"]
    assert desk.json("notify", "list")["channels"][0]["failing"] is True
    assert desk.sync(BREACH, timedelta(hours=1)) == ""  # said once a day, tried every time
    assert ops.asked == 2
    assert desk.sync(BREACH, timedelta(hours=25)) != ""
    ops.status = 200
    assert desk.sync(BREACH, timedelta(hours=26)) == ""
    assert [message["title"] for message in ops.taken] == ["kpiterm default: 2 alerts, 2 critical"]
    assert desk.json("notify", "list")["channels"][0]["failing"] is False
    assert len(desk.failures()) == 2


def test_a_channel_whose_address_is_lost_says_how_to_give_it_again(desk: Desk, ops: Receiver) -> None:
    Vault.held.clear()
    assert "ops: its address is not in the keyring" in desk.sync(BREACH)
    assert "kpiterm notify add ops" in desk.seen
    assert ops.asked == 0


def test_one_channel_that_fails_keeps_no_other_from_its_message(desk: Desk, ops: Receiver) -> None:
    desk("notify", "add", "boss", "--secret-stdin", stdin="json://127.0.0.1:9/T0P-S3CR3T\n")
    assert "boss: it cannot be reached" in desk.sync(BREACH)
    assert len(ops.taken) == 1


def test_the_environment_may_hold_an_address(desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPITERM_SECRET_NOTIFY_OPS", receiver.address)
    desk("notify", "add", "ops")
    assert Vault.held == {}
    desk.sync(BREACH)
    assert len(receiver.taken) == 1


def test_a_damaged_memory_is_told_once(desk: Desk, ops: Receiver) -> None:
    desk.sync(BREACH)
    desk.paths.alert_state.write_text("{")
    assert "alerts.json was damaged: alerts start afresh" in desk.sync(BREACH, timedelta(hours=1))
    assert desk.sync(BREACH, timedelta(hours=2)) == ""
    assert len(ops.taken) == 2
    assert load_memory(desk.paths.alert_state)[1]


def test_a_faulty_file_and_a_disk_that_refuses_are_told_and_fail_nothing(desk: Desk) -> None:
    desk.paths.alerts.write_text('[[rule]]\nkpi = "acoss"\n')
    said = desk.sync(BREACH)
    assert "rule[1].kpi: unknown KPI 'acoss'" in said
    assert "did you mean 'acos'" in said
    desk.paths.alerts.unlink()
    desk.paths.alert_state.mkdir(parents=True)
    assert "alerts.json" in desk.sync(BREACH)


def rule(desk: Desk, holds: int) -> None:
    """Answers took 20 hours where 12 were agreed."""
    desk.paths.alerts.write_text(
        f'[[rule]]\nkpi = "response_p90_h"\nchannel = "all"\nwhen = "breach"\nseverity = "critical"\nfor = {holds}\n'
    )
    desk("kpi", "enter", "response_p90_h", "20", "--period", f"{datetime.now(UTC):%Y-%m}", "-q")


def test_the_list_shows_what_is_open_and_what_is_about_to_be(desk: Desk) -> None:
    rule(desk, holds=2)
    (pending,) = desk.json("alerts", "list")["alerts"]
    assert (pending["kpi"], pending["status"], pending["severity"]) == ("response_p90_h", "pending 1 of 2", "critical")
    assert (pending["value"], pending["target"], pending["reasons"]) == ("20", {"op": "<", "value": "12"}, ["breach"])
    rule(desk, holds=1)
    (found,) = desk.json("alerts", "list")["alerts"]
    assert (found["status"], found["told_at"]) == ("open", None)
    assert "open" in desk("alerts", "list").splitlines()[1]
    assert not desk.paths.alert_state.exists()


def test_a_trial_shows_what_would_be_sent_and_sends_nothing(desk: Desk) -> None:
    rule(desk, holds=1)
    (message,) = desk.json("alerts", "test")["messages"]
    assert message["channel"] is None
    assert message["title"] == "kpiterm default: critical: Response time, 90 %"
    assert "Next: kpiterm kpi show response_p90_h" in desk("alerts", "test")
    assert "下一步" in desk("--lang", "zh", "alerts", "test")
    assert not desk.paths.alert_state.exists()


def test_a_trial_that_is_to_send_does_and_is_remembered(desk: Desk, ops: Receiver) -> None:
    rule(desk, holds=1)
    assert desk.json("alerts", "test")["messages"][0]["channel"] == "ops"
    assert ops.taken == []
    assert desk.json("alerts", "test", "--send")["sent"] == [{"channel": "ops", "ok": True, "error": None}]
    assert desk.json("alerts", "test", "--send") == {"messages": [], "held": {}, "sent": []}
    assert len(ops.taken) == 1


def test_what_quiet_hours_hold_back_is_shown(desk: Desk, ops: Receiver) -> None:
    now = datetime.now(UTC)
    hours = f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"
    desk("notify", "add", "ops", "--secret-stdin", "--quiet-hours", hours, stdin=ops.address)
    rule(desk, holds=1)
    assert desk.json("alerts", "test") == {"messages": [], "held": {"ops": 1}, "sent": []}
    assert "1 held back" in desk("alerts", "test")


def test_a_board_of_another_language_is_told_in_the_channels_own(desk: Desk, ops: Receiver) -> None:
    desk("--lang", "zh", "notify", "add", "ops", "--secret-stdin", stdin=ops.address)
    desk.sync(view(*(replace(g, name="whatever") for g in BREACH.gauges)))
    assert "未达目标" in ops.taken[0]["message"]
    assert "whatever" not in ops.taken[0]["message"]


@pytest.fixture
def alarmed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace whose board is in breach, and stays so."""
    monkeypatch.setattr("kpiterm.cli.board.current", lambda *_: BREACH)
    desk.sync(BREACH)
    return desk


def test_an_acknowledged_alert_is_left_alone_and_remembered_with_who_and_why(alarmed: Desk, ops: Receiver) -> None:
    acos, _ = alarmed.json("alerts", "list")["alerts"]
    assert (acos["id"], acos["acknowledged"]) == ("acos@all", None)
    (given,) = alarmed.json("alerts", "ack", "acos@all", "--note", "bids 已下调", "--until", "2999-01-01")["alerts"]
    assert given["acknowledged"]["note"] == "bids 已下调"
    assert alarmed.json("alerts", "list")["alerts"][0]["acknowledged"] == given["acknowledged"]
    alarmed.sync(BREACH, timedelta(days=2))
    assert [message["title"] for message in ops.taken] == ["kpiterm default: critical still: Order defect rate"]
    events = [(one["event"], one["id"], one["note"]) for one in alarmed.json("alerts", "history")["history"]]
    assert events == [
        ("opened", "acos@all", None),
        ("opened", "odr@all", None),
        ("acknowledged", "acos@all", "bids 已下调"),
    ]
    (entry,) = [one for one in journal.read(alarmed.paths.journal) if one.kind == "alert.acknowledged"]
    assert entry.detail == {
        "alert": "acos@all", "kpi": "acos", "channel": "all", "severity": "critical", "reasons": ["breach"],
        "note": "bids 已下调", "until": "2999-01-01",
    }  # fmt: skip
    assert "until 2999-01-01" in alarmed("alerts", "history")


@pytest.mark.parametrize(
    "words", [["nope@all"], ["acos@all", "--until", "soon"], ["acos@all", "--until", "2020-01-01"]]
)
def test_what_cannot_be_acknowledged_leaves_everything_as_it_was(alarmed: Desk, words: list[str]) -> None:
    before = alarmed.paths.alert_state.read_bytes()
    alarmed("alerts", "ack", *words, code=2)
    assert alarmed.paths.alert_state.read_bytes() == before
    assert not alarmed.paths.journal.exists()


def test_what_waited_to_be_told_of_an_acknowledged_alert_is_not_told(alarmed: Desk) -> None:
    desk = alarmed
    desk("notify", "add", "ops", "--secret-stdin", stdin="json://127.0.0.1:9\n")
    desk.sync(BREACH, timedelta(days=2))
    assert load_memory(desk.paths.alert_state)[0].outbox["ops"]
    desk("alerts", "ack", "acos@all", "odr@all")
    assert load_memory(desk.paths.alert_state)[0].outbox == {}

"""What waits through quiet hours comes as one message, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.alerts.rules import LEVELS
from kpiterm.analysis.alerts.state import Change, Notification, situation
from kpiterm.notify.channels import Channel
from kpiterm.notify.outbox import Message, dispatch, merged, put_back
from tests.unit.analysis.alerts.conftest import gauge

NIGHT = datetime(2026, 11, 22, 18, tzinfo=UTC)  # two in the morning in Shanghai
MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
OPS = Channel(name="ops", service="JSON", language="zh", timezone="Asia/Shanghai", quiet="22:00-08:00")
DAY = Channel(name="day", service="JSON", language="en", timezone="America/Los_Angeles")


def note(channel: str = "amazon.com", change: Change = "opened", severity: str = "warning") -> Notification:
    return Notification(
        change=change, severity=severity, reasons=("breach",), since=NIGHT, at=NIGHT,  # type: ignore[arg-type]
        situation=situation(gauge(channel=channel), "acos"),
    )  # fmt: skip


def test_many_alerts_go_as_one_message_to_each_channel() -> None:
    notes = (note("amazon.com"), note("walmart.com"))
    assert dispatch({}, notes, (DAY, OPS), MORNING) == ({}, [Message(DAY, notes), Message(OPS, notes)])
    assert dispatch({}, (), (DAY, OPS), MORNING) == ({}, [])


def test_quiet_hours_hold_back_what_then_comes_as_one() -> None:
    waiting, messages = dispatch({}, [note()], (DAY, OPS), NIGHT)
    assert [m.channel.name for m in messages] == ["day"]
    waiting, messages = dispatch(waiting, [note("walmart.com")], (OPS,), NIGHT + timedelta(hours=1))
    assert messages == []
    assert dispatch(waiting, [], (OPS,), MORNING) == ({}, [Message(OPS, (note(), note("walmart.com")))])


def test_only_a_new_critical_alert_breaks_through_and_only_where_it_may() -> None:
    light = replace(OPS, break_through=True)
    notes = [note("a", severity="critical"), note("b", "worse", "critical"), note("c", "reminder", "critical"),
             note("d", "closed", "critical"), note("e")]  # fmt: skip
    waiting, messages = dispatch({}, notes, (light,), NIGHT)
    assert [n.situation.channel for n in messages[0].notes] == ["a", "b"]
    assert [n.situation.channel for n in waiting["ops"]] == ["c", "d", "e"]
    assert dispatch({}, notes, (OPS,), NIGHT)[1] == []


def test_a_channel_hears_of_nothing_below_its_severity() -> None:
    grave = replace(DAY, severity="critical")
    _, messages = dispatch({}, [note(severity="info"), note("b"), note("c", severity="critical")], (grave,), NIGHT)
    assert [n.situation.channel for n in messages[0].notes] == ["c"]


def test_what_waits_for_a_channel_that_is_no_more_is_dropped() -> None:
    assert dispatch({"gone": (note(),)}, [], (OPS,), MORNING) == ({}, [])


def test_of_one_alert_the_last_word_counts() -> None:
    assert merged([note(), note(change="worse", severity="critical")]) == (note(severity="critical"),)
    assert merged([note(), note(change="closed")]) == (note(change="closed"),)
    assert merged([note(change="closed"), note()]) == (note(),)
    assert merged([note(change="worse"), note(change="reminder")]) == (note(change="reminder"),)


def test_what_was_not_delivered_is_there_before_what_waits() -> None:
    message = Message(DAY, (note(), note("walmart.com")))
    found = put_back({"day": (note(change="closed"),), "ops": (note(),)}, message)
    assert found == {"ops": (note(),), "day": (note("walmart.com"), note(change="closed"))}


notes = st.builds(
    note, st.sampled_from("abc"), st.sampled_from(["opened", "worse", "reminder", "closed"]), st.sampled_from(LEVELS)
)
channels = st.builds(
    replace, st.just(OPS), break_through=st.booleans(), severity=st.sampled_from(LEVELS)
)  # fmt: skip


@given(channels, st.lists(st.tuples(st.lists(notes, max_size=5), st.booleans()), max_size=8))
def test_in_the_end_every_alert_that_was_meant_for_it_was_heard_of(
    channel: Channel, turns: list[tuple[list[Notification], bool]]
) -> None:
    outbox: dict[str, tuple[Notification, ...]] = {}
    heard: list[Notification] = []
    for new, night in [*turns, ([], False)]:
        outbox, messages = dispatch(outbox, new, (channel,), NIGHT if night else MORNING)
        assert len(messages) <= 1
        heard += [n for m in messages for n in m.notes]
    meant = [n for new, _ in turns for n in new if LEVELS.index(n.severity) >= LEVELS.index(channel.severity)]
    assert outbox == {}
    assert {n.key for n in heard} == {n.key for n in meant}
    for key in {n.key for n in meant}:
        last, last_heard = ([n for n in some if n.key == key][-1] for some in (meant, heard))
        assert (last.change == "closed", last.severity) == (last_heard.change == "closed", last_heard.severity)

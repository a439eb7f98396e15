"""Four questions that a person asks first, from the demo alone: at most four keys each, and what the commands say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.format import amount_digits, format_value
from kpiterm.tui.figures import day_and_year
from tests.e2e.probe import NEEDED, Walk, Walker

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo"), NEEDED]

PATHS = {
    "miss": (("n", "enter"), "── cause"),
    "order": (("3", "enter"), "esc closes"),
    "paid": (("4",), "to be paid"),
    "notice": (("4",), "to be paid"),
}
"""The keys from the board as it is opened, and what is there when the answer is."""


@pytest.fixture(scope="module")
def moment() -> str:
    """One for the screen and the commands: what waits for an answer grows older from one look to the next."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def answers(demo: Home, moment: str, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """What stands on the screen at the end of each path; all begin on the board, with the first KPI chosen."""
    steps = ["until:target"]
    for name, (keys, sign) in PATHS.items():
        steps += [step for key in keys for step in (f"key:{key}", f"until:{_shown_after(key, sign)}")]
        steps += ["wait:0.5", f"shot:{name}.txt", "key:esc", "key:1", "key:g", "until:Details"]
    steps += ["key:q", "until:code="]
    command = demo.command("--as-of", moment)
    return Walker(tmp_path_factory.mktemp("paths"), command, demo.environment, steps, size="200x50").done()


def _shown_after(key: str, sign: str) -> str:
    return {"3": "on_hand", "n": "Details"}.get(key, sign.replace(" ", "_"))


def _asked(demo: Home, moment: str, *args: str) -> Any:
    done = demo("--as-of", moment, *args, "--json")
    assert done.code == 0, done.err
    return done.json


def test_each_answer_is_at_most_four_keys_away(answers: Walk) -> None:
    assert answers.code == 0, answers.err
    assert set(answers.shots) == set(PATHS)
    assert max(len(keys) for keys, _ in PATHS.values()) <= 4


def test_which_kpi_will_miss_and_why(demo: Home, moment: str, answers: Walk) -> None:
    kpis = _asked(demo, moment, "status")["kpis"]
    at_risk = [kpi for kpi in kpis if kpi["target"] and kpi["state"] in {"watch", "breach"}]
    text = answers.text("miss")
    if not at_risk:
        assert "watch" not in answers.shots["miss"][0]
        return
    [shown] = [kpi for kpi in at_risk if f"{kpi['name']} {kpi['channel']} {_badge(kpi)}" in text]
    assert format_value(_number(shown["value"]), shown["unit"], shown["currency"]) in text
    if shown["projection"]:
        assert f"target met: {_number(shown['projection']['p_hit']) * 100:.0f} %" in text
    channel = [] if shown["channel"] == "all" else ["--channel", shown["channel"]]
    done = demo("--as-of", moment, "kpi", "explain", shown["id"], *channel, "--json")
    if done.code == 0:
        assert done.json["story"][0] in text
    else:  # the screen says so as well
        assert "cannot be taken apart" in text


def _badge(kpi: dict[str, Any]) -> str:
    return f"{'✗' if kpi['state'] == 'breach' else '!'} {kpi['state']}"


def _number(text: str) -> Decimal:
    return Decimal(text)


def test_which_sku_to_order_how_much_and_why(demo: Home, moment: str, answers: Walk) -> None:
    [first, *_] = [line for line in _asked(demo, moment, "reorder")["lines"] if line["quantity"]]
    text = " ".join(" ".join(line.strip(" │") for line in answers.shots["order"]).split())
    assert f"{first['sku']} {first['channel']}" in text
    [sentence] = first["reason"]
    assert f"Order {first['quantity']}" in sentence
    assert sentence in text


def test_what_the_provider_will_be_paid(demo: Home, moment: str, answers: Walk) -> None:
    month = _asked(demo, moment, "status")["kpis"][0]["period"]["start"][:7]
    settled = _asked(demo, moment, "contract", "settle", "--period", month)
    text = answers.text("paid")
    assert f"fee of {month} so far" in text
    amounts = [*(line["amount"] for line in settled["lines"]), settled["total"]]
    for amount in amounts:
        assert amount_digits(_number(amount), "USD", grouped=True).replace("-", "−") in text
    assert f"to be paid {amount_digits(_number(settled['total']), 'USD', grouped=True)} USD" in text


def test_when_notice_must_be_given(demo: Home, moment: str, answers: Walk) -> None:
    calendar = _asked(demo, moment, "contract", "calendar")
    notice = next(event for event in calendar["events"] if event["kind"] == "notice" and not event["late"])
    [line] = [line for line in answers.shots["notice"][:10] if notice["title"] in line]
    day = date.fromisoformat(notice["day"])
    assert day_and_year(day) in line
    assert f"in {(day - date.fromisoformat(calendar['today'])).days} d" in line

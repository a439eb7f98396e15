"""Bridges as people read them: in columns, within 80 cells, in both languages, states by their symbols."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817

import pytest

from kpiterm.analysis.bridge.result import Bridge, DayOff, Note, Ours, Source, Step
from kpiterm.analysis.bridge.to_json import to_json
from kpiterm.analysis.bridge.words import Language
from kpiterm.analysis.view import Span
from kpiterm.cli import bridges, output

OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31))
OFF = Bridge(
    kpi="gmv", channel="amazon.co.uk", currency="GBP", period=OCTOBER,
    source=Source(name="amazon.settlements", kind="statement", accounts=("uk-main",), value=D("1234567.5"), rows=12345),
    ours=Ours(name="order_line", value=D("1304567.50"), rows=20001),
    steps=(
        Step(code="pending", amount=D(0), rows=0, example=None, note=Note("tried", ("12.5",))),
        Step(code="tax", amount=D("-3.00"), rows=7, example="026-1234567-7654321", note=Note("tax_apart")),
    ),
    residual=D("70003.00"), residual_share=D("0.05366"), state="breach",
    days=(DayOff(date(2026, 10, 3), D("-70003.00"), D(1), D(2)), DayOff(date(2026, 10, 9), D("0.01"), D(1), D(2))),
)  # fmt: skip
MISSING = Bridge(
    kpi="gmv", channel="amazon.co.uk", currency="GBP", period=OCTOBER,
    source=Source(name="amazon.\x1b[2Jbusiness_sales", kind="report"), ours=Ours(name="order_line", value=D(9), rows=1),
    note=Note("never_both", ("2022-09-28", "2022-10-28", "2023-01-26", "2023-04-10")),
)  # fmt: skip
COUNT = Bridge(
    kpi="orders", channel="amazon.co.uk", currency=None, period=OCTOBER, state="ok", residual=D(0),
    source=Source(name="amazon.traffic", kind="report", value=D(1200), rows=31),
    ours=Ours(name="order_line", value=D(1200), rows=1300),
)  # fmt: skip


def printed(language: Language, capsys: pytest.CaptureFixture[str]) -> list[str]:
    bridges.show([OFF, MISSING, COUNT], language)
    return capsys.readouterr().out.splitlines()


def test_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed("en", capsys) == [
        "GMV · amazon.co.uk · GBP · 2026-10-01..2026-10-31",
        "                                                GBP    rows  example",
        "✗ breach  amazon.settlements · statement · uk-main",
        "  its number                           1,234,567.50  12,345",
        "  tax                                         −3.00       7  026-1234567-7654321",
        "    our prices hold the tax that it books apart",
        "  unexplained                            +70,003.00          +5.37 %",
        "  our number: order_line               1,304,567.50  20,001",
        "  largest days: 2026-10-03 −70,003.00   2026-10-09 +0.01",
        "– no data  amazon.�[2Jbusiness_sales · platform report",
        "  our number: order_line                       9.00       1",
        "  no month has both: it has 2022-09-28 to 2022-10-28, the other side 2023-01-26",
        "  to 2023-04-10",
        "",
        "Orders · amazon.co.uk · 2026-10-01..2026-10-31",
        "                                                       rows  example",
        "✓ ok  amazon.traffic · platform report",
        "  its number                                  1,200      31",
        "  unexplained                                     0",
        "  our number: order_line                      1,200   1,300",
    ]


def test_chinese_stays_in_the_same_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed("zh", capsys)
    assert max(map(output.width, lines)) <= 80
    amounts = ((lines[3], "1,234,567.50"), (lines[4], "−3.00"), (lines[7], "1,304,567.50"))
    ends = {output.width(line[: line.index(amount) + len(amount)]) for line, amount in amounts}
    assert ends == {51}
    assert lines[2].startswith("✗ 超限")
    assert "未解释差额" in lines[6]


def test_json_keeps_steps_that_move_nothing() -> None:
    found = to_json([OFF, MISSING], "en")["bridges"]
    steps = [(step["code"], step["amount"], step["rows"]) for step in found[0]["steps"]]
    assert steps == [("pending", "0.00", 0), ("tax", "-3.00", 7)]
    assert (found[0]["residual"], found[0]["residual_share"], found[0]["state"]) == ("70003.00", "0.05366", "breach")
    assert found[0]["days"][0] == {"day": "2026-10-03", "residual": "-70003.00", "source": "1.00", "ours": "2.00"}
    assert found[0]["period"] == {"start": "2026-10-01", "end": "2026-10-31", "through": "2026-10-31"}
    assert (found[1]["source"]["value"], found[1]["residual"], found[1]["state"]) == (None, None, "no_data")
    assert found[1]["note"].startswith("no month has both")

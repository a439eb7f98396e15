"""What is remembered survives the file; a damaged file is nothing to fail over."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiterm.analysis.alerts import DEFAULTS, State, evaluate
from kpiterm.notify.memory import Memory, load_memory, save_memory
from tests.unit.analysis.alerts.conftest import NOW, gauge, view


def test_what_is_remembered_survives_the_file(tmp_path: Path) -> None:
    file = tmp_path / "store" / "alerts.json"
    state, notes = evaluate(view(gauge(), gauge("odr", weight=None, name="缺陷率")), State(), DEFAULTS, NOW)
    memory = Memory(state=state, outbox={"ops": notes}, failing={"ops": NOW})
    save_memory(file, memory)
    assert load_memory(file) == (memory, True)
    assert evaluate(view(gauge()), load_memory(file)[0].state, DEFAULTS, NOW) == evaluate(
        view(gauge()), state, DEFAULTS, NOW
    )


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"v": 2}', b'{"state": {"alerts": {"a": 1}}}'])
def test_a_damaged_file_or_one_of_another_version_is_told_and_forgotten(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "alerts.json"
    file.write_bytes(body)
    assert load_memory(file) == (Memory(), False)


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert load_memory(tmp_path / "alerts.json") == (Memory(), True)

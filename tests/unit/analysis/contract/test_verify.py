from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.contract.document import fingerprint
from kpiterm.analysis.contract.statement import Closing, statement, text
from kpiterm.analysis.contract.verify import verify
from tests.unit.analysis.contract.agreed import MEASURED, contract


def closed(period: str = "2026-10", previous: str | None = None, **more: Any) -> dict[str, object]:
    closing = Closing(
        closed=True, as_of=f"{period}-28T00:00:00Z", previous=previous, log={"seq": 3, "hash": "0" * 64}
    )  # fmt: skip
    return statement(contract(), period, {**MEASURED, **more}, closing)


BODY = text(closed(claims={"client": {"gmv_mom": "0.09"}})).encode()
DIGITS = [place for place, byte in enumerate(BODY) if chr(byte).isdigit()]


def test_a_statement_is_verified_from_itself() -> None:
    (verdict,) = verify({"october.json": BODY})
    assert (verdict.contract, verdict.period, verdict.total) == ("seller-us", "2026-10", "12845.71")
    assert verdict.faults == ()


@given(st.sampled_from(DIGITS), st.integers(1, 9))
def test_one_flipped_digit_is_found(place: int, by: int) -> None:
    flipped = bytearray(BODY)
    flipped[place] = ord(str((int(chr(BODY[place])) + by) % 10))
    (verdict,) = verify({"october.json": bytes(flipped)})
    assert verdict.faults


@given(st.integers(0, len(BODY) - 1), st.integers(0, 255))
def test_whatever_byte_is_changed_is_found_and_breaks_nothing(place: int, byte: int) -> None:
    (verdict,) = verify({"october.json": BODY[:place] + bytes([byte]) + BODY[place + 1 :]})
    assert bool(verdict.faults) == (byte != BODY[place])


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("disputed_on", "soon"),
        ("relief", [{"kpi": "gmv_mom", "lost": "1", "expected": "0"}]),
        ("net_sales", [{"amount": "1"}, 2]),
        ("earlier", [{"period": "2026-13", "billed": "1", "now": "2"}]),
        ("availability", "1e18"),
    ],
)
def test_figures_that_nobody_could_settle_are_a_fault_too(part: str, value: object) -> None:
    document = json.loads(BODY)
    document["values"][part] = value
    document["hash"] = fingerprint(document)
    assert verify({"october.json": text(document).encode()})[0].faults


@pytest.mark.parametrize("key", ["total", "escrow", "score"])
def test_who_mends_the_hash_is_found_by_settling_again(key: str) -> None:
    document = {**json.loads(BODY), key: "1.00"}
    document["hash"] = fingerprint(document)
    (verdict,) = verify({"october.json": text(document).encode()})
    assert any(fault.startswith(f"{key}: it says 1.00, settled again it is ") for fault in verdict.faults)


def test_who_mends_figures_and_lines_is_found_by_the_next_statement() -> None:
    october, forged = closed(), closed(net_sales="512000.00")
    november = closed("2026-11", previous=str(october["hash"]))
    good = {"10.json": text(october).encode(), "11.json": text(november).encode()}
    assert [v.faults for v in verify(good)] == [(), ()]
    first, second = verify({"10.json": text(forged).encode(), "11.json": good["11.json"]})
    assert first.faults == ()
    assert "as the statement before it" in second.faults[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'{"v": NaN}',
        b'{"v": "\\ud800"}',
        b'{"v": 1, "v": 1}',
        b'{"hash": 1, "engine": 1, "contract_text": "[", "period": "x"}',
    ],
)
def test_what_is_no_statement_is_a_fault(body: bytes) -> None:
    assert verify({"x.json": body})[0].faults

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from kpiterm.sandbox import Sandbox, faults


def test_every_kind_of_fault_reaches_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "SLOW_SECONDS", 0.0)
    seen = Counter[str]()
    with Sandbox(faults=1.0) as sandbox, httpx.Client(base_url=sandbox.url, headers={"Host": "api.amazon.com"}) as http:
        for _ in range(40):
            try:
                seen[str(http.post("/auth/o2/token", data={}).status_code)] += 1
            except httpx.TransportError as error:
                seen["truncated" if "complete message" in str(error) else "reset"] += 1
    assert set(seen) == {"500", "503", "400", "reset", "truncated"}  # a slow answer is the true one: 400


def test_faults_follow_the_seed_and_the_probability() -> None:
    one, again = faults.Faults(0.3, 7), faults.Faults(0.3, 7)
    drawn = [one.draw() for _ in range(400)]
    assert drawn == [again.draw() for _ in range(400)]
    assert 80 < sum(map(bool, drawn)) < 160
    assert not any(faults.Faults(0.0, 7).draw() for _ in range(50))


def test_a_probability_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Sandbox(faults=5)

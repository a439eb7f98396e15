"""The clock of quotas and waits, which tests can make run faster."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kpiterm.plugins import clock
from kpiterm.sandbox.clock import Clock

TELL = """
import json
from kpiterm.plugins import clock
print(json.dumps([clock.SPEED, clock.time(), clock.now().timestamp(), clock.real(60.0)]))
"""


def test_it_is_the_machines_where_nothing_is_said() -> None:
    assert clock.SPEED == 1
    assert clock.real(5.0) == 5.0
    assert abs(clock.now().timestamp() - clock.time()) < 5


def test_two_processes_with_a_setting_are_at_the_sandboxs_moment() -> None:
    box = Clock(speed=50)
    environment = {**os.environ, clock.VARIABLE: box.setting}
    for _ in range(2):
        before = box.time()
        told = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, text=True, check=True)
        speed, moment, now, real = json.loads(told.stdout)
        assert (speed, real) == (50.0, 1.2)
        assert before <= moment <= now <= box.time()


@pytest.mark.parametrize("text", ["fast", "0 0", "-1 0", "60", "1 2 3"])
def test_a_setting_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="KPITERM_CLOCK"):
        clock._read(text)

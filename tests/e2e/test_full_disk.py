"""No room left, simulated by a limit on the size of files: the sync says so, and the next one goes on."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

BIG = """
import random
def big(ctx, window):
    noise = random.Random(str(window.start))
    for n in range(20_000):
        yield Row("listing", {"sku": f"{window.start:%d}-{n}", "title": noise.randbytes(40).hex()})
CONNECTOR = connector(streams=(Stream(name="big", title="", fetch=big, by_day=True,
                                      history=timedelta(days=3), max_window=timedelta(days=1)),))
"""


def sync_with(home: Home, kilobytes: int) -> subprocess.CompletedProcess[str]:
    command = f"ulimit -f {kilobytes}; exec {shlex.join(home.command('sync'))}"
    return subprocess.run(
        ["bash", "-c", command], env=home.environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("kilobytes", [2_000, 5_000, 8_000])
def test_a_full_disk_tears_nothing(home: Home, kilobytes: int) -> None:
    home.plugin("big", BIG)
    home.declare("one", "big")
    done = sync_with(home, kilobytes)
    assert done.returncode in (4, 6), done.stderr
    assert "Traceback" not in done.stderr
    assert "author" not in done.stderr
    assert "disk space" in done.stderr, done.stderr
    [[before]] = home.rows("SELECT count(*) FROM listing")
    assert before % 20_000 == 0
    assert home("status").code == 0
    assert home("sync").code == 0
    [[after]] = home.rows("SELECT count(*) FROM listing")
    assert after >= 60_000

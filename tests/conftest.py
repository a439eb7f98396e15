"""For all tests: the caller's kpiterm is out of reach, and neither a slow machine nor chance fails a property test.

Properties are tried on the same examples each time; EXPLORE=1 looks for new ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from kpiterm.lean import skip_unused

skip_unused()  # as every command does: a row of parameters for DuckDB costs a tenth
settings.register_profile("kpiterm", settings(), deadline=None, derandomize="EXPLORE" not in os.environ)
settings.load_profile("kpiterm")


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("KPITERM_")]:
            environment.delenv(name)
        environment.setenv("KPITERM_HOME", str(tmp_path_factory.mktemp("kpiterm-home")))
        environment.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """What one test's screen spoke, the next one's does not."""
    yield
    if tongue := sys.modules.get("kpiterm.tui.tongue"):
        tongue.speak("en")

"""Fixtures for authors of connectors. Imports nothing heavy, since pytest loads it in every run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.plugins import Context

pytest.register_assert_rewrite("kpiterm.plugins.testing.declarations", "kpiterm.plugins.testing.fetching")


@pytest.fixture
def kpiterm_context(tmp_path: Path) -> Callable[..., Context]:
    """`kpiterm.plugins.testing.make_context` with the test's own directory: give it a connector and a handler."""
    from kpiterm.plugins.testing.host import make_context

    return partial(make_context, tmp_path=tmp_path)

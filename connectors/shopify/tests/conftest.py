"""Fixtures of this connector's tests; what they are made of is in shopify_fake."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shopify_fake import Host, Rows

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2].parent / "shared"
sys.path.insert(0, str(HERE))  # for shopify_fake: pytest runs in import mode importlib


@pytest.fixture(autouse=True)
def _own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of one test must not be those of another, nor of this user's own kpiterm."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    from shopify_fake import Host

    host = Host(tmp_path)
    yield host
    for client in host.clients:
        client.close()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Rows]:
    """The rows that a shape makes of payloads."""
    from shopify_fake import rows_of

    directory = tmp_path / "read"
    directory.mkdir()
    return lambda payloads, shape, into=None: rows_of(list(payloads), shape, directory, into)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("no reference material beside the repository (shared/)")
    return SHARED

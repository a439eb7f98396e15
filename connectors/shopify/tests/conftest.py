"""Fixtures of this connector's tests; what they are made of is in shopify_fake."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shopify_fake import Rows

    from kpiterm.plugins import Shape
    from kpiterm.plugins.testing import Host

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2].parent / "shared"
sys.path.insert(0, str(HERE))  # for shopify_fake: pytest runs in import mode importlib


@pytest.fixture(autouse=True)
def _own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of one test must not be those of another, nor of this user's own kpiterm."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def host(kpiterm_host: Callable[..., Host]) -> Host:
    from shopify_fake import NOW, SECRETS, SETTINGS

    from kpiterm_shopify.connector import SHOPIFY

    return kpiterm_host(SHOPIFY, settings=SETTINGS, secrets=SECRETS, now=NOW, account="my-shop")


@pytest.fixture
def read(host: Host) -> Callable[..., Rows]:
    """The rows that a shape makes of payloads, of its only table or of the one named."""

    def rows(payloads: Iterable[object], shape: Shape, into: str | None = None) -> Rows:
        return host.read(shape, payloads)[into or shape.outputs[0].into]

    return rows


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("no reference material beside the repository (shared/)")
    return SHARED

"""What the vendors say about buyers is nowhere after a sync: not in the home's files, what was said, or an export."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from kpiterm.plugins.facts import TABLES
from kpiterm.sandbox import Sandbox, shopify, walmart
from kpiterm.sandbox.orders import PLACES, business_day
from tests.e2e.conftest import Done, Home, small_shop

if TYPE_CHECKING:
    from kpiterm.sandbox.wire import Request, Response

pytestmark = pytest.mark.e2e

DAYS = 40


class Listening(Sandbox):
    """A sandbox that keeps the bodies of its answers, unpacked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.said: list[bytes] = []

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        self.said.append(unpacked(response.body))
        return response


def unpacked(body: bytes) -> bytes:
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return body

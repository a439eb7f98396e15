"""For authors of connectors: inherited tests that run offline in under a second, and a host to test with."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiterm.plugins.testing.contract import ConnectorContract
    from kpiterm.plugins.testing.host import Host, make_context

__all__ = ["ConnectorContract", "Host", "make_context"]
_HOMES = {"ConnectorContract": "contract", "Host": "host", "make_context": "host"}


def __getattr__(name: str) -> object:
    """Import on use: pytest loads this package in every project that has kpiterm installed."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

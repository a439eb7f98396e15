"""For authors of connectors: inherited tests that run offline in under a second, and a Context to test with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiterm.plugins.testing.contract import ConnectorContract
    from kpiterm.plugins.testing.host import make_context

__all__ = ["ConnectorContract", "make_context"]


def __getattr__(name: str) -> object:
    """Import on use: pytest loads this package in every project that has kpiterm installed."""
    if name == "ConnectorContract":
        from kpiterm.plugins.testing.contract import ConnectorContract

        return ConnectorContract
    if name == "make_context":
        from kpiterm.plugins.testing.host import make_context

        return make_context
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

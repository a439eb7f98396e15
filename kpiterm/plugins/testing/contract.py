"""What every connector must hold to. Inherit, name the connector, answer its requests, run pytest."""

from __future__ import annotations

from kpiterm.plugins.testing.declarations import Declarations
from kpiterm.plugins.testing.fetching import Fetching


class ConnectorContract(Declarations, Fetching):
    """Tests of a connector, offline.

    class TestAcme(ConnectorContract):
        connector = ACME
        settings = {"shop": "example"}      # optional: example values are made up
        secrets = {"token": "…"}            # optional

        def responses(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"orders": []})
    """

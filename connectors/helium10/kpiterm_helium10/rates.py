"""How often kpiterm asks. Helium 10 publishes no limits, so these are modest; it answers 429 when it has had enough."""

from __future__ import annotations

from kpiterm.plugins import Rate

RATES = (
    Rate(operation="mcp", match="POST /mcp", per_second=1.0, burst=10),
    Rate(operation="marketReport", match="GET /public-api/v1/markets/*/*", per_second=0.2, burst=4),
)

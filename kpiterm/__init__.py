"""kpiterm: KPI contracts for marketplace shops, measured and explained."""

__version__ = "0.1.0"

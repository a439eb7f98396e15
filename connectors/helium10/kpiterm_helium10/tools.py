"""The tools that kpiterm calls: each of them only reads. Others, that edit listings or campaigns, are never called."""

from __future__ import annotations

PROFIT_SERIES = "get_account_profit_and_loss_summary_series"
PRODUCT_PROFIT = "get_product_profit_and_loss_summary"
INVENTORY = "get_inventory_values"
RANK_HISTORY = "get_keywords_rank_history"
ADS_PLATFORMS = "get_ads_query_platforms"
ADS_LEVELS = "get_ads_query_list"
ADS_SCHEMA = "get_ads_query_schema"
ADS_MATERIALS = "get_ads_query_materials"
ADS_QUERY = "execute_ads_query"

READ_ONLY = frozenset({
    PROFIT_SERIES, PRODUCT_PROFIT, INVENTORY, RANK_HISTORY,
    ADS_PLATFORMS, ADS_LEVELS, ADS_SCHEMA, ADS_MATERIALS, ADS_QUERY,
    "get_wmt_account_profit_and_loss_summary_series", "get_wmt_product_profit_and_loss_summary",
    "get_wmt_inventory_values",
})  # fmt: skip


def twin(tool: str, *, walmart: bool) -> str:
    """The tool's name on the account's platform: Walmart has twins of the profit and inventory tools."""
    return tool.replace("get_", "get_wmt_", 1) if walmart else tool

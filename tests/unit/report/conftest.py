"""A small pack, as the command gathers it."""

from __future__ import annotations

from typing import Any

import pytest

from kpiterm.report.pack import frozen


def entry(kpi: str, **more: object) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": kpi, "name": kpi, "channel": "all", "value": "0.2604", "unit": "ratio", "currency": None,
        "direction": "down", "target": {"op": "<=", "value": "0.28"}, "weight": "30", "state": "ok", "reason": None,
        "maturity": "settling", "data_through": "2026-10-31", "previous": "0.2811", "change": "-0.0207",
        "history": [None, "0.30", "0.2811", "0.2604"], "labels": ["2026-07", "2026-08", "2026-09", "2026-10"],
        "group": "ads", "projection": None,
    }  # fmt: skip
    return found | more


def cause() -> dict[str, Any]:
    both = {"en": "visits", "zh": "流量"}
    return {
        "kpi": "gmv_mom", "period": "2026-10", "against": "2026-09", "direction": "up", "before": "100", "after": "130",
        "texts": {"before": "$100", "after": "$130"},
        "steps": [
            {"amount": "40", "label": both, "text": {"en": "+$40", "zh": "+$40"}},
            {"amount": "-10", "label": {"en": "price", "zh": "单价"}, "text": {"en": "−$10", "zh": "−$10"}},
        ],
        "lines": [
            {
                "label": "A|1 · Mat <b>", "channel": "amazon.com", "change": "40",
                "change_text": {"en": "+$40", "zh": "+$40"}, "remark": {"en": "out of stock 9 days", "zh": "断货 9 天"},
            }
        ],
        "story": {"en": ["GMV rose 30 %."], "zh": ["成交额上升 30 %。"]},
        "notes": {"en": [], "zh": []},
    }  # fmt: skip


def statement() -> dict[str, Any]:
    return {
        "period": "2026-10", "currency": "USD", "status": "draft", "terms_version": 2, "score": "0.950000",
        "coverage": "1", "reason": None, "tax": None, "dispute": None, "escrow": "0.00", "total": "13074.29",
        "hash": "sha256:0", "kpis": [{"id": "acos", "attainment": "1.0333"}],
        "lines": [
            {"code": "base", "amount": "8000.00", "formula": "base_fee"},
            {"code": "commission", "amount": "5074.29", "formula": "tiers(x)"},
        ],
    }  # fmt: skip


@pytest.fixture
def content() -> dict[str, Any]:
    texts = {"en": "ACoS", "zh": "广告成本占比"}
    known = {"version": 1, "hash": "sha256:" + "ab" * 32, "name": texts, "sentence": texts}
    growth = {"en": "GMV growth", "zh": "成交额环比"}
    return {
        "kind": "monthly", "workspace": "client", "as_of": "2026-11-23T13:00:00.5Z", "snapshot": "snap-1",
        "period": {"label": "2026-10", "start": "2026-10-01", "end": "2026-10-31", "through": "2026-10-31"},
        "contract": {"id": "c", "parties": {"seller": "Seller Ltd", "provider": "Provider"}, "terms_version": 2},
        "kpis": [
            entry("acos"),
            entry("gmv_mom", value=None, state="no_data", reason="no data: run `kpiterm sync`", weight="40",
                  maturity="final", history=[], labels=[], group="sales", previous=None, change=None),
        ],
        "definitions": {"acos": known, "gmv_mom": known | {"name": growth}},
        "statement": statement(), "causes": [cause()], "reorder": [],
        "deadlines": [{"day": "2026-12-01", "in_days": 8, "what": {"en": "review meeting", "zh": "复盘会议"}}],
        "clauses": [
            {"key": "service.access", "agreed": {"en": "7 rights", "zh": "7 项权限"}, "state": "breached",
             "why": {"en": "unknown: x", "zh": "未知：x"}}
        ],
        "findings": [{"area": {"en": "Access", "zh": "权限"}, "what": {"en": "a: unknown", "zh": "a：未知"}}],
        "delays": [{"party": "seller", "days": 2, "lost": "497.91", "currency": "USD", "skus": {"A|1": 2}}],
        "minutes": [{"day": "2026-11-01", "author": "ops", "text": "=1+1 & <i>said</i>"}],
        "actions": [
            {"number": 7, "text": "=HYPERLINK(1)", "owner": "seller", "due": "2026-11-10", "done": None, "late": True}
        ],
        "accounts": [
            {"name": "us", "connector": "amazon", "status": "partial", "last_sync": None, "error": "late",
             "streams": [{"name": "orders", "note": "history is truncated"}]}
        ],
    }  # fmt: skip


@pytest.fixture
def pack(content: dict[str, Any]) -> dict[str, Any]:
    return frozen(content)

"""The terms of a contract that hold on a day, as rows of words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.model import Commission, Contract, KpiTerms, Score, Service, TermsVersion
from kpiterm.analysis.format import amount_digits, format_target, format_value
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.i18n import told

_WORDS = {
    "contract": ("Contract", "合同"), "parties": ("Parties", "双方"), "version": ("Version", "版本"),
    "from": ("in force from", "生效日"), "until": ("until", "至"), "signed": ("signed", "签署日"),
    "fee": ("Base fee", "基础服务费"), "month": ("{} a month", "每月 {}"), "pool": ("At-risk pool", "风险池"),
    "of_fee": ("{} of the fee", "服务费的 {}"), "score": ("Score", "得分"),
    "penalty": ("{} or less costs {} of the pool", "不高于 {} 时扣罚风险池的 {}"),
    "bonus": ("{} or more earns {} of it", "不低于 {} 时奖励 {}"),
    "nothing": ("within ±{} of 1 nothing moves", "与 1 相差 {} 以内不奖不罚"),
    "held": ("held below a coverage of {}", "数据覆盖率低于 {} 时暂缓结算"), "missing": ("No data", "数据缺失"),
    "reweight": ("the other KPIs count more", "权重分摊给其他指标"), "neutral": ("counts as met", "视为达标"),
    "zero": ("counts as 0", "按 0 分计"), "commission": ("Commission", "提成"), "baseline": ("Baseline", "基线"),
    "marginal": ("each rate on its own tier", "分段累进"), "slab": ("one rate on the whole amount", "全额适用单一档"),
    "monthly": ("reset monthly", "按月清零"), "annual": ("reset yearly", "按年累计"),
    "incremental_net_sales": ("on net sales above the baseline", "按超出基线的净销售额"),
    "net_sales": ("on net sales", "按净销售额"), "gmv": ("on GMV", "按成交总额"), "tier": ("{} from {}", "{1} 起 {0}"),
    "refunds": ("Refund window", "退款追溯期"), "days": ("days", "天"), "excluded": ("Excluded", "不计入"),
    "attribution": ("Attribution", "归属比例"), "caps": ("Limits", "上下限"), "tax": ("Tax, apart", "税费（另计）"),
    "relief": ("Relief takes off at most", "免责最多下调目标"), "scope": ("Scope", "服务范围"),
    "owner": ("Data belong to", "数据归属"), "notice": ("Notice", "解约通知期"), "transition": ("Transition", "交接期"),
    "kpi": ("KPI", "指标"), "weight": ("weight", "权重"), "target": ("target", "目标"), "floor": ("floor", "下限"),
    "stretch": ("stretch", "挑战值"), "gate": ("no bonus at", "无奖条件"),
}  # fmt: skip

_SEMICOLON = ("; ", "；")


def word(name: str, lang: str) -> str:
    """A word of the sheet in English or Chinese."""
    return _WORDS[name][1 if lang == "zh" else 0]


def heading(contract: Contract, terms: TermsVersion, lang: str) -> Iterator[tuple[str, str]]:
    """Who agreed, and which version holds from when to when."""
    yield word("contract", lang), f"{contract.id} ({contract.currency}, {contract.timezone})"
    parties = [f"{told(side, lang)}{_colon(lang)}{name}" for side, name in contract.parties.items()]
    yield word("parties", lang), _listed(parties, lang)
    said = [f"{terms.version}, {word('from', lang)} {terms.effective_from}"]
    if contract.until:
        said.append(f"{word('until', lang)} {contract.until}")
    if contract.signed_at:
        said.append(f"{word('signed', lang)} {contract.signed_at}")
    yield word("version", lang), _listed(said, lang)


def money_rows(contract: Contract, terms: TermsVersion, lang: str) -> Iterator[tuple[str, str]]:
    """What is paid, and on what it depends."""
    fee = amount_digits(terms.base_fee, contract.currency, grouped=True)
    yield word("fee", lang), word("month", lang).format(f"{contract.currency} {fee}")
    if terms.score:
        yield word("pool", lang), word("of_fee", lang).format(_percent(terms.pool_share))
        yield word("score", lang), _score(terms.score, lang)
    yield word("missing", lang), word(terms.missing, lang)
    if terms.commission:
        yield from _commission(terms.commission, contract.currency, lang)
    caps = [(key, getattr(terms.caps, key)) for key in ("total_min", "total_max", "commission_max")]
    if any(value is not None for _, value in caps):
        yield word("caps", lang), ", ".join(f"{key} {digits(value)}" for key, value in caps if value is not None)
    if terms.tax:
        yield word("tax", lang), f"{terms.tax.name} {_percent(terms.tax.rate)}"
    if terms.relief_cap is not None:
        yield word("relief", lang), _percent(terms.relief_cap)
    if terms.service:
        yield from _service(terms.service, lang)


def kpi_header(lang: str) -> tuple[str, ...]:
    return tuple(word(name, lang) for name in ("kpi", "weight", "target", "floor", "stretch", "gate"))


def kpi_row(kpi: str, agreed: KpiTerms, definition: Definition | None, lang: str) -> tuple[str, ...]:
    """One KPI's terms in its own unit."""
    unit = definition.unit if definition else "count"
    name = definition.name["zh" if lang == "zh" else "en"] if definition else kpi
    return (
        f"{name} ({kpi})",
        digits(agreed.weight),
        format_target(agreed.target, unit, language=lang),
        format_value(agreed.floor, unit, language=lang),
        format_value(agreed.stretch, unit, language=lang),
        format_target(agreed.gate, unit, language=lang) if agreed.gate else "",
    )


def _score(score: Score, lang: str) -> str:
    said = (
        word("penalty", lang).format(digits(score.floor), _percent(score.penalty_max)),
        word("bonus", lang).format(digits(score.stretch), _percent(score.bonus_max)),
        word("nothing", lang).format(digits(score.dead_band)),
        word("held", lang).format(_percent(score.min_coverage)),
    )
    return _SEMICOLON[lang == "zh"].join(said)


def _commission(terms: Commission, currency: str, lang: str) -> Iterator[tuple[str, str]]:
    tiers = _listed((word("tier", lang).format(_percent(t.rate), digits(t.start)) for t in terms.tiers), lang)
    said = _SEMICOLON[lang == "zh"].join(word(name, lang) for name in (terms.base, terms.method, terms.reset))
    yield word("commission", lang), f"{tiers} ({said})"
    if terms.base == "incremental_net_sales":
        index = f" ({_pairs(terms.seasonal_index)})" if terms.seasonal_index else ""
        yield word("baseline", lang), f"{currency} {amount_digits(terms.baseline, currency, grouped=True)}{index}"
    yield word("refunds", lang), f"{terms.refund_window_days} {word('days', lang)}"
    if excluded := (*terms.exclude.kinds, *terms.exclude.channels, *terms.exclude.skus):
        yield word("excluded", lang), ", ".join(excluded)
    if terms.attribution:
        yield word("attribution", lang), _pairs(terms.attribution)


def _service(service: Service, lang: str) -> Iterator[tuple[str, str]]:
    if service.scope:
        yield word("scope", lang), ", ".join(service.scope)
    if service.data_owner:
        yield word("owner", lang), told(service.data_owner, lang)
    days = {side: given for side in ("seller", "provider") if (given := service.notice_of(side)) is not None}
    if len(set(days.values())) == 1:
        yield word("notice", lang), f"{min(days.values())} {word('days', lang)}"
    elif days:
        each = [f"{told(side, lang)} {given} {word('days', lang)}" for side, given in days.items()]
        yield word("notice", lang), _listed(each, lang)
    if service.transition_days is not None:
        yield word("transition", lang), f"{service.transition_days} {word('days', lang)}"


def _listed(parts: Iterable[str], lang: str) -> str:
    return ("，" if lang == "zh" else ", ").join(parts)


def _colon(lang: str) -> str:
    return "：" if lang == "zh" else ": "


def _pairs(given: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{key} {digits(value)}" for key, value in given.items())


def _percent(share: Decimal) -> str:
    return f"{digits(100 * share)} %"

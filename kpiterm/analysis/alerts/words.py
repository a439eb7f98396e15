"""Alerts in words, English and Chinese: what happened, what it means, what to type next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from kpiterm.analysis.alerts.rules import EVERY, ORDERS
from kpiterm.analysis.alerts.state import Notification, Situation, rank
from kpiterm.analysis.format import format_target, format_value, plain

Language = Literal["en", "zh"]
Names = Mapping[str, Mapping[str, str]]
"""KPI names by id and language."""

MOST = 20  # alerts that one message tells one by one

_SEVERITY = {
    "en": {"info": "note", "warning": "warning", "critical": "critical"},
    "zh": {"info": "提示", "warning": "警告", "critical": "严重"},
}
_CHANGE = {
    "en": {"opened": "", "worse": "got worse", "reminder": "still", "closed": "over"},
    "zh": {"opened": "", "worse": "加重", "reminder": "仍在持续", "closed": "已解除"},
}
_HAPPENED = {
    "en": {
        "breach": "{name} missed its target: it is {value}, the target {target}.",
        "watch": "{name} is too close to its target, or too uncertain, to call: it is {value}, the target {target}.",
        "no data": "{name} has no value.",
        "p_hit": "{name} will probably miss its target: it is {value}, the target {target}, the chance {chance}.",
        "spent": "{name} has used up its budget: {used} of {allowed}.",
        "budget": "{name} will use up its budget before the period ends: {used} of {allowed} used, {days} days left.",
        "stale": "The data of {channel} end on {through}.",
        "order_by": "{name}: the reorder suggestion is due in {ahead} days, and nobody has decided on it.",
        "overdue": "{name}: the reorder suggestion has been due for {behind} days, and nobody has decided on it.",
        "ordered": "{name}: no undecided reorder suggestion is near its day any more.",
        "closed": "The alert on {name} is over: it is {value}, the target {target}.",
        "fresh": "The data of {channel} are up to date again, through {through}.",
    },
    "zh": {
        "breach": "{name}未达目标：{value}，目标 {target}。",
        "watch": "{name}接近目标或尚无法判定：{value}，目标 {target}。",
        "no data": "{name}没有数值。",
        "p_hit": "{name}可能达不到目标：目前 {value}，目标 {target}，达成概率 {chance}。",
        "spent": "{name}的额度已用完：已用 {used}，允许 {allowed}。",
        "budget": "{name}的额度将在期末前用完：已用 {used}，允许 {allowed}，约剩 {days} 天。",
        "stale": "{channel}的数据只到 {through}。",
        "order_by": "{name}：补货建议还有 {ahead} 天到期，尚无人处理。",
        "overdue": "{name}：补货建议已逾期 {behind} 天，尚无人处理。",
        "ordered": "{name}：已无临近到期而未处理的补货建议。",
        "closed": "{name}的告警已解除：{value}，目标 {target}。",
        "fresh": "{channel}的数据已更新至 {through}。",
    },
}
_MEANS = {
    "en": {
        "contract": "It counts in the contract with weight {weight}; the period ends on {end}.",
        "own": "The period ends on {end}.",
        "stale": "Every figure of that channel is as old, and none of it says how things stand today.",
        "order_by": "What is ordered after {end} comes after stock is gone.",
        "closed": "It had lasted since {since}.",
    },
    "zh": {
        "contract": "合同考核项，权重 {weight}；本期于 {end} 结束。",
        "own": "本期于 {end} 结束。",
        "stale": "该渠道的各项数字均停在那一天，不反映今天的情况。",
        "order_by": "{end} 之后下单，到货前会断货。",
        "closed": "自 {since} 起持续。",
    },
}
_TEXTS = {
    "en": {
        "next": "Next: {command}", "title": "kpiterm {workspace}: {severity}: {subject}", "all": "all channels",
        "data": "data of {channel}", "on": "{name} ({channel})", "more": "and {count} more",
        "several": "kpiterm {workspace}: {count} alerts, {grave} critical",
        "test": "kpiterm {workspace}: test", "tested": "This channel works: alerts of kpiterm arrive here.",
    },
    "zh": {
        "next": "下一步：{command}", "title": "kpiterm {workspace}：{severity}：{subject}", "all": "全部渠道",
        "data": "{channel}的数据", "on": "{name}（{channel}）", "more": "另有 {count} 条",
        "several": "kpiterm {workspace}：{count} 条告警，其中严重 {grave} 条",
        "test": "kpiterm {workspace}：测试", "tested": "通道可用：kpiterm 的告警会发到这里。",
    },
}  # fmt: skip


def message(
    notes: Sequence[Notification], language: Language, *, workspace: str, zone: str, names: Names
) -> tuple[str, str]:
    """Title and body of one message about one or many alerts; moments in the reader's own `zone`."""
    if len(notes) == 1:
        (note,) = notes
        lines = [happened(note, language, names), _means(note, language, zone), _next(note, language, workspace)]
        return title(note, language, workspace, names), "\n".join(lines)
    texts = _TEXTS[language]
    shown = sorted(notes, key=lambda n: -rank(n.severity))[:MOST]
    grave = sum(n.severity == "critical" and n.change != "closed" for n in notes)
    lines = [f"- {_label(note, language)}{happened(note, language, names)}" for note in shown]
    if len(notes) > MOST:
        lines.append(texts["more"].format(count=len(notes) - MOST))
    lines.append(texts["next"].format(command=_command("alerts list", workspace)))
    return texts["several"].format(workspace=workspace, count=len(notes), grave=grave), "\n".join(lines)


def title(note: Notification, language: Language, workspace: str, names: Names) -> str:
    """`kpiterm acme: critical: ACoS (amazon.com)`."""
    label = _label(note, language).strip("[] ")
    subject = _subject(note.situation, language, names)
    return _TEXTS[language]["title"].format(workspace=workspace, severity=label, subject=subject)


def trial_message(language: Language, workspace: str) -> tuple[str, str]:
    """What `kpiterm notify test` sends."""
    texts = _TEXTS[language]
    return texts["test"].format(workspace=workspace), texts["tested"]


def happened(note: Notification, language: Language, names: Names) -> str:
    """One sentence for each condition that holds; when it is over, how it stands now."""
    texts, facts = _HAPPENED[language], _facts(note.situation, language, names)
    if note.change == "closed":
        over = {EVERY: "fresh", ORDERS: "ordered"}.get(note.situation.kpi, "closed")
        return texts[over].format(**facts)
    kinds = [_kind(reason, note.situation) for reason in note.reasons]
    if "breach" in kinds:
        kinds = [kind for kind in kinds if kind not in {"watch", "p_hit"}]
    return ("" if language == "zh" else " ").join(texts[kind].format(**facts) for kind in kinds)


def _kind(reason: str, situation: Situation) -> str:
    """The text for a condition, given as `str(When)`."""
    if reason == "budget" and situation.budget and situation.budget.left <= 0:
        return "spent"
    if reason.startswith("order due"):
        return "overdue" if situation.value is not None and situation.value < 0 else "order_by"
    return "p_hit" if reason.startswith("p_hit") else "stale" if reason.startswith("data") else reason


def _means(note: Notification, language: Language, zone: str) -> str:
    situation, texts = note.situation, _MEANS[language]
    if note.change == "closed":
        return texts["closed"].format(since=_local(note.since, zone))
    if situation.kpi == EVERY:
        return texts["stale"]
    if situation.kpi == ORDERS:
        return texts["order_by"].format(end=situation.period.end)
    weight = "" if situation.weight is None else plain(situation.weight)
    return texts["contract" if weight else "own"].format(weight=weight, end=situation.period.end)


def _next(note: Notification, language: Language, workspace: str) -> str:
    situation = note.situation
    channel = "" if situation.channel == "all" else f" --channel {situation.channel}"
    commands = {EVERY: ("sync", "import FILE…"), ORDERS: ("reorder", "reorder accept SKU…")}.get(
        situation.kpi, (f"kpi show {situation.kpi}{channel}",)
    )
    return _TEXTS[language]["next"].format(command=" | ".join(_command(command, workspace) for command in commands))


def _command(command: str, workspace: str) -> str:
    return f"kpiterm {command}" if workspace == "default" else f"kpiterm --workspace {workspace} {command}"


def _label(note: Notification, language: Language) -> str:
    change = _CHANGE[language][note.change]
    return f"[{' '.join(filter(None, (_SEVERITY[language][note.severity], change)))}] "


def _subject(situation: Situation, language: Language, names: Names) -> str:
    facts, texts = _facts(situation, language, names), _TEXTS[language]
    if situation.kpi == EVERY:
        return texts["data"].format(**facts)
    name = names.get(situation.kpi, {}).get(language, situation.name)
    return name if situation.channel == "all" else texts["on"].format(name=name, channel=situation.channel)


def _facts(situation: Situation, language: Language, names: Names) -> dict[str, str]:
    """What the texts may name."""
    unit, currency, budget = situation.unit, situation.currency, situation.budget
    counted = "money" if currency else "count"
    channel = _TEXTS[language]["all"] if situation.channel == "all" else situation.channel
    name = names.get(situation.kpi, {}).get(language, situation.name)
    return {
        "name": name if situation.channel == "all" else _TEXTS[language]["on"].format(name=name, channel=channel),
        "channel": channel,
        "value": format_value(situation.value, unit, currency),
        "target": format_target(situation.target, unit, currency),
        "chance": format_value(situation.p_hit, "ratio"),
        "used": format_value(budget.used, counted, currency) if budget else "—",
        "allowed": format_value(budget.allowed, counted, currency) if budget else "—",
        "days": plain(budget.days_left) if budget and budget.days_left is not None else "0",
        "through": f"{situation.data_through or '—'}",
        "ahead": plain(situation.value) if situation.value is not None else "—",
        "behind": plain(-situation.value) if situation.value is not None else "—",
    }


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"

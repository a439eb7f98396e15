"""Alerts: rules over the board, remembered from sync to sync, so that people hear once about what lasts."""

from kpiterm.analysis.alerts.evaluate import evaluate
from kpiterm.analysis.alerts.rules import DEFAULTS, LEVELS, Rule, Rules, Severity, When, load_rules
from kpiterm.analysis.alerts.state import Acknowledged, Alert, Notification, Situation, State, Streak

__all__ = [
    "DEFAULTS", "LEVELS", "Acknowledged", "Alert", "Notification", "Rule", "Rules", "Severity", "Situation", "State",
    "Streak", "When", "evaluate", "load_rules",
]  # fmt: skip

"""Two themes, dark and light, in blue and orange, which stay apart for colour-blind eyes; and one for 16 colours."""

from __future__ import annotations

import os

from textual.theme import Theme

from kpiterm.tui import economy

DARK = Theme(
    name="kpiterm-dark",
    primary="#6CB6FF",
    secondary="#8FA3B8",
    accent="#6CB6FF",
    success="#6CB6FF",
    warning="#F2B134",
    error="#FF7B47",
    foreground="#D6DCE4",
    background="#11151B",
    surface="#11151B",
    panel="#1B222C",
    dark=True,
    variables={
        "text": "#D6DCE4",
        "text-muted": "#8894A3",
        "text-disabled": "#3D4855",
        "block-cursor-background": "#1E2A38",
        "block-cursor-blurred-background": "#1E2A38",
        "block-cursor-foreground": "#FFFFFF",
    },
)

LIGHT = Theme(
    name="kpiterm-light",
    primary="#0B5CAD",
    secondary="#51606F",
    accent="#0B5CAD",
    success="#0B5CAD",
    warning="#8F5A00",
    error="#B93A00",
    foreground="#1F2730",
    background="#FCFCFA",
    surface="#FCFCFA",
    panel="#ECEEF0",
    dark=False,
    variables={
        "text": "#1F2730",
        "text-muted": "#5C6975",
        "text-disabled": "#B9C2CA",
        "block-cursor-background": "#E1ECF7",
        "block-cursor-blurred-background": "#E1ECF7",
        "block-cursor-foreground": "#000000",
    },
)

PLAIN = Theme(
    name="kpiterm-16",
    ansi=True,
    primary="ansi_cyan",
    success="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
    },
)

THEMES = (DARK, LIGHT, PLAIN)


def suited(colours: str | None) -> str:
    """The theme for a terminal with `colours` (Rich's name: standard, 256, truecolor, None) and this environment."""
    if colours in (None, "standard") or economy.plain():
        return PLAIN.name
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name

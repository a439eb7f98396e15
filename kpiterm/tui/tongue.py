"""The language that the screen speaks: one for the whole program, and another at a key's press."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from kpiterm.i18n import told

Language = Literal["en", "zh"]
_spoken: Language = "en"


def speak(language: str) -> None:
    """From now on what is drawn is told in `language`; what stands on the screen has to be drawn again."""
    global _spoken
    _spoken = "zh" if language == "zh" else "en"


def spoken() -> Language:
    """The language that `_` tells texts in."""
    return _spoken


def _(text: str | None) -> str:
    """The text in the language that is spoken: of the catalogue, or a sentence with its values (`said`)."""
    return told(text, _spoken) if text else ""


@runtime_checkable
class Speaker(Protocol):
    """A screen or widget with words of its own on it."""

    def retell(self) -> None:
        """Draw them in the language that is spoken now, and leave everything else as it is."""

"""What the screens show beside the board, frozen: one function for each page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to show yet, which is no fault; `hint` says what would change that."""

    text: str
    hint: str

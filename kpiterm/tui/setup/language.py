"""The first step: the language."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from kpiterm.tui.setup.beside import beside
from kpiterm.tui.setup.choices import Choices
from kpiterm.tui.setup.step import Step
from kpiterm.tui.tongue import spoken
from kpiterm.tui.widgets.phrase import Phrase


class LanguageStep(Step):
    """Applies at once, and stays in config.toml."""

    HEADING = "Language · 语言"

    def body(self) -> Iterable[Widget]:
        yield Choices((("en", "English", ""), ("zh", "中文", "")), chosen=spoken())
        yield Phrase("", "bold $error", id="wrong")

    def do_en(self) -> None:
        """English."""
        self._keep("en")

    def do_zh(self) -> None:
        """Chinese."""
        self._keep("zh")

    def _keep(self, language: str) -> None:
        setattr(self.app, "language", language)  # noqa: B010 (the program's, which Textual's App does not declare)
        self.run_worker(self._write(language), exclusive=True)

    async def _write(self, language: str) -> None:
        if fault := await beside(self.desk.keep_language, language):
            self.query_one("#wrong", Phrase).tell(f"✗ {fault.text}\n  → {fault.hint}")
        else:
            self.post_message(self.Go("start"))

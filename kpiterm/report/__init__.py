"""Review packs: one frozen document of figures, told in two languages as HTML, Markdown and XLSX."""

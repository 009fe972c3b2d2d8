"""A4 in the packaged Chinese font. A character that the font lacks is marked, never dropped."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

from django.utils.translation import gettext as _
from fpdf import FPDF

from core.qr import matrix

FAMILY: Final = "noto"
MARK: Final = "〓"
FONT: Final = files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"


class Paper(FPDF):
    """A sheet of A4; `missing` collects the characters that had to be marked."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.add_font(FAMILY, fname=str(FONT))
        self.set_font(FAMILY, size=12)
        self.set_title(title)
        self.set_lang("zh-CN")
        self.set_margin(18)
        self.set_auto_page_break(True, margin=18)
        self.missing: list[str] = []

    def words(self, text: str) -> str:
        """The text with every character that the font lacks replaced by a mark."""
        font: Any = self.fonts[FAMILY]
        known = font.cmap
        lacking = [letter for letter in text if ord(letter) not in known and letter not in "\n\t"]
        self.missing += [letter for letter in lacking if letter not in self.missing]
        return "".join(MARK if letter in lacking else letter for letter in text)

    def line(self, text: str, *, size: float = 12, gap: float = 2, align: str = "L", ink: int = 0) -> None:  # type: ignore[override]
        """One paragraph over the whole width."""
        self.set_font(FAMILY, size=size)
        self.set_text_color(ink)
        self.multi_cell(0, size * 0.55, self.words(text), align=align, new_x="LMARGIN", new_y="NEXT")
        self.ln(gap)

    def code(self, text: str, *, x: float, y: float, side: float) -> None:
        """A QR code as vector squares, `side` millimetres wide."""
        rows = matrix(text)
        unit = side / len(rows)
        self.set_fill_color(0)
        for down, row in enumerate(rows):
            start = None
            for across, dark in enumerate((*row, False)):
                if dark and start is None:
                    start = across
                elif not dark and start is not None:
                    self.rect(x + start * unit, y + down * unit, (across - start) * unit, unit, style="F")
                    start = None

    def note_missing(self) -> None:
        """Say which characters were marked, if any were."""
        if self.missing:
            codes = _("、").join(f"U+{ord(letter):04X}" for letter in self.missing)
            self.line(
                _("注：%(mark)s 是字库里没有的字（%(codes)s）。") % {"mark": MARK, "codes": codes}, size=9
            )

    def content(self) -> bytes:
        return bytes(self.output())

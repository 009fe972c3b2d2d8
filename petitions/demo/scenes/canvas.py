"""A small canvas for flat pictures: drawn twice as large, then halved, so that edges are smooth."""

from __future__ import annotations

import io
from collections.abc import Sequence
from random import Random
from typing import Final

from PIL import Image, ImageDraw

WIDTH: Final = 960
HEIGHT: Final = 720
SCALE: Final = 2
HORIZON: Final = 430

Colour = str | tuple[int, ...]
Point = tuple[float, float]

SKIES: Final = (
    ("#bfe0f2", "#eef7fb"),
    ("#f6d9b8", "#fdf1e2"),
    ("#c9d6de", "#eef1f3"),
    ("#a9d3ec", "#e3f3ee"),
)
NIGHT: Final = ("#1b2a41", "#34495e")
WALLS: Final = ("#e9dcc9", "#dfe6e4", "#efd9cf", "#d9dfe8")
PAVING: Final = "#c9c5bd"
ASPHALT: Final = "#6f757b"
INK: Final = "#3d4a54"


class Canvas:
    """Shapes in units of a 960 × 720 picture."""

    def __init__(self, variant: int) -> None:
        self.variant = variant
        self.random = Random(variant * 7919)  # noqa: S311 - where a crack runs
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def rect(
        self, x: float, y: float, width: float, height: float, colour: Colour, *, corner: float = 0
    ) -> None:
        box = [x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE]
        if corner:
            self.pen.rounded_rectangle(box, radius=corner * SCALE, fill=colour)
        else:
            self.pen.rectangle(box, fill=colour)

    def oval(self, x: float, y: float, across: float, down: float, colour: Colour) -> None:
        box = [(x - across) * SCALE, (y - down) * SCALE, (x + across) * SCALE, (y + down) * SCALE]
        self.pen.ellipse(box, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.oval(x, y, radius, radius, colour)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 4) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=colour, width=int(width * SCALE), joint="curve")

    def arc(
        self, x: float, y: float, radius: float, start: float, end: float, colour: Colour, width: float
    ) -> None:
        box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.pen.arc(box, start, end, fill=colour, width=int(width * SCALE))

    def fade(self, top: str, bottom: str, *, to: float = HEIGHT) -> None:
        """A sky, from one colour to the other."""
        strip = Image.linear_gradient("L").resize((1, int(to * SCALE)))
        band = Image.composite(
            Image.new("RGB", strip.size, bottom), Image.new("RGB", strip.size, top), strip
        ).resize((WIDTH * SCALE, int(to * SCALE)))
        self.image.paste(band, (0, 0))

    def glow(self, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        """Soft light in rings."""
        for step in range(8, 0, -1):
            self.disc(x, y, radius * step / 8, (*colour, 16))

    def street(self, *, night: bool = False) -> None:
        """Sky, a row of blocks, trees, and ground from the horizon down."""
        self.fade(*(NIGHT if night else SKIES[self.variant % len(SKIES)]), to=HORIZON)
        for index in range(4):
            self.block(index * 250 - 30, HORIZON - 250 + (index + self.variant) % 3 * 40, night=night)
        self.rect(0, HORIZON, WIDTH, HEIGHT - HORIZON, "#4d5560" if night else PAVING)
        for x in (205, 470, 720):
            self.tree(x + self.variant % 4 * 12, HORIZON + 12, 0.8, night=night)

    def block(self, x: float, y: float, *, night: bool = False) -> None:
        wall = "#2b3a4f" if night else WALLS[(self.variant + int(x)) % len(WALLS)]
        self.rect(x, y, 200, HORIZON - y, wall)
        self.rect(x, y, 200, 10, "#1f2b3c" if night else "#b7a796")
        for row in range(int((HORIZON - y - 40) // 46)):
            for column in range(4):
                lit = night and self.random.random() < 0.35
                pane = "#f2d58a" if lit else ("#1e2a3a" if night else "#9cc3d5")
                self.rect(x + 18 + column * 45, y + 28 + row * 46, 28, 28, pane, corner=2)

    def tree(self, x: float, y: float, size: float = 1, *, night: bool = False, bare: bool = False) -> None:
        self.rect(x - 6 * size, y - 70 * size, 12 * size, 72 * size, "#4a3b31" if night else "#8a6a4f")
        if bare:
            for side in (-1, 1):
                self.line([(x, y - 60 * size), (x + side * 34 * size, y - 118 * size)], "#8a6a4f", 5 * size)
            return
        leaf = "#25483c" if night else ("#6fa56b", "#5f9a68", "#86ad5c", "#4f8f63")[self.variant % 4]
        for dx, dy, radius in ((0, -110, 46), (-32, -84, 36), (32, -84, 36)):
            self.disc(x + dx * size, y + dy * size, radius * size, leaf)

    def room(self, wall: str = "", floor: str = "#cdbfae") -> None:
        """An inside: wall, skirting, floor."""
        self.rect(0, 0, WIDTH, 560, wall or ("#ece6da", "#e6ebe6", "#eee2dc", "#e4e8ee")[self.variant % 4])
        self.rect(0, 548, WIDTH, 14, "#a99c8b")
        self.rect(0, 562, WIDTH, 160, floor)

    def person(self, x: float, y: float, coat: str, *, seated: bool = False, grey: bool = False) -> None:
        """A small figure without a face."""
        height = 70 if seated else 110
        self.rect(x - 24, y - height, 48, height, coat, corner=20)
        self.disc(x, y - height - 22, 22, "#f0c9a6")
        self.pen.pieslice(
            [(x - 23) * SCALE, (y - height - 46) * SCALE, (x + 23) * SCALE, (y - height) * SCALE],
            180,
            360,
            fill="#c9ccd0" if grey else "#3c3331",
        )

    def cordon(self, left: float, right: float, y: float) -> None:
        """Red and white tape between two posts."""
        for x in (left, right):
            self.rect(x - 5, y - 20, 10, 110, "#e2603a")
        step = (right - left) / 14
        for index in range(14):
            colour = "#ffffff" if index % 2 else "#d9412f"
            self.rect(left + index * step, y, step, 18, colour)

    def jpeg(self) -> bytes:
        """The finished picture."""
        buffer = io.BytesIO()
        self.image.reduce(SCALE).save(buffer, "JPEG", quality=88)
        return buffer.getvalue()

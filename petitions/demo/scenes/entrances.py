"""Pictures from the door and the path: a ramp, a parcel locker, dogs."""

from __future__ import annotations

from petitions.demo.scenes.canvas import INK, Canvas


def ramp(to: Canvas, *, after: bool) -> None:
    """The entrance: three steps, or a ramp with a rail beside them."""
    to.street()
    to.rect(250, 60, 460, 460, "#e3d3bd")
    to.rect(400, 210, 160, 310, "#7c8f98")
    to.rect(412, 224, 64, 296, "#a9cfe0")
    to.rect(484, 224, 64, 296, "#a9cfe0")
    to.rect(360, 170, 240, 26, "#b5483f")
    for step in range(3):
        to.rect(
            360 - step * 24, 520 + step * 30, 240 + step * 48, 30, ("#b9b2a6", "#a9a296", "#99928a")[step]
        )
    if not after:
        wheelchair(to, 700, 640)
        return
    to.shape([(600, 520), (940, 610), (940, 640), (600, 610)], "#d8d2c6")
    for x in (620, 720, 820, 920):
        to.rect(x, 440 + (x - 600) * 0.26, 8, 96, "#8b949b")
    for lift in (0, 34):
        to.line([(616, 446 + lift), (930, 528 + lift)], "#5f6b73", 9)
    wheelchair(to, 760, 540)


def wheelchair(to: Canvas, x: float, y: float) -> None:
    to.person(x, y - 6, "#6d8a76", seated=True, grey=True)
    to.disc(x - 10, y, 38, INK)
    to.disc(x - 10, y, 28, "#e6e9ea")
    to.disc(x + 46, y + 24, 14, INK)
    to.line([(x - 44, y - 64), (x - 30, y - 10), (x + 40, y - 10), (x + 48, y + 18)], INK, 7)


def locker(to: Canvas, *, after: bool) -> None:
    """The tactile paving: under a parcel locker, or free."""
    to.street()
    to.shape([(430, 430), (530, 430), (660, 720), (300, 720)], "#e0b545")
    for row in range(9):
        y, half = 440 + row * 32, 36 + row * 14
        to.line([(480 - half, y), (480 + half, y)], "#c79a2c", 3)
    x = 720 if after else 330
    to.rect(x, 300, 230 if after else 310, 270, "#3f6f9f", corner=8)
    for row in range(4):
        for column in range(3 if after else 4):
            to.rect(x + 16 + column * 72, 322 + row * 60, 60, 48, "#dfe8ef", corner=3)
            to.disc(x + 66 + column * 72, 346 + row * 60, 4, INK)
    if after:
        to.person(480, 650, "#c0573f")
        to.line([(505, 590), (560, 690)], "#ffffff", 6)


def dogs(to: Canvas, *, after: bool) -> None:
    """The path: stray dogs, or one on a lead beside a box for bags."""
    to.street()
    to.rect(0, 480, 960, 240, "#b9cf9f" if after else "#c9bfa5")
    if after:
        to.rect(720, 380, 12, 220, "#7b858c")
        to.rect(670, 330, 112, 130, "#2f6f5e", corner=10)
        to.disc(726, 395, 26, "#e8f1ec")
        to.person(340, 640, "#3f6f9f")
        to.line([(362, 570), (440, 600), (486, 612)], "#b5483f", 5)
        dog(to, 520, 640, "#c89b63")
        return
    for x, y, coat in ((230, 600, "#8a6a4f"), (480, 660, "#c89b63"), (720, 590, "#55504a")):
        dog(to, x, y, coat)
    to.person(880, 560, "#c0573f")


def dog(to: Canvas, x: float, y: float, coat: str) -> None:
    to.rect(x - 60, y - 56, 110, 42, coat, corner=20)
    to.disc(x - 66, y - 66, 26, coat)
    to.rect(x - 104, y - 66, 36, 18, coat, corner=8)
    to.shape([(x - 70, y - 88), (x - 52, y - 104), (x - 46, y - 76)], coat)
    to.disc(x - 74, y - 70, 4, INK)
    for leg in (-48, -28, 22, 38):
        to.rect(x + leg, y - 22, 12, 40, coat, corner=5)
    to.line([(x + 44, y - 48), (x + 76, y - 84)], coat, 11)

"""Pictures from stairs, cellars, lifts and rooms."""

from __future__ import annotations

from petitions.demo.scenes.canvas import INK, WIDTH, Canvas


def leak(to: Canvas, *, after: bool) -> None:
    """A ceiling that drips into a bucket, or a dry one with a new pipe."""
    x: float
    y: float
    to.room()
    to.rect(0, 0, WIDTH, 90, "#f7f4ee")
    pipe = "#4f8fb0" if after else "#8d7a68"
    to.rect(0, 110, WIDTH, 34, pipe)
    for x in (250, 620):
        to.rect(x, 102, 26, 50, "#37708f" if after else "#6f5d4c", corner=4)
    if after:
        to.rect(380, 240, 220, 200, "#ffffff", corner=6)
        to.line([(440, 345), (480, 385), (550, 290)], "#3f8a5b", 18)
        return
    for x, y, radius in ((430, 70, 150), (560, 110, 120), (340, 130, 90)):
        to.oval(x, y, radius, radius * 0.6, (150, 120, 80, 90))
    for index in range(9):
        x, y = 360 + index * 32, 190 + to.random.uniform(0, 300)
        to.shape([(x, y), (x - 8, y + 22), (x + 8, y + 22)], "#6fa9c8")
        to.disc(x, y + 24, 9, "#6fa9c8")
    to.oval(480, 640, 300, 46, (111, 169, 200, 150))
    to.shape([(410, 540), (550, 540), (530, 650), (430, 650)], "#c0573f")
    to.oval(480, 540, 70, 16, "#8fc0d8")


def clutter(to: Canvas, *, after: bool) -> None:
    """A landing full of boxes, or free."""
    to.room(floor="#bdb6ab")
    for step in range(7):
        to.rect(520 + step * 62, 520 - step * 62, 460, 64, ("#a9a296", "#b9b2a6")[step % 2])
    to.line([(520, 400), (960, -30)], "#6b5b4b", 14)
    to.rect(90, 190, 180, 360, "#8a5a44", corner=4)
    to.disc(250, 380, 9, "#e0c15a")
    to.rect(330, 150, 110, 70, "#2f8f5b", corner=6)
    to.shape([(352, 185), (392, 160), (392, 210)], "#ffffff")
    to.rect(390, 178, 32, 14, "#ffffff")
    if after:
        to.rect(310, 250, 150, 190, "#fdfbf5", corner=4)
        for row in range(6):
            to.rect(330, 280 + row * 24, 110 - row % 3 * 18, 9, "#9aa5ab", corner=3)
        return
    for x, y, width, height, colour in (
        (290, 560, 150, 110, "#c89b63"),
        (310, 470, 120, 92, "#d7b07a"),
        (430, 590, 130, 90, "#b98b55"),
        (120, 600, 150, 90, "#c89b63"),
        (580, 610, 110, 80, "#8d7a68"),
        (330, 400, 84, 72, "#c08f58"),
    ):
        to.rect(x, y, width, height, colour)
        to.rect(x + width * 0.42, y, width * 0.16, height, (255, 255, 255, 70))
    to.line([(600, 612), (660, 470), (720, 612)], "#3f6f9f", 12)


def stair_lamp(to: Canvas, *, after: bool) -> None:
    """A landing at night: dark, or lit by a new lamp."""
    to.room("#e8dfc9" if after else "#39424d", "#b8a98f" if after else "#2c333b")
    shades = ("#b3a68f", "#c4b79f") if after else ("#323a43", "#3b444e")
    for step in range(7):
        to.rect(520 + step * 62, 520 - step * 62, 460, 64, shades[step % 2])
    to.line([(520, 400), (960, -30)], "#6b5b4b" if after else "#242a31", 14)
    to.rect(90, 190, 180, 360, "#8a5a44" if after else "#2a2523", corner=4)
    to.disc(250, 380, 9, "#e0c15a" if after else "#57503a")
    if after:
        to.glow(400, 60, 330, (255, 226, 150))
    to.rect(350, 30, 100, 34, "#fff6d6" if after else "#4c5661", corner=16)
    to.rect(330, 250, 34, 54, "#ffffff" if after else "#4c5661", corner=5)
    to.disc(347, 277, 7, "#49b36b" if after else "#39424d")
    to.person(410, 660, "#c0573f" if after else "#20262d", grey=True)


def lift(to: Canvas, *, after: bool) -> None:
    """The lift's doors: shut off with a barrier, or open with light."""
    to.room(floor="#b7b9bb")
    to.rect(270, 110, 420, 452, "#8b949b")
    if after:
        to.rect(300, 140, 360, 422, "#f6ecd0")
        to.rect(300, 140, 70, 422, "#aab2b8")
        to.rect(590, 140, 70, 422, "#aab2b8")
        to.person(480, 556, "#3f6f9f", grey=True)
    else:
        to.rect(300, 140, 178, 422, "#aab2b8")
        to.rect(482, 140, 178, 422, "#aab2b8")
    to.rect(420, 60, 120, 42, "#22292f", corner=6)
    for index in range(3):
        to.rect(440 + index * 30, 74, 18, 14, "#49d17d" if after else "#d9412f", corner=3)
    to.rect(730, 290, 46, 110, "#d5d9dc", corner=8)
    for y in (322, 366):
        to.disc(753, y, 13, "#f2d58a" if after else "#8b949b")
    if not after:
        to.shape([(480, 240), (560, 380), (400, 380)], "#f0c33c")
        to.rect(474, 285, 12, 50, INK)
        to.disc(480, 354, 8, INK)
        to.cordon(250, 710, 500)


def water_bill(to: Canvas, *, after: bool) -> None:
    """A meter on its pipe: the needle far out, or where it belongs."""
    to.room(floor="#b9b4aa")
    to.rect(0, 380, WIDTH, 52, "#7f8c94")
    for x in (180, 700):
        to.rect(x, 366, 60, 80, "#66727a", corner=6)
    to.disc(480, 400, 180, "#4f6f80")
    to.disc(480, 400, 158, "#fbfaf6")
    to.arc(480, 400, 130, 150, 290, "#5fa063", 18)
    to.arc(480, 400, 130, 290, 390, "#d9412f", 18)
    tip = (400, 315) if after else (592, 352)
    to.line([(480, 400), tip], INK, 10)
    to.disc(480, 400, 16, INK)
    for index in range(5):
        to.rect(400 + index * 34, 460, 28, 38, "#2c3238", corner=3)
        to.rect(408 + index * 34, 468, 12, 22, "#e9efe9" if index < 3 else "#e28a7c")
    if not after:
        for index in range(6):
            x = 230 + index * 9
            to.disc(x, 470 + index * 26, 8, "#6fa9c8")
        to.oval(250, 650, 150, 26, (111, 169, 200, 150))


def elder_support(to: Canvas, *, after: bool) -> None:
    """A spare room, or the same with tables and people."""
    to.room()
    to.rect(90, 110, 230, 210, "#a9cfe0", corner=4)
    to.rect(200, 110, 10, 210, "#ffffff")
    to.rect(90, 208, 230, 10, "#ffffff")
    if not after:
        to.rect(620, 420, 200, 140, "#b9b2a6")
        to.rect(650, 360, 120, 64, "#c89b63")
        for x in (390, 470):
            to.line([(x, 620), (x + 40, 540)], "#8a6a4f", 8)
        to.line([(520, 70), (520, 150)], INK, 4)
        to.disc(520, 165, 20, "#8b949b")
        return
    to.line([(520, 0), (520, 90)], INK, 4)
    to.glow(520, 120, 150, (255, 224, 150))
    to.shape([(460, 120), (580, 120), (550, 84), (490, 84)], "#c0573f")
    to.rect(640, 130, 230, 150, "#fdfbf5", corner=6)
    for row in range(4):
        to.rect(664, 158 + row * 28, 180 - row % 2 * 50, 10, "#c0a06a", corner=4)
    for table, coats in ((300, ("#6d8a76", "#9a6fb0")), (640, ("#c0573f", "#3f6f9f"))):
        for side, coat in zip((-110, 110), coats, strict=True):
            to.person(table + side, 640, coat, seated=True, grey=True)
        to.rect(table - 95, 560, 190, 18, "#8a5a44", corner=6)
        to.rect(table - 8, 578, 16, 90, "#6f4836")
        for index in range(5):
            to.disc(table - 60 + index * 30, 552, 9, "#d9412f" if index % 2 else "#2c3238")


def property_fee(to: Canvas, *, after: bool) -> None:
    """The notice board: blank, or with the accounts on it."""
    to.room()
    to.rect(170, 120, 620, 360, "#7a5b45", corner=8)
    to.rect(190, 140, 580, 320, "#d9c7a7")
    if not after:
        to.rect(260, 190, 130, 170, "#f1ead9")
        to.line([(260, 360), (330, 330), (390, 360)], "#c9b48d", 6)
        to.disc(520, 260, 7, "#8b949b")
        to.disc(660, 320, 7, "#8b949b")
        to.person(480, 690, "#55616b")
        return
    for column, tint in enumerate(("#ffffff", "#fbfaf6", "#ffffff")):
        x = 220 + column * 185
        to.rect(x, 170, 160, 260, tint, corner=3)
        to.disc(x + 80, 178, 7, "#d9412f")
        to.rect(x + 30, 200, 100, 14, "#c0573f", corner=4)
        for row in range(6):
            to.rect(x + 18, 232 + row * 30, 80, 9, "#9aa5ab", corner=3)
            to.rect(x + 112, 232 + row * 30, 30, 9, "#5f9a68", corner=3)
    to.person(330, 690, "#3f6f9f", grey=True)
    to.person(560, 690, "#9a6fb0")

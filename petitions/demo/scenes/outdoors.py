"""Pictures from the yard: roads, lamps, cars, bins, trees, walls."""

from __future__ import annotations

from petitions.demo.scenes.canvas import ASPHALT, HEIGHT, HORIZON, INK, WIDTH, Canvas

LANE = [(330, HORIZON), (630, HORIZON), (960, HEIGHT), (0, HEIGHT)]
CARS = ("#b5483f", "#3f6f9f", "#e8e8e4", "#55616b")


def lamp(to: Canvas, *, after: bool) -> None:
    """A path at night, dark or lit."""
    to.street(night=True)
    to.shape(LANE, "#3a424c" if not after else "#59606a")
    for index, x in enumerate((150, 790, 300, 655)):
        near = index < 2
        height = 330 if near else 200
        foot = 620 if near else 480
        if after:
            to.glow(x, foot - height, 190 if near else 110, (255, 214, 120))
            to.oval(x, foot + 6, 150 if near else 80, 30 if near else 16, (255, 226, 150, 70))
        to.rect(x - 5, foot - height, 10, height, "#20262d" if not after else "#4c545d")
        to.rect(x - 30, foot - height - 14, 60, 18, "#20262d" if not after else "#fff3c4", corner=8)
    to.person(480, 640, "#31404f" if not after else "#c0573f")


def road(to: Canvas, *, after: bool) -> None:
    """The main lane with holes and water, or smooth with fresh lines."""
    x: float
    y: float
    to.street()
    to.shape(LANE, "#83878a" if not after else ASPHALT)
    if after:
        for index in range(5):
            top, size = HORIZON + 20 + index * 58, 6 + index * 3
            to.shape(
                [
                    (480 - size, top),
                    (480 + size, top),
                    (480 + size * 1.4, top + 34),
                    (480 - size * 1.4, top + 34),
                ],
                "#f4efe2",
            )
        to.line([(330, HORIZON), (0, HEIGHT)], "#f4efe2", 7)
        to.line([(630, HORIZON), (960, HEIGHT)], "#f4efe2", 7)
        return
    for x, y, across in ((420, 500, 60), (560, 570, 95), (330, 630, 120), (690, 665, 80)):
        to.oval(x, y, across, across * 0.32, "#5c5f60")
        to.oval(x + 4, y + 4, across * 0.8, across * 0.22, "#8fb3c4")
    for _ in range(26):
        x, y = to.random.uniform(180, 800), to.random.uniform(470, 700)
        to.line([(x, y), (x + to.random.uniform(-40, 40), y + to.random.uniform(6, 22))], "#65696b", 2)


def parking(to: Canvas, *, after: bool) -> None:
    """A fire lane: full of cars, or free behind bollards."""
    to.street()
    to.shape(LANE, ASPHALT)
    for left, right in (((360, HORIZON), (90, HEIGHT)), ((600, HORIZON), (870, HEIGHT))):
        to.line([left, right], "#f0c33c", 8)
    if after:
        for index in range(6):
            down = index / 5
            for x in (345 - 290 * down, 615 + 290 * down):
                size = 5 + 7 * down
                foot = HORIZON + 18 + 230 * down
                to.rect(x - size, foot - size * 9, size * 2, size * 9, "#e2603a", corner=size)
                to.rect(x - size, foot - size * 6, size * 2, size * 1.6, "#ffffff")
        for index in range(4):
            y = 470 + index * 62
            to.line([(440 - index * 34, y), (520 + index * 34, y + 26)], "#f0c33c", 6)
        return
    for index, (x, y, size) in enumerate(
        ((330, 470, 0.7), (610, 500, 0.85), (240, 590, 1.15), (660, 640, 1.3))
    ):
        car(to, x, y, size, CARS[(index + to.variant) % 4])


def car(to: Canvas, x: float, y: float, size: float, colour: str) -> None:
    to.rect(x, y - 48 * size, 190 * size, 52 * size, colour, corner=14 * size)
    to.shape(
        [
            (x + 34 * size, y - 46 * size),
            (x + 60 * size, y - 86 * size),
            (x + 136 * size, y - 86 * size),
            (x + 164 * size, y - 46 * size),
        ],
        colour,
    )
    to.shape(
        [
            (x + 48 * size, y - 48 * size),
            (x + 67 * size, y - 78 * size),
            (x + 129 * size, y - 78 * size),
            (x + 150 * size, y - 48 * size),
        ],
        "#cfe3ec",
    )
    for wheel in (42, 148):
        to.disc(x + wheel * size, y + 2 * size, 20 * size, "#2c3238")
        to.disc(x + wheel * size, y + 2 * size, 9 * size, "#c6cbd0")


def waste(to: Canvas, *, after: bool) -> None:
    """The bins: overflowing, or clean in four colours."""
    x: float
    y: float
    to.street()
    to.rect(150, 330, 660, 250, "#d5cdbf")
    to.rect(130, 312, 700, 26, "#6d8a76" if after else "#8c857a")
    bins = ("#3c7fb1", "#4f9a5f", "#b5483f", "#6b7278") if after else ("#5d6b70",) * 4
    for index, colour in enumerate(bins):
        x = 190 + index * 150
        to.shape([(x, 440), (x + 118, 440), (x + 104, 590), (x + 14, 590)], colour)
        lid = 422 if after else 404
        to.rect(x - 8, lid, 134, 20, colour, corner=6)
        if after:
            to.disc(x + 59, 515, 22, "#ffffff")
            to.disc(x + 59, 515, 13, colour)
        else:
            for dx, radius in ((24, 26), (62, 34), (98, 24)):
                to.disc(x + dx, 416, radius, ("#e7e3da", "#3d4348", "#c9b48d")[(index + dx) % 3])
    if not after:
        for index in range(9):
            x, y = to.random.uniform(120, 820), to.random.uniform(610, 690)
            to.disc(x, y, to.random.uniform(18, 40), ("#3d4348", "#e7e3da", "#b9c7a5")[index % 3])


def greening(to: Canvas, *, after: bool) -> None:
    """A bed in front of the block: bare earth, or hedge and flowers."""
    to.street()
    to.rect(0, 470, WIDTH, 250, "#7fae6d" if after else "#b99b74")
    to.shape([(400, HORIZON), (560, HORIZON), (700, HEIGHT), (260, HEIGHT)], "#d8d2c6")
    for side in (60, 640):
        for index in range(5):
            x = side + index * 58
            if after:
                to.disc(x, 520, 38, "#4f8f55" if index % 2 else "#5fa063")
                for _ in range(4):
                    dot = to.random.choice(("#e86a7a", "#f4c542", "#ffffff"))
                    to.disc(x + to.random.uniform(-34, 34), to.random.uniform(570, 690), 7, dot)
            else:
                for lean in (-18, -6, 8, 20):
                    to.line([(x, 548), (x + lean, 492)], "#8c6f4d", 4)
        to.tree(side + 120, 500, 1.1, bare=not after)


def falling_tiles(to: Canvas, *, after: bool) -> None:
    """A gable: with bare patches and a cordon, or clean."""
    x: float
    y: float
    to.street()
    wall = "#d9b79c" if to.variant % 2 else "#c9cfc6"
    to.rect(220, 60, 520, 520, wall)
    for row in range(20):
        to.line([(220, 60 + row * 26), (740, 60 + row * 26)], (255, 255, 255, 90), 2)
        for column in range(11):
            x = 220 + column * 50 + (row % 2) * 25
            to.line([(x, 60 + row * 26), (x, 86 + row * 26)], (255, 255, 255, 70), 2)
    for row in range(3):
        for column in (0, 1):
            to.rect(270 + column * 310, 110 + row * 140, 100, 76, "#8fb5c6", corner=3)
            to.rect(264 + column * 310, 186 + row * 140, 112, 8, "#ffffff")
    if after:
        to.rect(220, 60, 520, 14, "#b5483f")
        return
    for x, y, size in ((430, 140, 90), (560, 300, 70), (400, 400, 60)):
        points = [(x + to.random.uniform(-0.2, 1.2) * size, y + step / 6 * size) for step in range(7)]
        to.shape([(x, y), *points, (x - size * 0.4, y + size)], "#8e8578")
    for _ in range(16):
        x, y = to.random.uniform(330, 640), to.random.uniform(590, 640)
        to.rect(x, y, to.random.uniform(14, 30), 12, wall)
    to.cordon(180, 780, 600)


def e_bike_charging(to: Canvas, *, after: bool) -> None:
    """Cables out of the windows, or a shed with charging points."""
    x: float
    y: float
    to.street()
    if after:
        to.rect(130, 290, 700, 24, "#2f6f5e")
        to.shape([(110, 292), (850, 292), (820, 250), (140, 250)], "#3f8a75")
        for x in (150, 375, 595, 800):
            to.rect(x, 310, 14, 290, "#7b858c")
        for x in (230, 330, 450, 550, 670, 760):
            to.rect(x - 14, 360, 28, 46, "#f2f2ee", corner=4)
            to.disc(x, 374, 6, "#49b36b")
            to.line([(x, 406), (x - 10, 470), (x + 14, 500)], INK, 3)
    else:
        to.rect(120, 70, 720, 480, "#ddd0bd")
        for row in range(3):
            for column in range(4):
                x, y = 170 + column * 170, 110 + row * 140
                to.rect(x, y, 90, 80, "#8fb5c6", corner=3)
                if (row + column) % 2 == 0:
                    sag = x + 45 + to.random.uniform(-40, 40)
                    to.line([(x + 45, y + 80), (sag, 400), (x + 30, 560)], "#2c3238", 4)
        to.rect(0, 550, WIDTH, 170, "#c9c5bd")
    for index in range(4):
        bike(
            to, 170 + index * 170, 640, ("#c0573f", "#3f6f9f", "#5f9a68", "#d6a23a")[(index + to.variant) % 4]
        )


def bike(to: Canvas, x: float, y: float, colour: str) -> None:
    for wheel in (0, 110):
        to.disc(x + wheel, y, 30, "#2c3238")
        to.disc(x + wheel, y, 17, "#cfd4d8")
    to.line([(x, y), (x + 34, y - 44), (x + 78, y - 44), (x + 110, y)], colour, 14)
    to.rect(x - 10, y - 70, 56, 14, "#2c3238", corner=6)
    to.line([(x + 104, y - 8), (x + 88, y - 96), (x + 66, y - 100)], "#2c3238", 7)
    to.rect(x + 26, y - 40, 40, 34, colour, corner=6)


def other(to: Canvas, *, after: bool) -> None:
    """Exercise machines: roped off, or in use."""
    to.street()
    to.rect(0, 480, WIDTH, 240, "#c86f52" if after else "#b98a76")
    for x in (210, 470, 730):
        lean = 0 if after else to.random.choice((-26, 22))
        to.line([(x - 60, 640), (x - 60 + lean, 440)], "#2f7fa8", 12)
        to.line([(x + 60, 640), (x + 60 + lean, 440)], "#2f7fa8", 12)
        to.line([(x - 60 + lean, 446), (x + 60 + lean, 446)], "#f0c33c", 14)
        to.line([(x + lean * 0.5, 446), (x + lean, 600)], "#55616b", 8)
    if after:
        to.person(290, 650, "#6d8a76", grey=True)
        to.person(640, 650, "#9a6fb0")
    else:
        to.cordon(90, 870, 560)


def noise(to: Canvas, *, after: bool) -> None:
    """The square: a loudspeaker at full blast, or a sign with the hours."""
    to.street()
    to.oval(480, 620, 430, 90, "#d9cbb4")
    if after:
        to.rect(640, 380, 14, 220, "#7b858c")
        to.rect(560, 300, 180, 120, "#2f6f5e", corner=10)
        for row in range(3):
            to.rect(584, 326 + row * 26, 130 - row * 22, 10, "#e8f1ec", corner=4)
        to.rect(190, 560, 60, 80, "#3d4348", corner=6)
        to.disc(220, 605, 18, "#8b949b")
        for x, coat in ((340, "#c0573f"), (430, "#9a6fb0"), (520, "#3f6f9f")):
            to.person(x, 660, coat, grey=x != 430)
        return
    to.rect(380, 400, 200, 260, "#30363b", corner=14)
    for y, radius in ((470, 40), (575, 66)):
        to.disc(480, y, radius, "#8b949b")
        to.disc(480, y, radius * 0.55, "#4b545b")
    for ring in (150, 205, 260, 315):
        to.arc(480, 540, ring, -50, 50, (192, 72, 63, 200), 9)
        to.arc(480, 540, ring, 130, 230, (192, 72, 63, 200), 9)

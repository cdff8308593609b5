"""The pictures of the demonstration, drawn by code when it is made: nothing to download, nobody's rights."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from masthead.cli.demo.canvas import HEIGHT, SCALE, WIDTH, blank, finished, glow, hexed, land, mixed, ridge, sky, words

_W, _H = WIDTH * SCALE, HEIGHT * SCALE


def dusk() -> Image.Image:
    """A ferry on still water, one window lit."""
    image, pen = blank(hexed("#1b2a41"))
    sky(image, [(0, hexed("#22345a")), (0.45, hexed("#7d6b91")), (0.75, hexed("#e39b7b")), (1, hexed("#f6c992"))], bottom=0.6)
    glow(image, 0.7, 0.58, 0.2, hexed("#ffe9b8"), 0.8)
    for step, (seed, base, height) in enumerate([(4, 0.5, 0.05), (11, 0.54, 0.05), (23, 0.575, 0.035)]):
        land(pen, ridge(seed, base, height, 0.5), mixed(hexed("#8d7392"), hexed("#24304f"), step / 2), floor=0.62)
    sky(image, [(0, hexed("#d8957a")), (0.25, hexed("#8a6d8b")), (1, hexed("#17233b"))], top=0.6)
    _ripples(pen, 0.6, hexed("#f3c79b"), hexed("#2a3656"), seed=9)
    _ferry(pen, 0.34, 0.665)
    return finished(image, grain=6)


def dawn() -> Image.Image:
    """Low water, the sun in the gap between two hills."""
    image, pen = blank(hexed("#f4e3c1"))
    sky(image, [(0, hexed("#9cb7c9")), (0.6, hexed("#e8d7c3")), (1, hexed("#fbe7b2"))], bottom=0.55)
    glow(image, 0.57, 0.47, 0.26, hexed("#fff6d8"), 1)
    pen.ellipse(_circle(0.57, 0.47, 0.032), fill=hexed("#fffbe9"))
    for step, (seed, base, height) in enumerate([(31, 0.46, 0.05), (8, 0.5, 0.055), (17, 0.53, 0.04)]):
        land(pen, ridge(seed, base, height, 0.45), mixed(hexed("#a8bccb"), hexed("#3f6179"), step / 2), floor=0.57)
    sky(image, [(0, hexed("#fbe4a6")), (0.35, hexed("#e9bd6b")), (1, hexed("#8a6a3f"))], top=0.56)
    _ripples(pen, 0.56, hexed("#fff3cf"), hexed("#b98a45"), seed=3)
    for seed, base in ((5, 0.68), (6, 0.78), (7, 0.92)):
        _sandbank(pen, seed, base)
    return finished(image, grain=7)


def lighthouse() -> Image.Image:
    """The light at night, and one star too many."""
    image, pen = blank(hexed("#081021"))
    sky(image, [(0, hexed("#060b18")), (0.6, hexed("#10203f")), (1, hexed("#27406b"))], bottom=0.72)
    dice = random.Random(6)  # noqa: S311 - the same stars every time
    for _ in range(420):
        x, y, size = dice.random(), dice.random() ** 1.4 * 0.68, dice.choice([0.7, 0.7, 1, 1, 1.5, 2.2])
        shade = mixed(hexed("#3a4a6b"), hexed("#fff7e0"), dice.random() ** 2)
        pen.ellipse([x * _W - size * SCALE, y * _H - size * SCALE, x * _W + size * SCALE, y * _H + size * SCALE], fill=shade)
    _beam(image)
    pen = ImageDraw.Draw(image)
    sky(image, [(0, hexed("#1d3157")), (1, hexed("#050912"))], top=0.72)
    _ripples(pen, 0.72, hexed("#5f7aa8"), hexed("#0c1730"), seed=14)
    land(pen, lambda x: 1.2 - 0.55 * math.exp(-(((x - 0.16) / 0.17) ** 2)) + 0.012 * math.sin(x * 60), hexed("#03060d"))
    pen.polygon(
        [(0.142 * _W, 0.66 * _H), (0.178 * _W, 0.66 * _H), (0.171 * _W, 0.36 * _H), (0.149 * _W, 0.36 * _H)],
        fill=hexed("#d9d4c7"),
    )
    for at in (0.42, 0.54):
        pen.polygon(
            [(0.147 * _W, at * _H), (0.173 * _W, at * _H), (0.1745 * _W, (at + 0.06) * _H), (0.1455 * _W, (at + 0.06) * _H)],
            fill=hexed("#a3352b"),
        )
    pen.rectangle([0.145 * _W, 0.345 * _H, 0.175 * _W, 0.36 * _H], fill=hexed("#1c222e"))
    pen.rectangle([0.151 * _W, 0.3 * _H, 0.169 * _W, 0.345 * _H], fill=hexed("#fff1b8"))
    pen.polygon([(0.147 * _W, 0.3 * _H), (0.173 * _W, 0.3 * _H), (0.16 * _W, 0.26 * _H)], fill=hexed("#1c222e"))
    glow(image, 0.16, 0.322, 0.06, hexed("#fff4c9"), 0.9)
    return finished(image, grain=4)


def soundings() -> Image.Image:
    """Depth lines of an estuary, from the shore to the Kettle."""
    image, pen = blank(hexed("#efe6d2"))
    shades = [mixed(hexed("#dfe9dd"), hexed("#12395c"), step / 13) for step in range(14)]
    channel = ridge(12, 0.52, 0.2, 0.42)
    for step, shade in enumerate(shades):
        half = 0.46 * (1 - step / 14) ** 1.35
        wobble = ridge(40 + step // 3, 0, 0.02, 0.6)
        steps = 500
        upper = [
            (x / steps * _W, (channel(x / steps) - half * _swell(x / steps) + wobble(x / steps)) * _H) for x in range(steps + 1)
        ]
        lower = [
            (x / steps * _W, (channel(x / steps) + half * _swell(1 - x / steps) + wobble(1 - x / steps)) * _H)
            for x in range(steps, -1, -1)
        ]
        pen.polygon(upper + lower, fill=shade)
        for line in (upper, lower):
            pen.line(line, fill=mixed(shade, hexed("#0b2742"), 0.35), width=SCALE)
    for x, depth in ((0.12, "9"), (0.3, "14"), (0.47, "22"), (0.63, "17"), (0.82, "26")):
        words(pen, x * WIDTH, channel(x) * HEIGHT, depth, 22, hexed("#f5f0e1"))
    return finished(image, grain=8)


def fog() -> Image.Image:
    """Hours of fog by month."""
    hours = (38, 31, 27, 19, 9, 6, 5, 8, 24, 71, 88, 46)
    image, pen = blank(hexed("#f7f4ec"))
    _title(pen, "Hours of fog at the slip", "mean of ten years, by month")
    left, bottom, room = 90, 540, 380
    for mark in (0, 25, 50, 75):
        y = bottom - mark / 100 * room
        pen.line([(left * SCALE, y * SCALE), (1130 * SCALE, y * SCALE)], fill=hexed("#d9d3c4"), width=SCALE)
        words(pen, left - 16, y, str(mark), 20, hexed("#6b675d"), "rm")
    for month, value in enumerate(hours):
        x, top = left + 24 + month * 86, bottom - value / 100 * room
        shade = mixed(hexed("#b9c8d3"), hexed("#2f5673"), value / 88)
        pen.rounded_rectangle([x * SCALE, top * SCALE, (x + 54) * SCALE, bottom * SCALE], radius=6 * SCALE, fill=shade)
        words(pen, x + 27, top - 18, str(value), 20, hexed("#2b3a45"))
        words(pen, x + 27, bottom + 26, "JFMAMJJASOND"[month], 22, hexed("#46433c"))
    return finished(image)


def passengers() -> Image.Image:
    """Passengers a year: counted by the machine, and by the pebbles."""
    years = {
        2019: (29, 41),
        2020: (9, 12),
        2021: (17, 24),
        2022: (25, 35),
        2023: (29, 42),
        2024: (33, 48),
        2025: (38, 55),
        2026: (43, 63),
    }
    image, pen = blank(hexed("#fbf7ef"))
    _title(pen, "Passengers a year, in thousands", "pale: the machine at the bow · dark: the pebbles")
    left, bottom, room = 90, 540, 390
    for mark in (0, 20, 40, 60):
        y = bottom - mark / 70 * room
        pen.line([(left * SCALE, y * SCALE), (1130 * SCALE, y * SCALE)], fill=hexed("#e0d8c6"), width=SCALE)
        words(pen, left - 16, y, str(mark), 20, hexed("#6b675d"), "rm")
    for place, (year, (machine, pebbles)) in enumerate(years.items()):
        x = left + 30 + place * 130
        for shift, value, shade in ((0, machine, "#d9b99b"), (40, pebbles, "#8c3b2a")):
            top = bottom - value / 70 * room
            box = [(x + shift) * SCALE, top * SCALE, (x + shift + 34) * SCALE, bottom * SCALE]
            pen.rounded_rectangle(box, radius=5 * SCALE, fill=hexed(shade))
        words(pen, x + 57, bottom - pebbles / 70 * room - 18, str(pebbles), 20, hexed("#5a2318"))
        words(pen, x + 37, bottom + 26, str(year), 20, hexed("#46433c"))
    return finished(image)


def rings() -> Image.Image:
    """The end of a cut shaft."""
    image, pen = blank(hexed("#2b2320"))
    dice = random.Random(2)  # noqa: S311 - the same rings every time
    radius, shade = 0.62, 0.0
    while radius > 0.02:
        colour = mixed(hexed("#e8d3ae"), hexed("#7a3a1e"), abs(math.sin(shade)))
        pen.ellipse(_circle(0.5, 0.5, radius), fill=colour)
        radius -= dice.uniform(0.006, 0.02)
        shade += dice.uniform(0.2, 0.7)
    pen.ellipse(_circle(0.5, 0.5, 0.075), fill=hexed("#2b2320"))
    middle = [
        (0.5 * _W - 0.022 * _W, 0.5 * _H - 0.037 * _W),
        (0.5 * _W - 0.022 * _W, 0.5 * _H + 0.037 * _W),
        (0.5 * _W + 0.04 * _W, 0.5 * _H),
    ]
    pen.polygon(middle, fill=hexed("#f7efdc"))
    return finished(image, grain=9)


def tiles() -> Image.Image:
    """Eight-pointed stars in turquoise, with seeds of pomegranate."""
    image, pen = blank(hexed("#0f4c5c"))
    size = 210 * SCALE
    shades = ["#1b6f7a", "#2a9d8f", "#17616b", "#3fb0ac"]
    for row in range(-1, 5):
        for column in range(-1, 7):
            x, y = column * size + size / 2, row * size + size / 2 - 15 * SCALE
            shade = hexed(shades[(row * 3 + column) % 4])
            _star(pen, x, y, size * 0.5, shade)
            _star(pen, x, y, size * 0.36, hexed("#f3e9d2"))
            _star(pen, x, y, size * 0.3, hexed("#0d3b57"))
            _seeds(pen, x, y, size)
            pen.regular_polygon((x + size / 2, y + size / 2, size * 0.13), 4, rotation=45, fill=hexed("#e9c46a"))
            pen.regular_polygon((x + size / 2, y + size / 2, size * 0.085), 4, rotation=45, fill=hexed("#0f4c5c"))
    return finished(image, grain=6)


def _circle(x: float, y: float, radius: float) -> list[float]:
    return [x * _W - radius * _W, y * _H - radius * _W, x * _W + radius * _W, y * _H + radius * _W]


def _ripples(pen: ImageDraw.ImageDraw, top: float, light: tuple[int, int, int], dark: tuple[int, int, int], *, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same water every time
    for _ in range(420):
        depth = dice.random() ** 1.6
        y = (top + 0.01 + depth * (0.99 - top)) * _H
        half = (6 + 90 * depth * dice.random()) * SCALE
        x = dice.gauss(0.62, 0.28) * _W
        shade = mixed(light, dark, min(1, depth * 0.9 + abs(x / _W - 0.62)))
        pen.line([(x - half, y), (x + half, y)], fill=shade, width=max(1, round(SCALE * (0.6 + depth))))


def _ferry(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    left, water, unit = x * _W, y * _H, 0.012 * _W
    dark = hexed("#141b2c")
    pen.polygon(
        [(left - unit, water - 2 * unit), (left + 15 * unit, water - 2 * unit), (left + 13.6 * unit, water), (left, water)],
        fill=dark,
    )
    pen.rectangle([left + 3 * unit, water - 4.4 * unit, left + 11 * unit, water - 2 * unit], fill=hexed("#26304a"))
    pen.rectangle([left + 8.2 * unit, water - 6.2 * unit, left + 10.4 * unit, water - 4.4 * unit], fill=hexed("#26304a"))
    pen.rectangle([left + 4.6 * unit, water - 8 * unit, left + 5.5 * unit, water - 4.4 * unit], fill=dark)
    pen.line([(left + 12.6 * unit, water - 2 * unit), (left + 12.6 * unit, water - 8.5 * unit)], fill=dark, width=2 * SCALE)
    pen.rectangle([left + 8.6 * unit, water - 5.8 * unit, left + 10 * unit, water - 4.9 * unit], fill=hexed("#ffd98a"))
    for step in range(7):
        half = (1.2 + step * 0.5) * unit
        at = water + (0.7 + step * 0.75) * unit
        pen.line(
            [(left + 9.3 * unit - half, at), (left + 9.3 * unit + half, at)],
            fill=mixed(hexed("#ffd98a"), hexed("#4a4767"), step / 7),
            width=2 * SCALE,
        )


def _sandbank(pen: ImageDraw.ImageDraw, seed: int, base: float) -> None:
    shape, dice = ridge(seed, 0, 0.02, 0.6), random.Random(seed)  # noqa: S311 - the same sand every time
    start, end = sorted((dice.uniform(-0.1, 0.45), dice.uniform(0.6, 1.1)))
    steps = 200
    spread = [start + (end - start) * step / steps for step in range(steps + 1)]
    bulge = [math.sin(math.pi * step / steps) ** 0.6 for step in range(steps + 1)]
    upper = [(x * _W, (base - 0.016 * b + shape(x) * b) * _H) for x, b in zip(spread, bulge, strict=True)]
    lower = [(x * _W, (base + 0.03 * b + shape(1 - x) * b) * _H) for x, b in zip(spread, bulge, strict=True)]
    pen.polygon(upper + lower[::-1], fill=mixed(hexed("#6d5233"), hexed("#4b3a2a"), base - 0.6))


def _beam(image: Image.Image) -> None:
    light = Image.new("L", image.size, 0)
    pen = ImageDraw.Draw(light)
    x, y = 0.16 * _W, 0.322 * _H
    for step in range(60):
        spread = 0.004 + 0.13 * (1 - step / 60)
        pen.polygon([(x, y), (_W, y - spread * _W - 0.06 * _H), (_W, y + spread * 0.5 * _W)], fill=2 + step * 2)
    image.paste(Image.new("RGB", image.size, hexed("#fff3c4")), (0, 0), light)


def _swell(x: float) -> float:
    return 0.62 + 0.5 * math.sin(math.pi * min(1, x * 1.1 + 0.1)) ** 2


def _title(pen: ImageDraw.ImageDraw, title: str, below: str) -> None:
    words(pen, 74, 56, title, 34, hexed("#22211e"), "lm")
    words(pen, 74, 96, below, 21, hexed("#6b675d"), "lm")


def _star(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
    for turn in (0, 45):
        pen.regular_polygon((x, y, radius), 4, rotation=turn, fill=colour)


def _seeds(pen: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    for ring, count in ((0.0, 1), (0.075, 6), (0.145, 11)):
        for step in range(count):
            angle = math.tau * step / count
            cx, cy, r = x + math.cos(angle) * ring * size, y + math.sin(angle) * ring * size, 0.03 * size
            pen.ellipse([cx - r, cy - r, cx + r, cy + r], fill=hexed("#c1121f"))
            pen.ellipse([cx - r * 0.5, cy - r * 0.6, cx, cy - r * 0.1], fill=hexed("#f28482"))

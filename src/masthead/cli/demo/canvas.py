"""A canvas for the drawings: twice the size while drawing, so that edges are smooth, and a few strokes that all of them use."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1200, 630
SCALE = 2


def hexed(code: str) -> Colour:
    """The colour that "#1d4e89" names."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` (0 to 1) of `second`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def blank(paper: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty sheet and a pen for it, in drawing size."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), paper)
    return image, ImageDraw.Draw(image)


def finished(image: Image.Image, *, grain: int = 0, seed: int = 1) -> Image.Image:
    """The sheet in its final size, with the grain of paper if wanted."""
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    if not grain:
        return small
    noise = Image.frombytes("L", (WIDTH, HEIGHT), random.Random(seed).randbytes(WIDTH * HEIGHT))  # noqa: S311 - no secret
    soft = noise.filter(ImageFilter.GaussianBlur(0.8)).convert("RGB")
    return Image.blend(small, soft, grain / 255)


def sky(image: Image.Image, stops: Sequence[tuple[float, Colour]], *, top: float = 0, bottom: float = 1) -> None:
    """Fill a band of the sheet with colours that run into one another; places are shares of the height."""
    pen = ImageDraw.Draw(image)
    first, last = round(top * HEIGHT * SCALE), round(bottom * HEIGHT * SCALE)
    for y in range(first, last):
        at = (y - first) / max(1, last - first - 1)
        below = next((index for index, (place, _) in enumerate(stops) if place >= at), len(stops) - 1)
        above = max(0, below - 1)
        (start, colour), (end, next_colour) = stops[above], stops[below]
        share = 0 if end == start else (at - start) / (end - start)
        pen.line([(0, y), (WIDTH * SCALE, y)], fill=mixed(colour, next_colour, share))


def glow(image: Image.Image, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """Light around a point; all in shares of the sheet's width."""
    size = round(radius * WIDTH * SCALE)
    light = (
        Image.radial_gradient("L").resize((size * 2, size * 2)).point(lambda value: round(max(0, 255 - value * 1.42) * strength))
    )
    place = (round(x * WIDTH * SCALE) - size, round(y * HEIGHT * SCALE) - size)
    image.paste(Image.new("RGB", light.size, colour), place, light)


def ridge(seed: int, base: float, height: float, roughness: float) -> Callable[[float], float]:
    """The line of a range of hills: share of the width → share of the height."""
    dice = random.Random(seed)  # noqa: S311 - the same hills every time
    waves = [(dice.uniform(0.6, 1.4) * 2**k, dice.uniform(0, math.tau), roughness**k) for k in range(6)]
    weight = sum(share for _, _, share in waves)
    return lambda x: base - height * sum(math.sin(x * math.tau * f + p) * a for f, p, a in waves) / weight


def land(pen: ImageDraw.ImageDraw, line: Callable[[float], float], colour: Colour, *, floor: float = 1) -> None:
    """Everything between a line and the floor."""
    steps = 400
    points = [(x / steps * WIDTH * SCALE, line(x / steps) * HEIGHT * SCALE) for x in range(steps + 1)]
    pen.polygon([*points, (WIDTH * SCALE, floor * HEIGHT * SCALE), (0, floor * HEIGHT * SCALE)], fill=colour)


def words(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, colour: Colour, anchor: str = "mm") -> None:
    """A line of lettering; place in pixels of the final size."""
    font = ImageFont.load_default(size * SCALE)
    pen.text((x * SCALE, y * SCALE), text, font=font, fill=colour, anchor=anchor)

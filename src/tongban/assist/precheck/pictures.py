"""Pictures before they are read: opened within bounds, made of one size, and their red ink found."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tongban.assist.model import Box

Pixels = NDArray[np.uint8]
"""Rows, columns, red-green-blue."""

MAX_PIXELS: Final = 80_000_000
SIDE: Final = 2_000
"""The longer side of a picture that is read, in pixels: A4 at 170 dpi, enough for print of 8 points."""
_COLUMNS: Final = 100
_SHARE: Final = 0.06
"""Share of a cell that is red from which on it counts as stamped."""


def open_picture(data: bytes) -> Image.Image:
    """The picture upright and of bounded size. Raises ValueError for a bomb, OSError for what is no picture."""
    with Image.open(io.BytesIO(data)) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (SIDE * 2, SIDE * 2))
        upright = ImageOps.exif_transpose(opened)
        if upright.mode in ("RGBA", "LA", "PA", "P"):
            # What is transparent shows the page under it.
            paper = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(paper, upright.convert("RGBA"))
        plain = upright.convert("RGB")
        plain.thumbnail((SIDE, SIDE))
        return plain


def is_red(pixels: Pixels) -> NDArray[np.bool_]:
    """Where the ink is red as a stamp is: much more red than green and blue, and neither orange nor brown."""
    wide = pixels.astype(np.int16)
    red, green, blue = wide[..., 0], wide[..., 1], wide[..., 2]
    strong = (red > 110) & (green * 100 < red * 66) & (blue * 100 < red * 66)
    return strong & (np.abs(green - blue) * 100 < red * 26)


def red_places(pixels: Pixels) -> tuple[Box, ...]:
    """Places with red ink, cut into cells of a hundredth of the width; neighbours in a row are one box."""
    rows, columns = pixels.shape[:2]
    cell = max(columns // _COLUMNS, 4)
    down, across = rows // cell, columns // cell
    if not down or not across:
        return ()
    red: Any = is_red(pixels[: down * cell, : across * cell])
    share: Any = red.reshape(down, cell, across, cell).mean(axis=(1, 3)) > _SHARE
    places: list[Box] = []
    for y in np.flatnonzero(share.any(axis=1)).tolist():
        edges = np.flatnonzero(np.diff(np.concatenate(([0], share[y].astype(np.int8), [0]))))
        for left, right in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            places.append(Box(left * cell / columns, y * cell / rows, right * cell / columns, (y + 1) * cell / rows))
    return tuple(places)


def red_channel(pixels: Pixels) -> Pixels:
    """The picture as red light sees it: red stamps fade, black ink stays."""
    return np.repeat(pixels[..., :1], 3, axis=2)

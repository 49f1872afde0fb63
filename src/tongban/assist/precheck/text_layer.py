"""The text layer of a PDF, as far as an eye sees it too.

A PDF can hold words that nobody sees: white on white, beside the page, under a picture, in invisible mode. Each
character counts only if there is ink where it says it stands, and a line that something was laid upon is marked. PDFium
runs without JavaScript and forms (ISO 32000-1 §12.6.4.16), and nothing is fetched or followed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec
import numpy as np
import pypdfium2.raw
from PIL import Image

from tongban.assist.model import Box
from tongban.assist.precheck.model import Line, Sheet
from tongban.assist.precheck.pictures import Pixels, red_places

raw: Any = pypdfium2.raw
"""PDFium's binding ships no types."""
MAX_CHARS: Final = 20_000
"""Characters of a page that are looked at; no form of the state has a tenth of it."""
SIDE: Final = 1_400
"""The longer side of the picture that ink is looked for in, in pixels."""
_MIN_SEEN: Final = 12
"""With fewer characters to be seen, a page is a picture."""
_INK: Final = 40
"""Least difference between the darkest and the lightest point under a character, of 255."""
_INVISIBLE: Final = frozenset({3, 7})
"""Text rendering modes of ISO 32000-1 table 106 that paint nothing."""
_SMALLEST: Final = 3.5
"""Points. Smaller print is not read by people."""


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    left: float
    top: float
    right: float
    bottom: float
    object: int
    start: float = 0.0
    end: float = 0.0
    """From where to where its room on the line goes, blank around the ink included."""


@dataclass(frozen=True, slots=True)
class _Cover:
    """A picture or a filled shape, and how many objects had been painted when it was."""

    left: float
    top: float
    right: float
    bottom: float
    order: int
    picture: bool


def draw(page: Any, side: int = SIDE) -> Image.Image:
    """The page as a picture whose longer side has `side` pixels, however large the page says it is."""
    width, height = page.get_size()
    scale = side / max(width, height, 1.0)
    picture = page.render(scale=max(scale, 1e-4), may_draw_forms=False, rev_byteorder=False).to_pil()
    return cast("Image.Image", picture).convert("RGB")


def read_page(page: Any, number: int) -> tuple[Sheet | None, Image.Image]:
    """What the page's text layer says and shows; None where the page is a picture. `number` counts from 0."""
    picture = draw(page)
    pixels = np.asarray(picture)
    width, height = page.get_size()
    order, covers = _painted(page)
    chars = [char for char in _chars(page, height, order) if _seen(char, pixels)]
    if sum(not char.text.isspace() for char in chars) < _MIN_SEEN:
        return None, picture
    aspect = width / max(height, 1.0)
    lines = tuple(_line(run, number, covers, order, aspect) for run in _runs(chars, aspect))
    return Sheet(lines=_apart(lines), source="text", red=red_places(pixels)), picture


def _chars(page: Any, height: float, order: dict[int, tuple[int, bool]]) -> Iterator[_Char]:
    text_page = page.get_textpage()
    matrix = _to_shown(page)
    try:
        for index in range(min(text_page.count_chars(), MAX_CHARS)):
            code = raw.FPDFText_GetUnicode(text_page, index)
            text = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
            if raw.FPDFText_IsGenerated(text_page, index) or text in "\r\n":
                yield _Char("\n" if text in "\r\n" else " ", 0, 0, 0, 0, 0)
                continue
            item = raw.FPDFText_GetTextObject(text_page, index)
            key = ctypes.addressof(item.contents) if item else 0
            if not order.get(key, (0, True))[1]:
                continue
            left, bottom, right, top = text_page.get_charbox(index)
            a, b = matrix(left, top), matrix(right, bottom)
            box = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
            tall = (box[3] - box[1]) * height
            if text.isspace() or (tall >= _SMALLEST * _thin(text) and _inside(box)):
                start, end = _room(text_page, index, matrix)
                yield _Char(text, *box, key, start, end)
    finally:
        text_page.close()


def _room(text_page: Any, index: int, matrix: Callable[[float, float], tuple[float, float]]) -> tuple[float, float]:
    left, bottom, right, top = text_page.get_charbox(index, loose=True)
    a, b = matrix(left, top), matrix(right, bottom)
    return min(a[0], b[0]), max(a[0], b[0])


def _thin(text: str) -> float:
    """A dash or a dot is low without being small print."""
    return 1.0 if text.isalnum() and text not in "一" else 0.05


def _inside(box: tuple[float, float, float, float]) -> bool:
    return -0.001 <= box[0] <= box[2] <= 1.001 and -0.001 <= box[1] <= box[3] <= 1.001


def _to_shown(page: Any) -> Callable[[float, float], tuple[float, float]]:
    """From points of the PDF to shares of the page as it is shown, rotation and crop box included."""

    def at(x: float, y: float) -> tuple[float, float]:
        column, row = ctypes.c_int(), ctypes.c_int()
        size = 100_000
        raw.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, ctypes.byref(column), ctypes.byref(row))
        return column.value / size, row.value / size

    return at


def _painted(page: Any) -> tuple[dict[int, tuple[int, bool]], list[_Cover]]:
    """The order in which text objects are painted and whether they paint at all; pictures and shapes on the page."""
    order: dict[int, tuple[int, bool]] = {}
    covers: list[_Cover] = []
    at = _to_shown(page)
    for count, item in enumerate(page.get_objects(max_depth=4)):
        if count > MAX_CHARS:
            break
        if item.type == raw.FPDF_PAGEOBJ_TEXT:
            mode = raw.FPDFTextObj_GetTextRenderMode(item.raw)
            order[ctypes.addressof(item.raw.contents)] = (count, mode not in _INVISIBLE)
        elif item.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            picture = item.type != raw.FPDF_PAGEOBJ_PATH
            if not picture and not _filled(item):
                continue
            left, bottom, right, top = item.get_bounds()
            a, b = at(left, top), at(right, bottom)
            covers.append(_Cover(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]), count, picture))
    return order, covers


def _filled(item: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item.raw, ctypes.byref(mode), ctypes.byref(stroke))
    return mode.value != raw.FPDF_FILLMODE_NONE


def _seen(char: _Char, pixels: Pixels) -> bool:
    """Whether there is ink where the character says it is."""
    if char.text.isspace():
        return True
    rows, columns = pixels.shape[:2]
    top, bottom = int(char.top * rows), max(int(char.bottom * rows) + 1, int(char.top * rows) + 2)
    left, right = int(char.left * columns), max(int(char.right * columns) + 1, int(char.left * columns) + 2)
    part = pixels[max(top, 0) : bottom, max(left, 0) : right]
    return part.size > 0 and int(np.ptp(part.reshape(-1, 3), axis=0).max()) >= _INK


def _runs(chars: Sequence[_Char], aspect: float) -> Iterator[list[_Char]]:
    """Characters that stand beside one another, without a wide gap between them."""
    run: list[_Char] = []
    blank = False
    for char in chars:
        if char.text == "\n":
            if run:
                yield run
            run, blank = [], False
        elif char.text.isspace():
            blank = bool(run)
        else:
            if run and not _beside(run[-1], char, aspect):
                yield run
                run, blank = [], False
            if blank:
                last = run[-1]
                run.append(_Char(" ", last.right, last.top, char.left, last.bottom, last.object, last.end, char.start))
                blank = False
            run.append(char)
    if run:
        yield run


def _beside(one: _Char, two: _Char, aspect: float) -> bool:
    tall = max(one.bottom - one.top, two.bottom - two.top, 0.004)
    gap = (two.left - one.right) * aspect
    level = abs((one.top + one.bottom) - (two.top + two.bottom)) / 2
    return -0.6 * tall <= gap <= 1.3 * tall and level <= 0.6 * tall


def _line(
    run: Sequence[_Char], number: int, covers: Sequence[_Cover], order: dict[int, tuple[int, bool]], aspect: float
) -> Line:
    box = Box(
        min(char.left for char in run),
        min(char.top for char in run),
        max(char.right for char in run),
        max(char.bottom for char in run),
    )
    painted = max(order.get(char.object, (0, True))[0] for char in run)
    middle = (box.top + box.bottom) / 2
    return Line(
        text="".join(char.text for char in run),
        page=number,
        box=box,
        start=middle,
        end=middle,
        height=box.bottom - box.top,
        em=(box.bottom - box.top) / max(aspect, 1e-6),
        edges=(*(round(char.start, 5) for char in run), round(run[-1].end, 5)),
        overlaid=any(_covers(cover, box, painted) for cover in covers),
    )


def _covers(cover: _Cover, box: Box, painted: int) -> bool:
    """A picture anywhere under or over the words may show other words; a shape hides only what was painted before."""
    over = cover.left < box.right and box.left < cover.right and cover.top < box.bottom and box.top < cover.bottom
    return over and (cover.picture or cover.order > painted)


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines printed twice in one place (a bold of the poor) count once; different words in one place are marked."""
    kept: list[Line] = []
    for line in lines:
        twin = next((n for n, other in enumerate(kept) if _same_place(line.box, other.box)), None)
        if twin is None:
            kept.append(line)
        elif kept[twin].text != line.text:
            kept[twin] = _marked(kept[twin])
            kept.append(_marked(line))
    return tuple(kept)


def _marked(line: Line) -> Line:
    return msgspec.structs.replace(line, overlaid=True)


def _same_place(one: Box, two: Box) -> bool:
    tallest, lowest = sorted((one.bottom - one.top, two.bottom - two.top), reverse=True)
    if tallest > 2 * lowest:
        return False  # a watermark behind the words
    wide = min(one.right, two.right) - max(one.left, two.left)
    tall = min(one.bottom, two.bottom) - max(one.top, two.top)
    if wide <= 0 or tall <= 0:
        return False
    smaller = min((one.right - one.left) * (one.bottom - one.top), (two.right - two.left) * (two.bottom - two.top))
    return wide * tall > 0.5 * smaller

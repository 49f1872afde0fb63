"""Uploads as pictures an official can look at without opening the file: nothing of the file itself reaches a browser.

Every page is drawn here and sent as a PNG of our own making, so no script, link, font or metadata of an upload
survives. The originals are offered only for saving. Drawing is bounded in pages and pixels, and done one at a time
because PDFium is not thread-safe.
"""

import asyncio
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pypdfium2
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from tongban.assist.model import Box
from tongban.base.errors import Refused, refuse

MAX_PAGES = 60
"""Pages that can be looked at; longer files are saved and read elsewhere."""
FULL, SMALL = 1_400, 360
"""The longer side of a picture, in pixels."""
CLOSE, CLOSE_WIDTH = 2_400, 1_000
"""The longer side of the page that a close-up is cut from, and the width of what is sent, in pixels."""
_RED = "#b1241b"
MAX_IMAGE_PIXELS = 80_000_000
PDF = "application/pdf"
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})

_pdfium = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sheets:
    """How many pages a file has, and how many of them can be shown."""

    pages: int
    shown: int


async def sheets(media_type: str, data: bytes) -> Sheets:
    """The pages of a file; none for a kind that cannot be shown. Raises Refused (`file-damaged`, 422)."""
    if media_type in IMAGES:
        return Sheets(1, 1)
    if media_type != PDF:
        return Sheets(0, 0)
    count = await asyncio.to_thread(_count, data)
    return Sheets(count, min(count, MAX_PAGES))


async def picture(media_type: str, data: bytes, page: int, *, small: bool = False) -> bytes:
    """One page (from 1) as a PNG. Raises Refused (`no-such-page` 404, `file-damaged` 422)."""
    if page < 1 or page > (MAX_PAGES if media_type == PDF else 1) or media_type not in {PDF, *IMAGES}:
        raise _no_page()
    side = SMALL if small else FULL
    if media_type == PDF:
        return await asyncio.to_thread(_draw_pdf, data, page, side)
    return await asyncio.to_thread(_draw_image, data, side)


async def close_up(media_type: str, data: bytes, page: int, stretch: Box, marks: Sequence[Box]) -> bytes:
    """The part of a page (from 1) around a stretch of it, with places framed in red, as a PNG. Raises as `picture`."""
    whole = await asyncio.to_thread(_whole, media_type, data, page)
    return await asyncio.to_thread(_framed, whole, stretch, marks)


def _whole(media_type: str, data: bytes, page: int) -> Image.Image:
    if page < 1 or page > (MAX_PAGES if media_type == PDF else 1) or media_type not in {PDF, *IMAGES}:
        raise _no_page()
    png = _draw_pdf(data, page, CLOSE) if media_type == PDF else _draw_image(data, CLOSE)
    return Image.open(io.BytesIO(png)).convert("RGB")


def _framed(whole: Image.Image, stretch: Box, marks: Sequence[Box]) -> bytes:
    width, height = whole.size
    tall = (stretch.bottom - stretch.top) * height
    pen = ImageDraw.Draw(whole)
    thick = max(round(tall * 0.09), 3)
    for mark in marks:
        room = thick
        corners = (
            mark.left * width - room,
            mark.top * height - room,
            mark.right * width + room,
            mark.bottom * height + room,
        )
        pen.rounded_rectangle(corners, radius=thick * 2, outline=_RED, width=thick)
    across = min(max((stretch.right - stretch.left) * width * 1.9, tall * 22, 60), width)
    left = min(max((stretch.left + stretch.right) / 2 * width - across * 0.55, 0), width - across)
    down = min(across * 0.445, height)
    top = min(max((stretch.top + stretch.bottom) / 2 * height - down / 2, 0), height - down)
    part = whole.crop((round(left), round(top), round(left + across), round(top + down)))
    out = io.BytesIO()
    part.resize((CLOSE_WIDTH, max(round(CLOSE_WIDTH * part.height / part.width), 1))).save(out, "PNG")
    return out.getvalue()


def _count(data: bytes) -> int:
    with _pdfium:
        try:
            with pypdfium2.PdfDocument(data) as document:
                return len(document)
        except pypdfium2.PdfiumError as error:
            raise _damaged() from error


def _draw_pdf(data: bytes, page: int, side: int) -> bytes:
    with _pdfium:
        try:
            with pypdfium2.PdfDocument(data) as document:
                if page > len(document):
                    raise _no_page()
                sheet = document[page - 1]
                width, height = sheet.get_size()
                # A page of any size becomes a picture of one size: a metre-wide page is no bomb.
                scale = side / max(width, height, 1)
                if width * scale < 1 or height * scale < 1:
                    raise _damaged()
                # PDFium's binding ships no types.
                image = cast("Image.Image", cast("Any", sheet).render(scale=scale, may_draw_forms=False).to_pil())
        except pypdfium2.PdfiumError as error:
            raise _damaged() from error
    return _png(image, side)


def _draw_image(data: bytes, side: int) -> bytes:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > MAX_IMAGE_PIXELS:
                raise _damaged()
            opened.draft("RGB", (side * 2, side * 2))
            image = ImageOps.exif_transpose(opened)
            return _png(image, side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _damaged() from error


def _png(image: Image.Image, side: int) -> bytes:
    plain = image.convert("RGB")
    plain.thumbnail((side, side))
    out = io.BytesIO()
    plain.save(out, "PNG")
    return out.getvalue()


def _damaged() -> Refused:
    return refuse("file-damaged", "这个文件画不出来，请保存后查看", "This file cannot be shown; save it to look at it")


def _no_page() -> Refused:
    return refuse("no-such-page", "没有这一页", "There is no such page", status=404)

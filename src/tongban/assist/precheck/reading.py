"""From a file to its lines, within bounds: what cannot be read is said, never raised.

Runs in a process of its own (`worker`): a file that makes a parser fall over takes nobody along.
"""

from __future__ import annotations

from typing import Any, Final

import pypdfium2
from PIL import Image, UnidentifiedImageError

from tongban.assist.precheck import ocr
from tongban.assist.precheck.model import Reading, Sheet, Unread
from tongban.assist.precheck.pictures import open_picture
from tongban.assist.precheck.text_layer import draw, read_page

PDF: Final = "application/pdf"
IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PAGES: Final = 6
"""Pages of a text layer that are read; what a form wants stands at the front."""
MAX_PICTURES: Final = 3
"""Pages that are read as pictures: each takes seconds."""
_FORM_SIDE: Final = 2_000


def read(data: bytes, media_type: str) -> Reading:
    """The file as read. Never raises for what is in it."""
    if len(data) > MAX_BYTES:
        return Reading(pages=0, unread=Unread.TOO_LARGE)
    try:
        if media_type in IMAGES:
            return _picture(data)
        if media_type == PDF:
            return _pdf(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return Reading(pages=0, unread=Unread.TOO_LARGE)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, pypdfium2.PdfiumError):
        return Reading(pages=0, unread=Unread.DAMAGED)
    return Reading(pages=0, unread=Unread.KIND)


def _picture(data: bytes) -> Reading:
    try:
        picture = open_picture(data)
    except ValueError:
        return Reading(pages=0, unread=Unread.TOO_LARGE)
    if not ocr.available():
        return Reading(pages=1, unread=Unread.NO_OCR)
    sheet = ocr.read_picture(picture, 0)
    return Reading(pages=1, sheets=(sheet,), unread=None if sheet.lines else Unread.EMPTY)


def _pdf(data: bytes) -> Reading:
    # PDFium's binding ships no types.
    try:
        document: Any = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        return Reading(pages=0, unread=Unread.LOCKED if locked else Unread.DAMAGED)
    try:
        pages = len(document)
        sheets: list[Sheet] = []
        pictures = 0
        unread: Unread | None = Unread.MORE_PAGES if pages > MAX_PAGES else None
        for number in range(min(pages, MAX_PAGES)):
            page = document[number]
            sheet, _ = read_page(page, number)
            if sheet is None and not ocr.available():
                unread = unread or Unread.NO_OCR
            elif sheet is None and pictures == MAX_PICTURES:
                unread = Unread.MORE_PAGES
            elif sheet is None:
                pictures += 1
                sheet = ocr.read_picture(draw(page, _FORM_SIDE), number)
            sheets.append(sheet or Sheet(lines=(), source="nothing"))
            page.close()
        if unread is None and not any(sheet.lines for sheet in sheets):
            unread = Unread.EMPTY
        return Reading(pages=pages, sheets=tuple(sheets), unread=unread)
    finally:
        document.close()

"""Papers for the demonstration's cases, drawn when they are needed: a plain sheet with its title and 演示 on it.

No font file is needed: Chinese is Adobe's STSong-Light, which whoever draws the PDF supplies (ISO 32000-1 §9.7.5.2).
The same sheet always has the same bytes.
"""

import io
from collections.abc import Sequence
from typing import Any, cast

import pypdfium2
from PIL import Image
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

_SONG = "STSong-Light"
_LEFT, _LINE = 48, 26
"""Margin and height of a line, in points."""


def paper(name: str, lines: Sequence[str]) -> bytes:
    """A sheet called `name` (its extension says the kind: pdf or jpg) with these lines under its title."""
    title, _, extension = name.rpartition(".")
    sheet = _pdf(title, lines)
    return sheet if extension == "pdf" else _photo(sheet)


def _pdf(title: str, lines: Sequence[str]) -> bytes:
    if _SONG not in pdfmetrics.getRegisteredFontNames():
        cast("Any", pdfmetrics).registerFont(UnicodeCIDFont(_SONG))
    out = io.BytesIO()
    canvas = cast("Any", Canvas(out, pagesize=A5, invariant=1))
    width, height = A5
    canvas.setTitle(title)
    canvas.setFillGray(0.9)
    canvas.setFont(_SONG, 96)
    canvas.drawCentredString(width / 2, height / 2 - 60, "演示")
    canvas.setFillGray(0.1)
    canvas.setFont(_SONG, 20)
    canvas.drawCentredString(width / 2, height - 84, title)
    canvas.setLineWidth(1)
    canvas.line(_LEFT, height - 100, width - _LEFT, height - 100)
    canvas.setFont(_SONG, 12)
    for n, line in enumerate(lines, start=1):
        canvas.drawString(_LEFT, height - 106 - n * _LINE, line)
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(width / 2, 40, "DEMO - an invented paper of an invented person")
    canvas.save()
    return out.getvalue()


def _photo(sheet: bytes) -> bytes:
    """The sheet as a phone would have it: on a table, a little askew."""
    with pypdfium2.PdfDocument(sheet) as document:
        # PDFium's binding ships no types.
        page = cast("Image.Image", cast("Any", document[0]).render(scale=1.3).to_pil()).convert("RGB")
    table = Image.new("RGB", (page.width + 90, page.height + 90), "#c9b998")
    askew = page.convert("RGBA").rotate(1.4, Image.Resampling.BILINEAR, expand=True)
    table.paste(askew, (38, 34), askew)
    out = io.BytesIO()
    table.save(out, "JPEG", quality=70)
    return out.getvalue()

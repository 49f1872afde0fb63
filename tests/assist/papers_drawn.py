"""PDFs made for tests: words at places, in colours and modes, with what may be laid over them."""

import io
from collections.abc import Callable, Sequence
from typing import Any, cast

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SONG = "STSong-Light"
LEASE = (
    "房屋租赁合同",
    "出租方：赵志强",
    "承租方：王小满",
    "承租方身份证号：99022119900616128X",
    "房屋坐落：岚江市清源区柳溪街18号2栋301室",
    "月租金：1800元",
    "租期自2026年1月8日起，租期一年",
)
"""A lease that agrees with `DECLARED`."""
DECLARED = {
    "full_name": "王小满",
    "id_number": "99022119900616128X",
    "lives_at": "岚江市清源区柳溪街18号2栋301室",
}


def pdf(draw: Callable[[Any], None], pages: int = 1) -> bytes:
    """A PDF of A4 pages, each drawn by the same function on reportlab's canvas."""
    if SONG not in pdfmetrics.getRegisteredFontNames():
        cast("Any", pdfmetrics).registerFont(UnicodeCIDFont(SONG))
    out = io.BytesIO()
    canvas = cast("Any", Canvas(out, pagesize=A4, invariant=1))
    for _ in range(pages):
        canvas.setFont(SONG, 14)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(said: Sequence[str], top: float = 760.0, left: float = 80.0) -> Callable[[Any], None]:
    """Lines under one another."""

    def draw(canvas: Any) -> None:
        for n, line in enumerate(said):
            canvas.drawString(left, top - 40 * n, line)

    return draw


def written(*said: str) -> bytes:
    """A PDF with these lines."""
    return pdf(lines(said))


def lease(**changed: str) -> bytes:
    """The lease with lines changed, each named by its label."""
    return written(*(next((new for label, new in changed.items() if line.startswith(label)), line) for line in LEASE))

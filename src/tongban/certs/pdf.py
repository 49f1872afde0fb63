"""The certificate on A4 paper. The text is real text, the QR code is drawn as vectors, and no font file is needed:
Chinese uses Adobe's STSong-Light, which PDF readers supply themselves (ISO 32000-1 §9.7.5.2).

Characters outside the Basic Multilingual Plane (rare names) are not in that encoding; they are printed as their
code point, e.g. 〔U+2CB4E〕, because a blank in a name would be worse. The signed record holds the character itself.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tongban.base.i18n import Lang, Text
from tongban.base.keys import KeyRing
from tongban.certs.model import Certificate, CertificateRecord, Exercised, Law, digest
from tongban.certs.pades import sign_pdf
from tongban.certs.sign import copy_time
from tongban.certs.statuslist import StatusPlace

SONG, ROMAN = "STSong-Light", "Times-Roman"
INK, INK2, BRAND, SEAL, LINE = (HexColor(c) for c in ("#16202C", "#3F4B57", "#0B4A91", "#B1241B", "#B8C4D2"))
WIDTH, HEIGHT = A4
LEFT, RIGHT = 28 * mm, WIDTH - 28 * mm
LABEL = 44 * mm
ROOM = RIGHT - LEFT - LABEL
FOOT = 66 * mm

_WORDS: dict[str, Text] = {
    "kind": Text("电子证照", "Electronic certificate"),
    "holder": Text("持证人", "Holder"),
    "number": Text("证件号码", "Identity number"),
    "valid": Text("有效期", "Valid"),
    "law": Text("依据", "Legal basis"),
    "issuer": Text("颁发机构", "Issued by"),
    "exercised": Text("办理机关", "Handled by"),
    "uscc": Text("统一社会信用代码", "Credit code"),
    "issued": Text("颁发日期", "Date of issue"),
    "id": Text("证照标识", "Certificate number"),
    "case": Text("办件号", "Case"),
    "scan": Text("扫左边的码联网验真", "Scan the left code to verify online"),
    "offline": Text(
        "右边的码不用网络也能验：用 tongban verify 读它的照片。",
        "The right code is verified without a network: tongban verify reads a picture of it.",
    ),
    "trust": Text(
        "本证照以电子签名为准。用原文件验证：在“验证”页面上传本文件，或运行 tongban verify。",
        "The electronic signature counts. To verify, upload this file on the Verify page or run tongban verify.",
    ),
    "demo": Text("演示，不具有法律效力", "Demonstration only, without legal effect"),
    "watermark": Text("演示", "DEMO"),
}


def verify_link(public_url: str, record: CertificateRecord) -> str:
    """What the QR code holds: where to verify, which certificate, and a digest of what it says."""
    return f"{public_url.rstrip('/')}/verify?{urlencode({'c': record.id, 'h': digest(record)})}"


def render_pdf(
    certificate: Certificate,
    lang: Lang,
    *,
    public_url: str,
    ring: KeyRing,
    now: datetime,
    status: StatusPlace | None = None,
) -> bytes:
    """A4, nearly always one page; the certificate inside, signed over every byte (PAdES), so it verifies by itself.

    `status` is where its status is published: the code for checking offline says so.
    """
    from tongban.certs.compactcwt import code_text, to_cwt  # CBOR comes with the first page that needs it

    record = certificate.record
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1, lang="zh-CN" if lang == "zh" else "en", invariant=1)
    canvas.setTitle(f"{record.name[lang]} {record.id}")
    canvas.setAuthor(record.issuer.name[lang])
    canvas.setCreator("Tongban 通办")
    code = code_text(to_cwt(record, ring, status=status, at=copy_time(record, ring, now)))
    _Page(canvas, record, lang).draw(verify_link(public_url, record), code)
    canvas.showPage()
    canvas.save()
    return sign_pdf(buffer.getvalue(), certificate, ring, now, code)


def day(value: date | None, lang: Lang) -> str:
    """A date as it stands on a certificate; no end date reads 长期."""
    if value is None:
        return Text("长期", "no end date")[lang]
    return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else value.isoformat()


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of one font each: Latin in Times, everything else in Song."""
    shown = "".join(f"〔U+{ord(c):X}〕" if ord(c) > 0xFFFF else c for c in text)
    for latin, characters in groupby(shown, key=lambda c: ord(c) < 0x2000):
        yield (ROMAN if latin else SONG), "".join(characters)


def _width(text: str, size: float) -> float:
    return sum(pdfmetrics.stringWidth(piece, font, size) for font, piece in _runs(text))


def _lines(text: str, size: float, room: float) -> Iterator[str]:
    """Broken to a width: between Chinese characters, at spaces in English, inside a word only if it must."""
    line = ""
    for character in text:
        if _width(line + character, size) <= room:
            line += character
            continue
        head, space, word = line.rpartition(" ")
        if space and character.isascii() and not character.isspace() and word.isascii():
            yield head
            line = word + character
        else:
            yield line.rstrip()
            line = character.lstrip()
    yield line


class _Page:
    """Draws downwards from the top; `y` is the baseline of the line last written, in points from the bottom."""

    def __init__(self, canvas: Canvas, record: CertificateRecord, lang: Lang) -> None:
        if SONG not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(SONG))
        self.canvas: Any = canvas
        self.record = record
        self.lang: Lang = lang
        self.y = HEIGHT - 46 * mm

    def word(self, key: str) -> str:
        return _WORDS[key][self.lang]

    def text(self, x: float, y: float, text: str, size: float, colour: Color = INK, weight: float = 0) -> float:
        """Writes one line; gives the x after it. `weight` thickens the strokes, since Song has one weight."""
        for font, piece in _runs(text):
            writing = self.canvas.beginText(x, y)
            writing.setFont(font, size)
            writing.setFillColor(colour)
            writing.setStrokeColor(colour)
            self.canvas.setLineWidth(weight)
            writing.setTextRenderMode(2 if weight else 0)
            writing.textOut(piece)
            writing.setTextRenderMode(0)
            self.canvas.drawText(writing)
            x += pdfmetrics.stringWidth(piece, font, size)
        return x

    def centred(self, y: float, text: str, size: float, colour: Color = INK, weight: float = 0) -> None:
        self.text((WIDTH - _width(text, size)) / 2, y, text, size, colour, weight)

    def draw(self, link: str, code: str) -> None:
        self.sheet()
        self.heading()
        self.fields()
        self.foot(link, code)

    def sheet(self) -> None:
        self.frame()
        if self.record.demo:
            self.watermark()

    def frame(self) -> None:
        self.canvas.setStrokeColor(BRAND)
        for inset, weight in ((12 * mm, 1.6), (14 * mm, 0.5)):
            self.canvas.setLineWidth(weight)
            self.canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)

    def watermark(self) -> None:
        self.canvas.saveState()
        self.canvas.setFillColor(INK)
        self.canvas.setFillAlpha(0.06)
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(35)
        self.canvas.setFont(SONG, 110)
        for dy in (-250, 0, 250):
            self.canvas.drawCentredString(0, dy - 40, self.word("watermark"))
        self.canvas.restoreState()

    def heading(self) -> None:
        self.centred(HEIGHT - 30 * mm, self.record.issuer.name[self.lang], 13, INK2)
        for line in _lines(self.record.name[self.lang], 32, RIGHT - LEFT):
            self.centred(self.y, line, 32, BRAND, 0.7)
            self.y -= 13 * mm
        self.centred(self.y + 3 * mm, self.word("kind"), 11, INK2)
        if self.record.demo:
            self.centred(self.y - 4 * mm, self.word("demo"), 11, SEAL)
        self.y -= 18 * mm

    def fields(self) -> None:
        record, lang = self.record, self.lang
        until = f"{day(record.valid_from, lang)} — {day(record.valid_until, lang)}"
        rows = [(self.word("holder"), record.holder.name), (self.word("number"), record.holder.number)]
        rows += [(line.label[lang], line.value[lang]) for line in record.shows]
        rows.append((self.word("valid"), until))
        rows += [(self.word("law"), _law(law, lang)) for law in record.law[:3]]
        rows.append((self.word("issuer"), record.issuer.name[lang]))
        rows.append((self.word("uscc"), record.issuer.uscc))
        if isinstance(record.exercised, Exercised):
            rows.append((self.word("exercised"), f"{record.exercised.name[lang]}  {record.exercised.words[lang]}"))
        rows.append((self.word("issued"), day(record.issued_at.date(), lang)))
        lines = sum(len(list(_lines(value, 12.5, ROOM))) for _, value in rows)
        # Much on the face is set smaller; more than a page holds goes on to the next.
        size, gap = (12.5, 9 * mm) if lines <= 14 else (10, 5.6 * mm)
        for label, value in rows:
            self.row(label, value, size, gap)

    def row(self, label: str, value: str, size: float, gap: float) -> None:
        lines = list(_lines(value, size, ROOM))
        if self.y - len(lines) * size * 1.35 < FOOT:
            self.canvas.showPage()
            self.sheet()
            self.y = HEIGHT - 30 * mm
        self.text(LEFT, self.y, label, size, INK2)
        for line in lines:
            self.text(LEFT + LABEL, self.y, line, size)
            self.y -= size * 1.35
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(LEFT, self.y + size * 0.75, RIGHT, self.y + size * 0.75)
        self.y -= gap - size * 0.95

    def foot(self, link: str, code: str) -> None:
        side, bottom, gap = 34 * mm, 26 * mm, 5 * mm
        self.square(segno.make(link, error="m", micro=False), LEFT, bottom, side)
        self.canvas.linkURL(link, (LEFT, bottom, LEFT + side, bottom + side), relative=0)
        self.square(segno.make(code, error="m", micro=False), RIGHT - side, bottom, side)
        x, y, room = LEFT + side + gap, bottom + side - 4 * mm, RIGHT - LEFT - 2 * (side + gap)
        for line in _lines(self.word("scan"), 11, room):
            self.text(x, y, line, 11, BRAND, 0.3)
            y -= 5.4 * mm
        for text in (self.word("offline"), f"{self.word('case')}  {self.record.case}", self.word("trust")):
            for line in _lines(text, 8, room):
                self.text(x, y, line, 8, INK2)
                y -= 3.9 * mm
        number = f"{self.word('id')}  {self.record.id}"
        size = min(9, 9 * (RIGHT - LEFT) / _width(number, 9))
        self.text(LEFT, bottom - 6 * mm, number, size, INK2)

    def square(self, code: segno.QRCode, left: float, bottom: float, side: float) -> None:
        """A QR code as filled squares, the quiet zone left to the page around it."""
        modules = [list(row) for row in code.matrix_iter(border=0)]
        unit = side / len(modules)
        self.canvas.setFillColor(INK)
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:
                    # A hair of overlap: readers otherwise draw seams between modules.
                    x, y = left + column * unit, bottom + side - (row + 1) * unit
                    self.canvas.rect(x, y, unit + 0.05, unit + 0.05, stroke=0, fill=1)


def _law(law: Law, lang: Lang) -> str:
    number = Text(f"（{law.no}）", f" ({law.no})") if law.no else Text("", "")
    return law.cite[lang] + number[lang]

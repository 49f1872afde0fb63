"""Papers drawn for measuring: invented people and places, every value known, in the states that papers arrive in.

Rendered documents are easier than real scans: no handwriting, no worn paper. Figures from them say so wherever they are
shown. Needs a Chinese font on the machine (Debian: fonts-noto-cjk); the same seed draws the same set.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tongban.assist.model import Box
from tongban.base.ids import id_number_check, uscc_check
from tongban.catalog.paper import Paper, PaperKind

PAGE: Final = (1240, 1754)
"""A4 at 150 dpi; what is empty at the foot is cut off."""
FONTS: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
)
"""Where Debian and its relatives keep them; index 2 of the collection is simplified Chinese."""
_SONG: Final = "STSong-Light"


class State(StrEnum):
    """In what state the paper arrives."""

    TEXT = "text"
    """An electronic file with its words in it."""
    CLEAN = "clean"
    SCAN = "scan"
    PHONE = "phone"
    STAMPED = "stamped"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One file (PDF, PNG or JPEG) with what stands on it; `stamped` are the fields that a stamp lies on."""

    paper: str
    state: State
    data: bytes
    media_type: str
    truth: dict[str, str]
    stamped: frozenset[str] = frozenset()


def fonts() -> tuple[Path, ...]:
    """The fonts that are there."""
    return tuple(path for path in FONTS if path.is_file())


def draw(paper: Paper, state: State, seed: int) -> Drawn:
    """One paper of this kind. Raises ValueError where there is no Chinese font, except for `text`, which needs none."""
    if state is State.TEXT:
        truth = values(paper, seed)
        return Drawn(paper.paper, state, _pdf(paper, truth), "application/pdf", truth)
    found = fonts()
    if not found:
        raise ValueError("no Chinese font")
    truth = values(paper, seed)
    chance = random.Random(f"{paper.paper} {seed} {state}")  # noqa: S311 - a test set, not a secret
    page, places = _page(paper, truth, found[seed % len(found)], seed % 3, chance)
    stamped = frozenset[str]()
    if state is State.STAMPED:
        stamped = _stamp(page, places, chance)
    shown = _STATES[state](page, chance)
    out = io.BytesIO()
    jpeg = state is State.PHONE
    shown.save(out, "JPEG" if jpeg else "PNG", **({"quality": 45} if jpeg else {}))
    return Drawn(paper.paper, state, out.getvalue(), "image/jpeg" if jpeg else "image/png", truth, stamped)


def values(paper: Paper, seed: int) -> dict[str, str]:
    """Invented values for the fields of a paper."""
    chance = random.Random(f"{paper.paper} {seed}")  # noqa: S311 - a test set, not a secret
    return {name: _VALUES[spec.kind](chance) for name, spec in paper.fields.items()}


# --- values -----------------------------------------------------------------------------------------------------------

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英志建国晓雯雨彤思源海潮"
_STREETS = ("柳溪街", "文昌街", "东河路", "工业路", "北岸路", "河埠巷", "健康路", "公交路", "物流园一路", "观澜大道")
_TRADES = ("精密制造", "新材料", "物流", "餐饮管理", "建筑劳务", "书刊", "工程咨询", "水产")


def _name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))


def _number(chance: random.Random) -> str:
    first = (
        f"99010{chance.randint(1, 9)}{chance.randint(1950, 2015)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    )
    first += f"{chance.randint(0, 999):03}"
    return first + id_number_check(first)


def _uscc(chance: random.Random) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    first = "9" + chance.choice("123") + "990101MA" + "".join(chance.choice(letters) for _ in range(7))
    return first + uscc_check(first)


def _date(chance: random.Random) -> str:
    year, month, day = chance.randint(1990, 2026), chance.randint(1, 12), chance.randint(1, 28)
    return chance.choice(
        (f"{year}年{month}月{day}日", f"{year}年{month:02}月{day:02}日", f"{year}-{month:02}-{day:02}")
    )


def _money(chance: random.Random) -> str:
    amount = chance.randint(8, 900) * 100
    return chance.choice((f"{amount}元", f"人民币{amount:,}元", f"{amount / 10000:g}万元"))


def _address(chance: random.Random) -> str:
    where = f"岚江市{chance.choice(('清源区', '云岫区'))}{chance.choice(_STREETS)}{chance.randint(1, 199)}号"
    return where + chance.choice(
        (
            "",
            f"{chance.randint(1, 28)}栋{chance.randint(101, 2804)}室",
            f"{chance.randint(1, 6)}单元{chance.randint(101, 902)}",
        )
    )


def _text(chance: random.Random) -> str:
    return f"岚江{_name(chance)[1:]}{chance.choice(_TRADES)}有限公司"


def _account(chance: random.Random) -> str:
    return "9900" + "".join(str(chance.randint(0, 9)) for _ in range(15))


_VALUES: dict[PaperKind, Callable[[random.Random], str]] = {
    PaperKind.TEXT: _text,
    PaperKind.NAME: _name,
    PaperKind.ID_NUMBER: _number,
    PaperKind.USCC: _uscc,
    PaperKind.DATE: _date,
    PaperKind.MONEY: _money,
    PaperKind.ADDRESS: _address,
    PaperKind.ACCOUNT: _account,
}


# --- the electronic file ---------------------------------------------------------------------------------------------


def _pdf(paper: Paper, truth: dict[str, str]) -> bytes:
    if _SONG not in pdfmetrics.getRegisteredFontNames():
        cast("Any", pdfmetrics).registerFont(UnicodeCIDFont(_SONG))
    out = io.BytesIO()
    canvas = cast("Any", Canvas(out, pagesize=A4, invariant=1))
    canvas.setFont(_SONG, 20)
    canvas.drawCentredString(A4[0] / 2, 780, paper.titles[0])
    canvas.setFont(_SONG, 13)
    for n, (name, spec) in enumerate(paper.fields.items()):
        canvas.drawString(70, 720 - 40 * n, f"{spec.labels[0]}：{truth[name]}")
    canvas.save()
    return out.getvalue()


# --- the page ---------------------------------------------------------------------------------------------------------

Places = dict[str, Box]
"""By field, in pixels."""


def _page(
    paper: Paper, truth: dict[str, str], font: Path, style: int, chance: random.Random
) -> tuple[Image.Image, Places]:
    page = Image.new("RGB", PAGE, "white")
    pen = ImageDraw.Draw(page)
    big, plain = ImageFont.truetype(font, 46, index=2), ImageFont.truetype(font, 27, index=2)
    pen.text((PAGE[0] / 2, 150), paper.titles[0], font=big, fill="#111", anchor="mm")
    rows = [(spec.labels[0], truth[name], name) for name, spec in paper.fields.items()]
    extra = [(label, chance.choice(("——", "无", "见附页")), "") for label in paper.stops[:3]]
    rows = rows[:2] + extra[:1] + rows[2:] + extra[1:]
    places: Places = {}
    y = 260
    for label, value, name in rows:
        y = _STYLES[style](pen, plain, y, label, value, places, name)
    pen.text((110, y + 40), "演示样张，人物和地址都是虚构的", font=plain, fill="#555")
    return page.crop((0, 0, PAGE[0], y + 120)), places


def _write(pen: ImageDraw.ImageDraw, font: Any, x: float, y: float, text: str, places: Places, name: str) -> None:
    pen.text((x, y), text, font=font, fill="#111")
    if name:
        left, top, right, bottom = pen.textbbox((x, y), text, font=font)
        old = places.get(name, Box(left, top, right, bottom))
        places[name] = Box(min(old.left, left), min(old.top, top), max(old.right, right), max(old.bottom, bottom))


def _line(pen: ImageDraw.ImageDraw, font: Any, y: int, label: str, value: str, places: Places, name: str) -> int:
    head = f"{label}："
    pen.text((120, y), head, font=font, fill="#111")
    _write(pen, font, 120 + pen.textlength(head, font=font), y, value, places, name)
    return y + 76


def _cell(pen: ImageDraw.ImageDraw, font: Any, y: int, label: str, value: str, places: Places, name: str) -> int:
    """A row of a table; a long value goes on in a second line of its cell."""
    first, second = (value[:16], value[16:]) if len(value) > 20 else (value, "")
    tall = 120 if second else 78
    pen.rectangle((110, y, 1130, y + tall), outline="#333", width=2)
    pen.line((430, y, 430, y + tall), fill="#333", width=2)
    spaced = "  ".join(label) if len(label) == 2 else label
    pen.text((132, y + 20), spaced, font=font, fill="#111")
    _write(pen, font, 452, y + 20, first, places, name)
    if second:
        _write(pen, font, 452, y + 66, second, places, name)
    return y + tall


def _spaced(pen: ImageDraw.ImageDraw, font: Any, y: int, label: str, value: str, places: Places, name: str) -> int:
    """A label and its value with only a gap between them, as on cards."""
    pen.text((150, y), label, font=font, fill="#444")
    _write(pen, font, 150 + pen.textlength(label, font=font) + 46, y, value, places, name)
    return y + 84


_STYLES = (_line, _cell, _spaced)


def _stamp(page: Image.Image, places: Places, chance: random.Random) -> frozenset[str]:
    """A round stamp over one of the values; which fields it lies on."""
    target = places[chance.choice(sorted(places))]
    middle = ((target.left + target.right) / 2, (target.top + target.bottom) / 2)
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    ink, radius = (205, 32, 36, 200), 135
    pen.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), outline=ink, width=9)
    star = [
        (middle[0] + r * math.sin(n * math.pi / 5), middle[1] - r * math.cos(n * math.pi / 5))
        for n in range(10)
        for r in ((44,) if n % 2 == 0 else (17,))
    ]
    pen.polygon(star, fill=ink)
    font = ImageFont.truetype(fonts()[0], 30, index=2)
    for n, letter in enumerate("岚江市演示专用章"):
        angle = math.radians(-105 + n * 30)
        at = (middle[0] + 100 * math.sin(angle), middle[1] - 100 * math.cos(angle))
        pen.text(at, letter, font=font, fill=ink, anchor="mm")
    page.paste(Image.alpha_composite(page.convert("RGBA"), layer).convert("RGB"))
    painted = np.asarray(layer)[..., 3] > 0
    return frozenset(
        name
        for name, box in places.items()
        if painted[int(box.top) : int(box.bottom) + 1, int(box.left) : int(box.right) + 1].any()
    )


# --- states -----------------------------------------------------------------------------------------------------------


def _clean(page: Image.Image, chance: random.Random) -> Image.Image:
    del chance
    return page


def _scan(page: Image.Image, chance: random.Random) -> Image.Image:
    turned = page.rotate(chance.choice((-1.2, 1.2)), Image.Resampling.BICUBIC, fillcolor="white")
    noise = np.random.default_rng(chance.randint(0, 10**6)).normal(0, 12, (*turned.size[::-1], 1))
    return Image.fromarray(np.clip(np.asarray(turned) + noise, 0, 255).astype(np.uint8))


def _phone(page: Image.Image, chance: random.Random) -> Image.Image:
    """From a little aside, in uneven light, slightly blurred."""
    width, height = page.size
    table = Image.new("RGB", (width + 200, height + 200), "#a9a49a")
    table.paste(page, (100, 100))
    w, h = table.size
    push = chance.randint(30, 60)
    corners = ((push, 20), (w - 10, push), (w - push, h - 15), (15, h - push))
    bent = table.transform(
        (w, h), Image.Transform.PERSPECTIVE, _perspective(corners, w, h), Image.Resampling.BICUBIC, fillcolor="#a9a49a"
    )
    light = np.linspace(0.62, 1.05, w)[None, :, None] * np.linspace(1.0, 0.85, h)[:, None, None]
    lit = Image.fromarray(np.clip(np.asarray(bent) * light, 0, 255).astype(np.uint8))
    return lit.filter(ImageFilter.GaussianBlur(0.9))


def _perspective(corners: Sequence[tuple[float, float]], width: int, height: int) -> list[float]:
    """The eight numbers by which Pillow bends a page so that its corners come to lie there."""
    rows: list[list[float]] = []
    wanted: list[float] = []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return cast("list[float]", np.linalg.solve(np.array(rows), np.array(wanted)).tolist())


_STATES: dict[State, Callable[[Image.Image, random.Random], Image.Image]] = {
    State.CLEAN: _clean,
    State.SCAN: _scan,
    State.PHONE: _phone,
    State.STAMPED: _clean,
}

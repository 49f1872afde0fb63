"""Parts of the desk that stand alone: pictures of distrusted files, two readings side by side, time at a glance."""

import io
from datetime import datetime, timedelta

import pytest
from desk_people import PDF
from PIL import Image

from tongban.base.clock import ZONE
from tongban.base.errors import Refused
from tongban.web.desk.previews import FULL, SMALL, picture, sheets
from tongban.web.desk.timebar import heat, left
from tongban.web.desk.values import compare, same

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)


def drawn(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image


async def test_a_photo_reaches_the_browser_without_where_and_when_it_was_taken() -> None:
    photo = Image.new("RGB", (3000, 2000), "#888")
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    exif[0x0112] = 6
    kept = io.BytesIO()
    photo.save(kept, "JPEG", exif=exif)
    assert b"SECRET-PLACE" in kept.getvalue()
    png = await picture("image/jpeg", kept.getvalue(), 1)
    assert b"SECRET-PLACE" not in png
    assert drawn(png).size[1] == FULL, "turned upright, and bounded"


@pytest.mark.parametrize("box", ["0 0 300 200", "0 0 200000 200000", "0 0 3 2"])
async def test_a_page_of_any_size_becomes_a_picture_of_bounded_size(box: str) -> None:
    data = PDF.replace(b"0 0 300 200", box.encode())
    assert (await sheets("application/pdf", data)).pages == 1
    assert max(drawn(await picture("application/pdf", data, 1, small=True)).size) <= SMALL


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/pdf", b"%PDF-1.7 nothing"),
        ("application/pdf", PDF.replace(b"0 0 300 200", b"0 0 900000 1")),
        ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("image/jpeg", b"\xff\xd8\xff"),
    ],
)
async def test_a_damaged_file_is_said_to_be_damaged(kind: str, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        await picture(kind, data, 1)
    assert refused.value.code == "file-damaged"


@pytest.mark.parametrize(
    ("kind", "page"), [("application/pdf", 0), ("application/pdf", 2), ("image/png", 2), ("application/ofd", 1)]
)
async def test_there_is_no_page_beyond_the_last(kind: str, page: int) -> None:
    with pytest.raises(Refused) as refused:
        await picture(kind, PDF, page)
    assert refused.value.status == 404


def test_a_number_differs_whole() -> None:
    pair = compare("河埠巷8号2单元", "河埠巷18号2单元")
    assert [(p.text, p.differs) for p in pair.left] == [("河埠巷", False), ("8", True), ("号2单元", False)]
    assert [p.text for p in pair.right if p.differs] == ["18"]


@pytest.mark.parametrize(
    ("left_", "right", "agrees"),
    [
        ("王 小明", "王小明", True),
        ("１８号", "18号", True),
        ("ABC", "abc", True),
        ("8号", "18号", False),
        ("", "无", False),
    ],
)
def test_spaces_and_width_are_no_difference(left_: str, right: str, agrees: bool) -> None:
    assert same(left_, right) is agrees


@pytest.mark.parametrize(
    ("span", "says", "presses"),
    [
        (timedelta(hours=4, minutes=35), "剩4小时35分", "hot"),
        (timedelta(minutes=7), "剩7分钟", "hot"),
        (timedelta(days=1, hours=3), "剩1天3小时", "warm"),
        (timedelta(days=9), "剩9天", "calm"),
        (timedelta(days=-2), "逾期2天", "hot"),
    ],
)
def test_time_is_said_at_a_glance(span: timedelta, says: str, presses: str) -> None:
    assert (left(NOW + span, NOW).zh, heat(NOW + span, NOW)) == (says, presses)

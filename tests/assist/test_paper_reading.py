"""What is read of a PDF is what an eye sees on it, with its place; what nobody sees is not there."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.assist.papers_drawn import DECLARED, LEASE, SONG, lease, lines, pdf, written

from tongban.assist.precheck.compare import check
from tongban.assist.precheck.fields import extract
from tongban.assist.precheck.model import Checked, Doubt, Extracted, Outcome, Unread
from tongban.assist.precheck.reading import PDF, read
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.installation import open_catalogue

ADDRESS = "房屋坐落：岚江市清源区柳溪街18号2栋301室"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return open_catalogue(tmp_path_factory.mktemp("none"))


def extracted(catalogue: Catalogue, data: bytes) -> Extracted:
    return extract(read(data, PDF), catalogue.papers(), "doc-1")


def outcomes(catalogue: Catalogue, data: bytes, **declared: Any) -> dict[str, Checked]:
    found = check(catalogue, "residence-permit", "lease", extracted(catalogue, data), DECLARED | declared, {})
    return {one.field: one for one in found}


def test_a_lease_that_agrees_agrees(catalogue: Catalogue) -> None:
    found = outcomes(catalogue, lease())
    assert {name: one.outcome for name, one in found.items()} == {
        "address": Outcome.AGREES,
        "tenant": Outcome.AGREES,
        "tenant_number": Outcome.AGREES,
    }


def test_house_number_8_is_not_18_and_is_shown_where_it_stands(catalogue: Catalogue) -> None:
    address = outcomes(catalogue, lease(房屋坐落=ADDRESS.replace("18号", "8号")))["address"]
    assert (address.outcome, address.text) == (Outcome.DIFFERS, "岚江市清源区柳溪街8号2栋301室")
    (part,) = address.parts
    assert part.page == 0 and 0.1 < part.box.left < part.box.right < 0.7 and 0.27 < part.box.top < part.box.bottom < 0.3


def test_fields_of_a_table_and_lines_that_go_on_are_put_together(catalogue: Catalogue) -> None:
    def draw(canvas: Any) -> None:
        canvas.drawString(240, 790, "房屋租赁合同")
        for n, (label, value) in enumerate(
            (("承 租 方", "王小满"), ("房屋坐落", "岚江市清源区柳溪街"), ("月租金", "1800元"))
        ):
            canvas.rect(70, 730 - 60 * n, 120, 60)
            canvas.rect(190, 730 - 60 * n, 300, 60)
            canvas.drawString(80, 765 - 60 * n, label)
            canvas.drawString(200, 765 - 60 * n, value)
        canvas.drawString(200, 685, "18号2栋301室")

    found = outcomes(catalogue, pdf(draw))
    assert found["address"].text == "岚江市清源区柳溪街18号2栋301室" and len(found["address"].parts) == 2
    assert found["address"].outcome is found["tenant"].outcome is Outcome.AGREES


def test_running_text_is_read_up_to_its_ending(catalogue: Catalogue) -> None:
    said = (*LEASE[:4], "出租方将坐落于岚江市清源区柳溪街18号2栋301室的房屋出租给承租方使用，双方签字。")
    assert outcomes(catalogue, written(*said))["address"].outcome is Outcome.AGREES


def test_a_value_that_may_go_on_elsewhere_is_looked_at_by_a_person(catalogue: Catalogue) -> None:
    """岚江市清源区柳溪街18号 with 职业 glued to it may be a longer address cut short."""
    data = written("房屋租赁合同", "承租方：王小满", "房屋坐落：岚江市清源区柳溪街18号押金条")
    assert outcomes(catalogue, data, lives_at="岚江市清源区柳溪街18号")["address"].outcome is Outcome.LOOK


@pytest.mark.parametrize("grey", [1.0, 0.97])
def test_white_words_do_not_count(catalogue: Catalogue, grey: float) -> None:
    def draw(canvas: Any) -> None:
        lines([line for line in LEASE if "坐落" not in line])(canvas)
        canvas.setFillGray(grey)
        canvas.drawString(80, 400, ADDRESS)

    assert outcomes(catalogue, pdf(draw))["address"].doubts == (Doubt.NOT_FOUND,)


def test_a_white_digit_in_a_number_does_not_count(catalogue: Catalogue) -> None:
    """What shows 8号 and says 18号 is read as it shows."""

    def draw(canvas: Any) -> None:
        lines([line for line in LEASE if "坐落" not in line])(canvas)
        head, tail = "房屋坐落：岚江市清源区柳溪街", "8号2栋301室"
        canvas.drawString(80, 400, head)
        place = 80 + canvas.stringWidth(head, SONG, 14)
        canvas.setFillGray(1)
        canvas.drawString(place, 400, "1")
        canvas.setFillGray(0)
        canvas.drawString(place + canvas.stringWidth("1", SONG, 14), 400, tail)

    assert outcomes(catalogue, pdf(draw))["address"].outcome is not Outcome.AGREES


def test_invisible_words_and_words_beside_the_page_do_not_count(catalogue: Catalogue) -> None:
    def draw(canvas: Any) -> None:
        lines([line for line in LEASE if "坐落" not in line])(canvas)
        canvas.drawString(700, 400, ADDRESS)
        text = canvas.beginText(80, 400)
        text.setTextRenderMode(3)
        text.textOut(ADDRESS)
        canvas.drawText(text)

    assert outcomes(catalogue, pdf(draw))["address"].doubts == (Doubt.NOT_FOUND,)


def test_words_under_a_shape_or_a_picture_are_not_relied_on(catalogue: Catalogue) -> None:
    def under_shape(canvas: Any) -> None:
        lines(LEASE)(canvas)
        canvas.setFillGray(1)
        canvas.rect(70, 590, 400, 30, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(80, 300, "以上为全部内容")

    def under_picture(canvas: Any) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        lines(LEASE)(canvas)
        canvas.drawImage(ImageReader(Image.new("RGB", (40, 20), "#888")), 300, 595, 30, 20)

    for draw in (under_shape, under_picture):
        assert outcomes(catalogue, pdf(draw))["address"].outcome is Outcome.LOOK


def test_two_values_for_one_field_are_left_to_a_person(catalogue: Catalogue) -> None:
    found = outcomes(catalogue, written(*LEASE, "房屋坐落：岚江市清源区柳溪街8号"))
    assert (found["address"].outcome, found["address"].doubts) == (Outcome.LOOK, (Doubt.SEVERAL,))


def test_a_number_that_fails_its_own_check_is_left_to_a_person(catalogue: Catalogue) -> None:
    number = "990221199006161285"
    found = outcomes(catalogue, lease(承租方身份证号=f"承租方身份证号：{number}"), id_number=number)
    assert Doubt.CHECK_DIGIT in found["tenant_number"].doubts


def test_letters_that_only_look_alike_do_not_agree(catalogue: Catalogue) -> None:
    cyrillic = "承租方身份证号：99022119900616128\u0425"
    found = outcomes(catalogue, lease(承租方身份证号=cyrillic), id_number="99022119900616128X")
    assert found["tenant_number"].outcome is Outcome.LOOK


def test_a_red_stamp_over_a_value_calls_a_person(catalogue: Catalogue) -> None:
    def draw(canvas: Any) -> None:
        lines(LEASE)(canvas)
        canvas.setStrokeColorRGB(0.85, 0.1, 0.12)
        canvas.setLineWidth(5)
        canvas.circle(260, 605, 60)

    found = outcomes(catalogue, pdf(draw))
    assert found["address"].outcome is Outcome.LOOK and Doubt.STAMPED in found["address"].doubts
    assert found["tenant"].outcome is Outcome.AGREES


def test_another_kind_of_paper_is_not_taken_for_this_one(catalogue: Catalogue) -> None:
    said = ("房屋租赁登记备案证明申请表", "登记备案证明", *LEASE)
    assert extracted(catalogue, written(*said)).paper == ""


def test_dates_and_facts_of_the_state_are_compared_like_declared_ones(catalogue: Catalogue) -> None:
    data = written("解除劳动合同证明", "职工姓名：陈志远", "身份证号码：990101199006161284", "终止日期：2026年10月16日")
    read_ = extracted(catalogue, data)
    found = check(catalogue, "unemployment-benefit", "leaving", read_, {}, {"left_on": date(2026, 10, 16)})
    assert [(one.fact, one.outcome) for one in found] == [("left_on", Outcome.AGREES)]


def test_many_pages_leave_a_doubt(catalogue: Catalogue) -> None:
    data = pdf(lines(LEASE), pages=9)
    assert read(data, PDF).unread is Unread.MORE_PAGES
    assert {one.outcome for one in outcomes(catalogue, data).values()} == {Outcome.LOOK}


def test_a_picture_without_the_extra_says_so(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue) -> None:
    from tongban.assist.precheck import ocr
    from tongban.cases.demo_papers import paper

    monkeypatch.setattr(ocr, "available", lambda: False)
    picture = read(paper("租赁合同.jpg", LEASE), "image/jpeg")
    assert (picture.unread, picture.sheets) == (Unread.NO_OCR, ())
    assert extract(picture, catalogue.papers(), "doc").unread is Unread.NO_OCR


def test_every_shipped_paper_is_read_from_a_sheet_with_its_own_labels(catalogue: Catalogue, tmp_path: Path) -> None:
    from tongban.assist.precheck.rendered import values

    for paper in catalogue.papers():
        truth = values(paper, 1)
        said = (paper.titles[0], *(f"{spec.labels[0]}：{truth[name]}" for name, spec in paper.fields.items()))
        found = extract(read(written(*said), PDF), (paper,), "doc")
        assert {one.field: one.text for one in found.fields} == truth, paper.paper
        assert not any(one.doubts for one in found.fields), paper.paper

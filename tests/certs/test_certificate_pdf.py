"""The paper form and the making of a certificate from a decided case."""

from datetime import date

import pypdfium2
import pytest
from demo_certificate import ISSUED, USCC, record

from tongban.base.i18n import Text
from tongban.base.keys import KeyRing
from tongban.catalog import load_service
from tongban.catalog.model import Validity
from tongban.certs import Certificate, Holder, Issuer, Shown, digest, issue, render_pdf, sign, verify, verify_link
from tongban.certs.issue import last_day

URL = "https://lanjiang.example/"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return document[0].get_textpage().get_text_range().replace("\r\n", "\n")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_all_that_the_record_says_as_text_that_can_be_copied(
    lang: str, certificate: Certificate, ring: KeyRing
) -> None:
    language = "zh" if lang == "zh" else "en"
    said = text_of(render_pdf(certificate, language, public_url=URL, ring=ring, now=ISSUED))
    whole = said.replace("\n", "")
    shown = certificate.record
    for words in (
        shown.name[language],
        shown.holder.name,
        shown.holder.number,
        shown.issuer.uscc,
        shown.id,
        shown.case,
    ):
        assert words in whole
    assert shown.shows[0].value[language] in whole
    assert ("演示" if lang == "zh" else "DEMO") in said


def test_a_certificate_that_is_no_demonstration_bears_no_demonstration_mark(ring: KeyRing) -> None:
    real = sign(record(demo=False), ring)
    assert "演示" not in text_of(render_pdf(real, "zh", public_url=URL, ring=ring, now=ISSUED))


def test_the_code_leads_to_the_verify_page_with_id_and_digest(certificate: Certificate) -> None:
    link = verify_link(URL, certificate.record)
    assert link == f"https://lanjiang.example/verify?c={certificate.record.id}&h={digest(certificate.record)}"
    assert len(digest(certificate.record)) == 22


def test_the_code_on_the_page_is_dark_and_a_link(certificate: Certificate, ring: KeyRing) -> None:
    pdf = render_pdf(certificate, "zh", public_url=URL, ring=ring, now=ISSUED)
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("L")
    # The corner of the QR code's finder pattern: a dark ring, a light ring, a dark square.
    x, y = int(28 / 25.4 * 144), image.height - int((26 + 34) / 25.4 * 144)
    module = 34 / 25.4 * 144 / 49
    assert image.getpixel((x + int(module / 2), y + int(module / 2))) < 80
    assert b"/URI" in pdf


@pytest.mark.parametrize(("count", "pages"), [(8, 1), (60, 5)])
def test_many_lines_are_set_smaller_and_then_go_on_to_the_next_page(count: int, pages: int, ring: KeyRing) -> None:
    lines = tuple(Shown(label=Text(f"项目{n}", f"Item {n}"), value=Text(f"长{n}。" * 12, "long")) for n in range(count))
    pdf = render_pdf(sign(record(shows=lines), ring), "zh", public_url=URL, ring=ring, now=ISSUED)
    document = pypdfium2.PdfDocument(pdf)
    said = "".join(page.get_textpage().get_text_range() for page in document)
    assert len(document) <= pages
    assert all(f"长{n}。" in said for n in range(count))


def test_a_rare_character_is_named_rather_than_left_blank(ring: KeyRing) -> None:
    rare = sign(record(holder=Holder(id="p-1", name="王𬭎", number="*")), ring)
    pdf = render_pdf(rare, "zh", public_url=URL, ring=ring, now=ISSUED)
    assert "王〔U+2CB4E〕" in text_of(pdf)
    outcome = verify(pdf, ring.public, ISSUED)
    assert outcome.valid and outcome.record is not None and outcome.record.holder.name == "王𬭎"


@pytest.mark.parametrize(
    ("start", "validity", "end"),
    [
        (date(2026, 11, 23), Validity(years=1), date(2027, 11, 23)),
        (date(2024, 2, 29), Validity(years=1), date(2025, 2, 28)),
        (date(2026, 8, 31), Validity(months=6), date(2027, 2, 28)),
        (date(2026, 1, 1), Validity(), None),
        (date(2026, 1, 1), None, None),
    ],
)
def test_validity_ends_on_the_corresponding_day(start: date, validity: Validity | None, end: date | None) -> None:
    assert last_day(start, validity) == end


SERVICE = """
service: residence-permit
version: "2"
name: {zh: 居住证申领, en: Residence permit}
summary: {zh: 领居住证。, en: For those who live here.}
basic_code: "000709001000"
kind: 行政确认
themes: [residence]
valid_from: 2026-01-01
law: [{id: L6-2, act: 居住证暂行条例, article: "2", no: 国令第663号}]
audience: [natural-person]
authority: {level: county, body: police, name: {zh: 公安机关, en: Police}}
procedure: confirmation
terms: {}
facts:
  full_name: {type: text, name: {zh: 姓名, en: Name}}
  id_number: {type: id-number, name: {zh: 身份证号码, en: Identity number}}
  lives_at: {type: text, name: {zh: 现住址, en: Address}}
  since: {type: date, name: {zh: 住到这里的日期, en: Since}}
  basis: {type: enum, name: {zh: 理由, en: Ground}, choices: [{value: job, name: {zh: 工作, en: Work}}]}
  guardian: {type: text, name: {zh: 监护人, en: Guardian}}
eligible: {inputs: [basis], rows: [["-", eligible]]}
result:
  certificate: residence-permit
  name: {zh: 居住证, en: Residence permit}
  valid: {years: 1}
  shows: [full_name, id_number, lives_at, since, basis, guardian]
"""


def test_a_certificate_shows_what_the_service_file_says_and_masks_the_identity_number(ring: KeyRing) -> None:
    service = load_service(SERVICE).value
    assert service is not None
    made = issue(
        service,
        facts={
            "full_name": "王小明",
            "id_number": "990101199001011234",
            "lives_at": "河埠巷18号",
            "since": date(2025, 3, 1),
            "basis": "job",
            "phone": "13800000000",
        },
        issuer=Issuer(body="police", name=Text("岚江市公安局", "Lanjiang Police"), uscc=USCC),
        holder=Holder(id="p-1", name="王小明", number="990***********1234"),
        region="990101",
        case="990101-261103-4Q7Z2M9K",
        at=ISSUED,
        ring=ring,
    )
    shown = [(line.label.zh, line.value.zh) for line in made.record.shows]
    assert shown == [("现住址", "河埠巷18号"), ("住到这里的日期", "2025年3月1日"), ("理由", "工作")]
    assert "990101199001011234" not in made.record.__repr__()
    assert (made.record.valid_from, made.record.valid_until) == (date(2026, 11, 23), date(2027, 11, 23))
    assert verify(made.jws, ring.public, ISSUED).valid
    assert made.record.service_version == "2"


def test_what_the_tables_decided_is_printed_with_its_unit(ring: KeyRing) -> None:
    amounts = """amounts:
  support:
    inputs: [basis]
    outputs: [{name: months, label: {zh: 补贴月数, en: Months}, type: integer, unit: 个月}]
    rows: [["-", 12]]
"""
    text = SERVICE.replace("result:\n", amounts + "result:\n").replace("shows: [", "shows: [months, ")
    service = load_service(text).value
    assert service is not None
    made = issue(
        service,
        facts={"basis": "job"},
        outputs={"months": 12},
        issuer=Issuer(body="police", name=Text("岚江市公安局", "Lanjiang Police"), uscc=USCC),
        holder=Holder(id="p-1", name="王小明", number="990***********1234"),
        region="990101",
        case="990101-261103-4Q7Z2M9K",
        at=ISSUED,
        ring=ring,
    )
    assert [(line.label.zh, line.value.zh) for line in made.record.shows] == [("补贴月数", "12 个月"), ("理由", "工作")]


def test_issuing_twice_for_a_case_gives_the_same_certificate(ring: KeyRing) -> None:
    assert sign(record(), ring) == sign(record(), ring)

"""The clock, the letters and the uploads: once, on time, whatever else is broken."""

import asyncio
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from case_world import APPLICANT, COUNTY, FACTS, NEIGHBOUR, OTHER, Officials
from PIL import Image

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.documents import MAX_BYTES, examine, file_name
from tongban.cases.outbox import FileChannel, Mail
from tongban.cases.outbox import deliver as deliver_by
from tongban.cases.service import Cases, QueueFilter

pytestmark = pytest.mark.database


async def submit(cases: Cases, n: int = 1, region: str = COUNTY) -> str:
    view = await cases.submit(APPLICANT, "stall-permit", FACTS, region=region, key=f"submit-{n:06}")
    return view.case


async def test_silence_is_acceptance_and_happens_once_even_with_two_workers(
    cases: Cases, db: Database, clock: SettableClock
) -> None:
    numbers = [await submit(cases, n) for n in range(30)]
    clock.advance(days=9)
    fired = await asyncio.gather(cases.fire(), cases.fire(), cases.fire())
    assert sum(fired) == 30
    assert await cases.fire() == 0
    for number in numbers:
        assert (await cases.view(APPLICANT, number)).state.state == "accepted"
    types = await db.fetch("SELECT type, count(*) AS n FROM case_event GROUP BY type ORDER BY type")
    assert {row["type"]: row["n"] for row in types} == {"deem-accepted": 30, "submit": 30}


async def test_a_broken_case_or_region_does_not_stop_the_others_clock(
    cases: Cases, db: Database, clock: SettableClock
) -> None:
    broken, whole = await submit(cases, 1), await submit(cases, 2)
    abroad = await submit(cases, 3, OTHER)
    await db.execute("UPDATE case_event SET event = $2 WHERE case_id = $1", broken, {"seq": 1, "type": "submit"})
    clock.advance(days=9)
    assert await cases.fire() == 2
    for number in (whole, abroad):
        assert (await cases.view(APPLICANT, number)).state.state == "accepted"
    row = await db.fetchrow("SELECT attempts, last_error, due_at FROM timer WHERE case_id = $1", broken)
    assert row is not None
    assert row["attempts"] == 1
    assert "at" in row["last_error"]
    assert row["due_at"] > clock()
    for _ in range(12):
        clock.advance(hours=7)
        await cases.fire()
    assert await db.fetchval("SELECT dead FROM timer WHERE case_id = $1", broken)


async def test_an_overdue_case_is_taken_to_named_superiors_rung_by_rung(
    cases: Cases, post: Officials, clock: SettableClock
) -> None:
    number = await submit(cases)
    clock.advance(days=9)
    await cases.fire()
    rungs: list[tuple[str, str]] = []
    for _ in range(40):
        clock.advance(days=1)
        await cases.fire()
    view = await cases.view(post("clerk"), number)
    rungs = [(e.rung, e.person) for e in view.state.escalated]
    assert rungs == [("head", "o-head"), ("superior", "o-superior"), ("government-head", "o-mayor")]
    assert view.account[-1].details[1][1].zh == "清源区人民政府（演示） mayor岗"
    for name in ("head", "superior", "mayor"):
        page = await cases.queue(post(name), QueueFilter(view="tasks"))
        assert [row.case_id for row in page.items] == [number]
        assert "escalated" in page.items[0].labels


async def test_a_letter_goes_out_after_the_undo_window_and_its_proof_comes_back(
    cases: Cases, post: Officials, clock: SettableClock, tmp_path: Path
) -> None:
    number = await submit(cases)
    assert await cases.deliver() == 1
    ask = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), number, "request-correction", ask, version=1, key="ask-00000001")
    assert await cases.deliver() == 0
    assert len((await cases.inbox(APPLICANT)).items) == 1
    clock.advance(minutes=6)
    assert await cases.deliver() == 1
    assert await cases.deliver() == 0
    letters = sorted(path.name for path in (tmp_path / "outbox").iterdir())
    assert letters == [f"{number}-1.eml.sealed", f"{number}-3.eml.sealed"]
    view = await cases.view(APPLICANT, number)
    proof = view.loaded.events[-1]
    assert (proof.type, proof.payload["notice"], proof.payload["channel"]) == ("notice-delivered", 3, "file")
    inbox = (await cases.inbox(APPLICANT)).items
    assert [letter.title.zh for letter in inbox] == ["请您补材料", "已收到您的申请"]


async def test_a_letter_taken_back_never_leaves(cases: Cases, post: Officials, clock: SettableClock) -> None:
    number = await submit(cases)
    await cases.deliver()
    ask = {"items": ["plan"], "message": "请补"}
    asked = await cases.act(post("clerk"), number, "request-correction", ask, version=1, key="ask-00000001")
    await cases.act(post("clerk"), number, "undo", {}, version=asked.version, key="undo-0000001")
    clock.advance(minutes=10)
    assert await cases.deliver() == 0
    assert len((await cases.inbox(APPLICANT)).items) == 1


class _Broken:
    """A post room that is on fire."""

    name = "broken"

    def send(self, mail: Mail, to: str = "") -> str:
        raise OSError(f"no way to {mail.case}")


async def test_a_letter_that_reaches_nobody_becomes_a_task(
    cases: Cases, db: Database, post: Officials, clock: SettableClock
) -> None:
    number = await submit(cases)
    for _ in range(8):
        await deliver_by(cases.engine, _Broken(), clock())
        clock.advance(hours=13)
    clock.set(clock() - timedelta(days=4))
    view = await cases.view(post("clerk"), number)
    assert view.loaded.events[-1].type == "notice-undelivered"
    page = await cases.queue(post("clerk"), QueueFilter(view="tasks"))
    assert [row.case_id for row in page.items] == [number]
    assert await db.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_worker_that_dies_while_sending_is_replaced(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    await submit(cases)
    await db.execute("UPDATE outbox SET locked_until = $1", clock() + timedelta(minutes=2))
    assert await cases.deliver() == 0
    clock.advance(minutes=3)
    channel = FileChannel(tmp_path / "second")
    assert await deliver_by(cases.engine, channel, clock()) == 1


def image(width: int, height: int, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, kind)
    return buffer.getvalue()


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


_PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("合同.pdf", _PDF, "application/pdf"),
        ("photo.JPG", image(8, 8, "JPEG") if False else b"", "image/jpeg"),
        ("photo.png", image(9, 9), "image/png"),
        ("证照.ofd", archive("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
        (
            "letter.docx",
            archive("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_the_kind_of_a_file_is_read_from_its_content(name: str, data: bytes, media: str) -> None:
    if not data:
        buffer = io.BytesIO()
        Image.new("RGB", (8, 8)).save(buffer, "JPEG")
        data = buffer.getvalue()
    assert examine(name, data, region=COUNTY, owner="p").type == media


@pytest.mark.parametrize(
    ("name", "data", "code", "status"),
    [
        ("a.pdf", b"", "file-empty", 422),
        ("a.pdf", _PDF + b" " * MAX_BYTES, "file-too-large", 413),
        ("a.pdf", image(9, 9), "file-not-as-named", 415),
        ("a.png", _PDF, "file-not-as-named", 415),
        ("noextension", _PDF, "file-not-as-named", 415),
        ("a.exe", b"MZ" + b"\0" * 100, "file-kind", 415),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file-kind", 415),
        ("a.html", b"<!doctype html><script>1</script>", "file-kind", 415),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "file-kind", 415),
        ("a.docx", b"PK\x03\x04 broken", "file-kind", 415),
        ("a.png", image(9, 9)[:40], "file-damaged", 422),
        ("a.png", image(20000, 20000), "image-too-large", 413),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, data: bytes, code: str, status: int) -> None:
    with pytest.raises(Refused) as caught:
        examine(name, data, region=COUNTY, owner="p")
    assert (caught.value.code, caught.value.status) == (code, status)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\周\\合同.pdf", "合同.pdf"),
        ("a\x00b\u202egpj.pdf", "abgpj.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ('<"|?*>.pdf', "______.pdf"),
        ("...", "file"),
    ],
)
def test_names_of_files_are_made_harmless(name: str, clean: str) -> None:
    assert file_name(name) == clean


async def test_an_upload_is_its_owners_until_it_is_filed(cases: Cases, post: Officials, tmp_path: Path) -> None:
    file = await cases.add_document(APPLICANT, "草图.pdf", _PDF)
    assert (await cases.add_document(APPLICANT, "again.pdf", _PDF)).id == file.id
    assert len([path for path in (tmp_path / "documents").rglob("*") if path.is_file()]) == 1
    assert (await cases.document(APPLICANT, file.id))[1] == _PDF
    for stranger in (NEIGHBOUR, post("clerk")):
        with pytest.raises(Refused) as caught:
            await cases.document(stranger, file.id)
        assert caught.value.status == 404
    with pytest.raises(Refused):
        await cases.submit(NEIGHBOUR, "stall-permit", FACTS, {"plan": [file.id]}, region=COUNTY, key="theft-000001")
    view = await cases.submit(APPLICANT, "stall-permit", FACTS, {"plan": [file.id]}, region=COUNTY, key="submit-00001")
    assert (await cases.document(post("clerk"), file.id, case=view.case))[1] == _PDF
    assert [material.status for material in view.materials] == ["present"]


async def test_a_kind_of_file_that_the_material_does_not_take_is_named(cases: Cases) -> None:
    file = await cases.add_document(APPLICANT, "a.ofd", archive("OFD.xml"))
    with pytest.raises(Refused) as caught:
        await cases.submit(APPLICANT, "stall-permit", FACTS, {"plan": [file.id]}, region=COUNTY, key="kind-0000001")
    assert caught.value.code == "file-kind-not-accepted"
    assert caught.value.problems[0].place == "plan"


async def test_a_clock_that_was_given_up_is_named(cases: Cases, db: Database) -> None:
    number = await submit(cases)
    assert await cases.given_up() == ()
    await db.execute("UPDATE timer SET dead = true, last_error = 'Broken' WHERE case_id = $1", number)
    assert await cases.given_up() == (number,)

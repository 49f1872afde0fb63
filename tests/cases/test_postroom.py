"""Letters for the post room lie sealed, are opened one by one, and their reader sees that they were."""

from pathlib import Path

import pytest
from case_world import APPLICANT, COUNTY, FACTS, Officials

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.postroom import PRINTED, PostRoom
from tongban.cases.service import Cases
from tongban.org import Actor
from tongban.sharing.access import shown

PDF = b"%PDF-1.4 a paper of somebody"


async def one_letter(cases: Cases, db: Database, home: Path) -> tuple[PostRoom, Path]:
    await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0001")
    assert await cases.deliver() == 1
    room = PostRoom(db, home / "outbox")
    (path,) = room.waiting()
    return room, path


async def test_a_letter_lies_sealed_and_its_reader_sees_that_it_was_printed(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    room, path = await one_letter(cases, db, tmp_path)
    lying = path.read_bytes()
    assert APPLICANT.name.encode() not in lying and "已收到".encode() not in lying and b"Subject" not in lying
    assert path.stat().st_mode & 0o077 == 0
    seen = (await shown(db, APPLICANT.id, clock(), None, 50)).items
    letter = await room.open(path, clock())
    assert b"Subject: " in letter and b"tongban" in letter
    assert room.waiting() == [] and (tmp_path / "outbox" / PRINTED / path.name).is_file()
    (line,) = (await shown(db, APPLICANT.id, clock(), None, 50)).items[: -len(seen) or None]
    assert (line.by, line.kind.value) == ("operator", "export")
    assert await room.open(path, clock()) == letter, "it can be printed again"


async def test_letters_of_before_are_sealed_and_a_letter_goes_with_its_readers_key(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    room, path = await one_letter(cases, db, tmp_path)
    letter = await room.open(path, clock())
    (tmp_path / "outbox" / PRINTED / path.name).unlink()
    old = path.with_suffix("")
    old.write_bytes(letter)
    assert await room.seal_old() == 1
    assert not old.exists() and room.waiting() == [path]
    assert await room.open(path, clock()) == letter
    assert await db.sealer.erase(db, APPLICANT.id, clock(), "asked for by the person")
    with pytest.raises(Refused) as refused:
        await room.open(path, clock())
    assert refused.value.code == "erased"


async def test_what_is_no_letter_is_not_opened(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    room, path = await one_letter(cases, db, tmp_path)
    path.with_name("990101-1.eml.sealed").write_bytes(b"not sealed")
    for name in ("990101-9.eml.sealed", "../keys/x", "990101-1.eml.sealed"):
        with pytest.raises(Refused) as refused:
            await room.open(Path(name), clock())
        assert refused.value.code == "no-such-letter"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Refused) as refused:
        await room.open(path, clock())
    assert refused.value.code == "seal-broken"


async def test_what_an_official_types_and_takes_in_for_somebody_is_sealed_as_that_persons(
    cases: Cases, post: Officials, db: Database, clock: SettableClock
) -> None:
    clerk: Actor = post("clerk")
    file = await cases.add_document(clerk, "证明.pdf", PDF, about=APPLICANT.id)
    other = await cases.add_document(clerk, "证明.pdf", PDF, about="p-other")
    assert file.id != other.id, "the same paper of two people is two files under two keys"
    await cases.save_draft(clerk, "stall-permit", {"sitting": {"name": APPLICANT.name}}, about=APPLICANT.id)
    assert (await cases.document(clerk, file.id))[1] == PDF
    assert (await cases.draft(clerk, "stall-permit")) is not None
    assert await db.sealer.erase(db, APPLICANT.id, clock(), "asked for by the person")
    for doing in (cases.document(clerk, file.id), cases.draft(clerk, "stall-permit")):
        with pytest.raises(Refused) as refused:
            await doing
        assert refused.value.code == "erased"
    assert (await cases.document(clerk, other.id))[1] == PDF

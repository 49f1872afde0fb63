"""What people say in a case lies sealed, in rows and on disk; what lay in clear is read, then sealed."""

from pathlib import Path

import msgspec
import pytest
from case_world import APPLICANT, COUNTY, FACTS, NEIGHBOUR

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.sealing import open_json, seal_old
from tongban.cases.kept import Files
from tongban.cases.rebuilding import recompute
from tongban.cases.service import Cases
from tongban.cases.store.sealed import SEALED

PDF = b"%PDF-1.4 a paper of somebody"


async def _in_clear(db: Database) -> int:
    """Bring every sealed row back to how it was before there were keys."""
    opened = 0
    for table in SEALED:
        for row in await db.fetch(f"SELECT * FROM {table.table}"):
            ring = await db.sealer.ring(db, dict(row).values())
            at = [row[column] for column in table.key]
            clear = {c: ring.text(table.place(c, at), row[c] or "kept beside its event") for c in table.text}
            clear |= {c: open_json(ring, table.place(c, at), row[c]) for c in table.json}
            where = " AND ".join(f"{column} = ${n}" for n, column in enumerate(table.key, 1))
            for column, value in clear.items():
                await db.execute(f"UPDATE {table.table} SET {column} = ${len(at) + 1} WHERE {where}", *at, value)
            opened += 1
    return opened


async def test_rows_of_before_are_read_and_then_sealed(cases: Cases, db: Database) -> None:
    case = (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="old-0000001")).case
    await cases.save_draft(APPLICANT, "stall-permit", {"facts": {"full_name": "未交的"}})
    await cases.add_document(APPLICANT, "证明.pdf", PDF)

    async def seen() -> object:
        view = await cases.view(APPLICANT, case)
        inbox, mine = await cases.inbox(APPLICANT), await cases.mine(APPLICANT)
        return msgspec.to_builtins((view.loaded.events, inbox, mine, await cases.drafts(APPLICANT)))

    before = await seen()
    rows = await _in_clear(db)
    assert await seen() == before
    assert await seal_old(db, SEALED, step=2) == rows
    assert await seen() == before
    for table in SEALED:
        for column in table.columns:
            values = await db.fetch(f"SELECT {column}::text AS value FROM {table.table}")
            assert values and all("sealed.1." in row["value"] for row in values)


def on_disk(home: Path) -> list[Path]:
    return [path for path in home.rglob("documents/*/*/*") if path.is_file()]


async def test_files_lie_sealed_and_those_of_before_are_read_and_then_sealed(
    cases: Cases, db: Database, tmp_path: Path
) -> None:
    file = await cases.add_document(APPLICANT, "证明.pdf", PDF)
    (sealed,) = on_disk(tmp_path)
    folder = sealed.parents[2]
    files = Files(db, folder)
    assert PDF not in sealed.read_bytes()
    assert await files.get(file.id, file.sha256) == PDF
    sealed.unlink()
    old = folder / file.sha256[:2] / file.sha256[2:4] / file.sha256
    old.parent.mkdir(parents=True)
    old.write_bytes(PDF)
    assert (await cases.document(APPLICANT, file.id))[1] == PDF
    assert await files.seal_old() == 1
    assert not old.exists() and PDF not in sealed.read_bytes()
    assert (await cases.document(APPLICANT, file.id))[1] == PDF


async def test_an_erased_persons_case_and_file_say_so_and_hide_nobody_else(
    cases: Cases, db: Database, clock: SettableClock
) -> None:
    case = (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="old-0000001")).case
    file = await cases.add_document(APPLICANT, "证明.pdf", PDF)
    assert await db.sealer.erase(db, APPLICANT.id, clock(), "asked for by the person")
    for doing in (cases.view(APPLICANT, case), cases.content(file.id, file.sha256), cases.inbox(APPLICANT)):
        with pytest.raises(Refused) as refused:
            await doing
        assert (refused.value.code, refused.value.status) == ("erased", 410)
    other = (await cases.submit(NEIGHBOUR, "stall-permit", FACTS, region=COUNTY, key="old-0000002")).case
    assert [state.case.case for state in await cases.open_states()] == [other]
    assert await recompute(cases.engine) == 0
    assert [row.applicant_name for row in (await cases.mine(APPLICANT)).items] == ["（已删除） (erased)"]

"""Making the rows again from the events: after a change of the calendar, or when they are lost."""

from __future__ import annotations

from tongban.base.errors import Refused
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case
from tongban.cases.projections import Rows, project
from tongban.cases.store import dates, history
from tongban.cases.store.history import Append, Key

_CHUNK = 200


async def readable(engine: Engine, number: str) -> Case | None:
    """A case for what looks over many of them: None if there is none, or if its person was erased."""
    try:
        return await engine.find(engine.db, number)
    except Refused as refused:
        if refused.code != "erased":
            raise
        return None


async def rebuild(engine: Engine) -> int:
    """Forget every row and make it anew; the number of cases."""
    async with engine.db.transaction() as connection:
        await history.clear_rows(connection)
    count, after = 0, ("", "")
    while chunk := await history.every_case(engine.db, after, _CHUNK):
        cases = [case for _, number in chunk if (case := await readable(engine, number))]
        await history.replace_rows(engine.db, [_item(case, _rows(case)) for case in cases])
        count, after = count + len(cases), chunk[-1]
    return count


async def recompute(engine: Engine) -> int:
    """Move the dates of open cases to the engine's calendar; the number that moved. What stays costs no write."""
    moved, after = 0, ("", "")
    while chunk := await history.open_cases(engine.db, after, _CHUNK):
        changed: list[Append] = []
        for row in chunk:
            case = await readable(engine, row.case_id)
            if case is None:
                continue
            rows = _rows(case)
            if (rows.row.due_at, rows.row.legal_at) != (row.due_at, row.legal_at):
                changed.append(_item(case, rows))
        if changed:
            await history.replace_rows(engine.db, changed)
        moved, after = moved + len(changed), (chunk[-1].region, chunk[-1].case_id)
    return moved


async def catch_up(engine: Engine) -> int:
    """`recompute`, if the rows' dates were worked out with another calendar than the engine's; the number that moved.

    Interrupted, it begins again at the next start: the version is written last.
    """
    if await dates.calendar_version(engine.db) == engine.calendar.version:
        return 0
    moved = await recompute(engine)
    await dates.save_calendar_version(engine.db, engine.calendar.version)
    return moved


def _rows(case: Case) -> Rows:
    return project(case.definition, case.state, case.events)


def _item(case: Case, rows: Rows) -> Append:
    opening = case.state.case
    return Append(
        region=opening.region,
        case=opening.case,
        expected=case.state.seq,
        seq=case.state.seq,
        key=Key("", "", ""),
        events=(),
        rows=rows,
    )

"""Events of before the public log are given their place in it once, in their order, by the first process that starts.

What is committed to then is what was there on that day: the log cannot say that it was so before.
"""

from __future__ import annotations

from tongban.base.ids import region_of
from tongban.base.sealing import store as sealing
from tongban.cases.committing import spoken
from tongban.cases.engine import Engine
from tongban.cases.rebuilding import readable
from tongban.cases.store import said

_DONE = "public log"
_CHUNK = 200


async def commit_old(engine: Engine) -> int:
    """Commit to every event that has no commitment; the number of cases. Broken off, it begins again where it was.

    Nothing may be placed in the log before it is done. Cases of persons whose keys were erased say nothing any more.
    """
    if await sealing.passed(engine.db, _DONE):
        return 0
    done, after = 0, ("", "")
    while chunk := await said.uncommitted(engine.db, after, _CHUNK):
        for _, number in chunk:
            done += await _one(engine, number)
        after = chunk[-1]
    await sealing.pass_done(engine.db, _DONE)
    return done


async def _one(engine: Engine, number: str) -> bool:
    while found := await readable(engine, number):
        words = [spoken(found.definition, event) for event in found.events]
        key = await engine.db.sealer.person(engine.db, found.state.case.applicant.id)
        async with engine.db.transaction() as connection:
            if await said.commit_all(connection, key, region_of(number), number, found.events, words):
                return True
    return False

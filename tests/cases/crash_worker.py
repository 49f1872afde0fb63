"""A process that takes submissions and says which ones it has acknowledged; the crash tests kill it.

    python crash_worker.py DATA_DIR COUNT

Its lines: `SERVER pid` once the database runs, `ACK key case` for each acknowledged submission, then
`END cases events keys distinct-keys`, counted in the database after the last.
"""

import asyncio
import sys
from pathlib import Path

from case_world import APPLICANT, COUNTY, FACTS, FILES, NOW, register

from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.base.sealing import open_sealer
from tongban.cases.service import Cases
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.org import Directory
from tongban.terms import Calendar

_AT_ONCE = 64


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def serve(url: str, home: Path, count: int) -> None:
    db = await Database.open(url, sealer=await open_sealer(Settings(data_dir=home)))
    await migrate(db)
    clock = SettableClock(NOW)
    service = load_service((FILES / "stall-permit.yaml").read_text(encoding="utf-8")).require()
    procedure = load_procedure((FILES / "licensing.yaml").read_text(encoding="utf-8")).require()
    cases = Cases(
        db,
        Catalogue([service], [procedure], clock=clock),
        Directory.build(register(), clock),
        Calendar.china(),
        KeyRing.open(home / "keys", clock()),
        clock,
        data_dir=home,
    )
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(n: int) -> None:
        key = f"crash-{n:06}"
        async with turns:
            while True:
                try:
                    view = await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key=key)
                except Refused as error:
                    if error.status != 503:
                        raise
                else:
                    return say("ACK", key, view.case)

    await asyncio.gather(*(one(n) for n in range(count)))
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM case_row) AS cases, (SELECT count(*) FROM case_event) AS events,"
        " (SELECT count(*) FROM command_key) AS keys, (SELECT count(DISTINCT key) FROM command_key) AS distinct_keys"
    )
    assert row is not None
    say("END", *row)
    await db.close()


def main() -> None:
    home, count = Path(sys.argv[1]), int(sys.argv[2])
    with EmbeddedPostgres(home / "postgres") as server:
        say("SERVER", server.pid)
        asyncio.run(serve(server.url, home, count))


if __name__ == "__main__":
    main()

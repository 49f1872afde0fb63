"""What a start does before the site answers: tables, keys, and (in a demonstration) the province and its stories.

A process of its own, `python -m tongban.cli.preparing`, so that what this takes of libraries and memory ends with it.
`tongban up` starts it at once; it loads its libraries while the database starts, and waits for a line with the address.
"""

import asyncio
import os
import sys
from datetime import datetime, timedelta

from tongban.assist.store import sealed as assist
from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import OPERATOR, Database, let_operate, migrate
from tongban.base.keys import KeyRing
from tongban.base.sealing import open_sealer, seal_old
from tongban.cases import demo as stories
from tongban.cases.handover.demo import introduce, others
from tongban.cases.kept import Files
from tongban.cases.postroom import PostRoom
from tongban.cases.store import sealed as cases
from tongban.catalog.installation import open_catalogue
from tongban.certs import store as certificates
from tongban.cli.operating import READABLE
from tongban.cli.saying import saying_refusals
from tongban.hall.store import sealed as halls
from tongban.ledger.beside import name_witness, without_witness
from tongban.ledger.log import LogConfig, policy_of
from tongban.org import demo
from tongban.org import store as people
from tongban.org.demo.provinces import Province
from tongban.outreach import demo as offers
from tongban.outreach import store as offered
from tongban.oversight import store as counted
from tongban.sharing import demo as records
from tongban.sharing import store as sharing
from tongban.sharing.access import store as accesses
from tongban.sharing.access.inspecting import store as inspections
from tongban.sharing.channel.centre import FILE as MEMBERS
from tongban.sharing.grants import demo as grants
from tongban.voice.participation import demo as consulting
from tongban.voice.participation import store as participation
from tongban.voice.store import sealed as heard

SEALED_TABLES = (
    *people.SEALED,
    *sharing.SEALED,
    *certificates.SEALED,
    *cases.SEALED,
    *assist.SEALED,
    *offered.SEALED,
    *accesses.SEALED,
    *inspections.SEALED,
    *halls.SEALED,
    *counted.SEALED,
    *heard.SEALED,
    *participation.SEALED,
)
"""Every table with sealed columns."""


def main() -> int:
    """0 when the site may answer; 1 with the reasons said. The argument `witness` names one. The settings are in the
    environment, all but the database's address, which comes as a line when it is there."""
    url = sys.stdin.readline().strip()
    if not url:
        return 1  # there will be no database; who asked says why
    with saying_refusals() as said:
        settings = Settings.load(os.environ, database_url=url)
        asyncio.run(_prepare(settings, url, witness="witness" in sys.argv[1:]))
        _greet(settings)
    return said.status


async def _prepare(settings: Settings, url: str, *, witness: bool) -> None:
    # Nobody waits for a receipt of what a demonstration plays: one word to the disk at the end is enough.
    sealer = await open_sealer(settings)
    db = await Database.open(url, name="up", max_size=2, sealer=sealer, each_on_disk=not settings.demo)
    try:
        await migrate(db)
        if not await let_operate(db, READABLE):
            print(f"The database role {OPERATOR} could not be made; docs/production.md says how. 运维角色没有建成。")
        rows, files = await seal_old(db, SEALED_TABLES), await Files(db, settings.data_dir / "documents").seal_old()
        files += await PostRoom(db, settings.data_dir / "outbox").seal_old()
        if rows or files:
            print(f"Sealed {rows} rows and {files} files. 已加密原有的{rows}行个人信息、{files}个文件。", flush=True)
        await db.sealer.tombstones.sign_old(db)
        if settings.province:
            introduce(Province(settings.province), settings, system_clock(settings.timezone))
        if settings.demo:
            await _fill(settings, db)
        if not witness:
            without_witness(settings.data_dir)
        else:
            clock = system_clock(settings.timezone)
            ring = KeyRing.open(settings.keys_dir, clock())
            name_witness(settings.data_dir, await policy_of(db, ring, LogConfig(), settings.address), clock)
        await db.all_on_disk()
    finally:
        await db.close()


async def _fill(settings: Settings, db: Database) -> None:
    """The demonstration province, or the other one beside it; what is there already stays."""
    now = system_clock(settings.timezone)()
    (settings.data_dir / MEMBERS).unlink(missing_ok=True)  # the nodes of the last run are gone
    if settings.province == Province.YUN:
        await demo.seed(db, Province.YUN, others(Province.YUN))
        await records.seed_basics(db, demo.citizens(Province.YUN), now)
        return
    await demo.seed(db, others=others(Province.LAN) if settings.province else ())
    await records.seed(db, now)
    await _demonstrate(settings, db, now)
    KeyRing.open(settings.keys_dir, now)  # the nodes are told which key to believe
    catalogue = open_catalogue(settings.data_dir)
    async with db.transaction() as connection:
        await grants.seed(connection, now, catalogue.services())
    await offers.seed(db, catalogue, now, settings.timezone)
    await consulting.seed(db, now, settings.timezone)


async def _demonstrate(settings: Settings, db: Database, now: datetime) -> None:
    """Play the stories. A service file that is being edited may stop them; the platform starts all the same."""
    if not await stories.missing(db, settings, now):
        return
    print("Preparing demonstration cases … 正在准备演示办件…", flush=True)
    with saying_refusals() as said:
        this_month = now.astimezone(settings.timezone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        before_last = (this_month - timedelta(days=32)).replace(day=1)  # may be the one that is written while it serves
        await stories.seed(db, settings, now, before_last)
    if said.status:
        print("They will go on at the next start. 下次启动时接着准备。", file=sys.stderr)


def _greet(settings: Settings) -> None:
    """Addresses and, in the demonstration, whom one can log in as."""
    site = settings.address
    print(f"""
  Portal 门户      {site}/
  Desk 审批台      {site}/desk
  Verify 验证照    {site}/verify
  API 接口         {site}/api/docs
""")
    if settings.demo:
        print(
            "  Demonstration log-ins (no password; choose a person) · 演示账号（不用密码，选人就行）：", f"{site}/login"
        )
        for login in demo.logins(Province(settings.province or Province.LAN)):
            print(f"    {login.name:　<6}{login.about.zh}  {login.about.en}")
    print("\n  Stop with Ctrl-C. 按 Ctrl-C 停止。", flush=True)


if __name__ == "__main__":
    sys.exit(main())

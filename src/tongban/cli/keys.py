"""The keys that personal data are sealed with: what there is, a new master key, all keys under it, erasure.
保护个人信息的密钥：现状、更换主密钥、改用新主密钥、按人删除。"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.crypto import Encryption
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import refuse
from tongban.base.sealing import FileKeys, open_sealer, rewrap_blind, store
from tongban.cli.installed import running
from tongban.cli.saying import saying_refusals
from tongban.org import store as people


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban keys`."""
    parser.add_argument("what", choices=("status", "rotate", "rewrap", "erase"))
    parser.add_argument("person", nargs="?", default="", metavar="PERSON", help="erase: whose · 删除谁的")
    parser.add_argument("--why", default="", metavar="TEXT", help="erase: the ground, kept for good · 删除的理由")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when it is done, 1 when it cannot be, 2 for an order that is not complete."""
    if (options.what == "erase") != bool(options.person and options.why.strip()):
        print("erase takes PERSON and --why TEXT, the others neither. 只有 erase 要写明谁和 --why。", file=sys.stderr)
        return 2
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        match options.what:
            case "status":
                _over(settings, _status)
            case "rotate":
                _rotate(settings)
            case "rewrap":
                _over(settings, lambda db: _rewrap(db, settings))
            case _:
                _over(settings, lambda db: _erase(db, settings, options.person, options.why.strip()))
    return said.status


def _rotate(settings: Settings) -> None:
    if settings.key_command:
        raise refuse(
            "keys-elsewhere",
            "主密钥由密钥服务保管，请在那里更换，然后执行 tongban keys rewrap。",
            "The key service holds the master key: change it there, then run tongban keys rewrap.",
        )
    _installed(settings)
    now = system_clock(settings.timezone)()
    keys = FileKeys.rotate(settings.sealing_dir, now, Encryption(settings.sealing_suite))
    print(f"New master key · 新主密钥: {asyncio.run(keys.current())}")
    print("Restart the platform, then run tongban keys rewrap. 请重启平台，再执行 tongban keys rewrap。")


async def _status(db: Database) -> None:
    current = await db.sealer.service.current()
    held = await store.masters(db)
    for master in sorted({current, *held}):
        mark = "  wraps new keys · 当前" if master == current else ""
        print(f"{master}  {held.get(master, 0):,} persons · 人{mark}")


async def _rewrap(db: Database, settings: Settings) -> None:
    await rewrap_blind(db.sealer.service, settings.sealing_dir)
    done = await db.sealer.rewrap(db)
    print(f"{done:,} keys are under the current master key now. {done:,}把密钥已改由当前主密钥保护。")


async def _erase(db: Database, settings: Settings, person: str, why: str) -> None:
    async with db.transaction() as connection:
        done = await people.erase(connection, person, system_clock(settings.timezone)(), why)
    if not done:
        raise refuse("no-key", f"没有 {person} 的密钥", f"There is no key of {person}", place=person, status=404)
    print(f"What is known of {person} can no longer be opened. {person} 的个人信息已不能再打开。")


def _installed(settings: Settings) -> None:
    if not settings.database_url and not settings.keys_dir.is_dir():
        raise refuse(
            "no-installation",
            f"{settings.data_dir} 里没有平台。请用 --data 指定数据目录",
            f"There is no installation in {settings.data_dir}. Name it with --data",
            place=str(settings.data_dir),
            status=404,
        )


def _over(settings: Settings, use: Callable[[Database], Awaitable[None]]) -> None:
    _installed(settings)

    async def opened(url: str) -> None:
        db = await Database.open(url, name="keys", max_size=2, sealer=await open_sealer(settings))
        try:
            await use(db)
        finally:
            await db.close()

    with ExitStack() as stack:
        url = running(settings) or stack.enter_context(EmbeddedPostgres(settings.data_dir)).url
        asyncio.run(opened(url))

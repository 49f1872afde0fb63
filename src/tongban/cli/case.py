"""Export one case whole, as one JSON: its events, facts, clocks, letters and certificate.
把一个办件的全部内容导出为一份 JSON。"""

import argparse
import asyncio
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import refuse
from tongban.base.ids import read_case_id
from tongban.base.telemetry import Log
from tongban.cli.saying import saying_refusals
from tongban.web.serve import open_site


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban case`."""
    parser.add_argument("what", choices=("export",))
    parser.add_argument("id", help="case number · 办件号")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when there is no such case. Whoever can run this has the installation's keys and files anyway."""
    with saying_refusals() as said, ExitStack() as stack:
        number = read_case_id(options.id)
        settings = Settings.load(os.environ, data_dir=options.data)
        if not settings.keys_dir.is_dir():  # looking must not make an installation where there is none
            raise refuse(
                "no-installation",
                f"{settings.data_dir} 里没有办件：这里还没有启动过平台。请用 --data 指定数据目录。",
                f"There are no cases in {settings.data_dir}: nothing was ever started there. Name it with --data.",
                place=str(settings.data_dir),
                status=404,
            )
        url = settings.database_url or EmbeddedPostgres.running(settings.data_dir)
        if url is None:
            url = stack.enter_context(EmbeddedPostgres(settings.data_dir)).url
        made = asyncio.run(_export(settings, url, number))
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    return said.status


async def _export(settings: Settings, url: str, number: str) -> dict[str, Any]:
    clock = system_clock(settings.timezone)
    db = await Database.open(url, name="export", max_size=2)
    try:
        site = await open_site(settings, db, clock, Log(clock=clock))
        made = await site.cases.export_whole(number)
        site.log.event("case-exported", case=number)
        return made
    finally:
        await db.close()

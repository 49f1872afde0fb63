"""Export one case whole, as one JSON; or decide a decided case again, by the law of its day.
把一个办件的全部内容导出为一份 JSON；或者按申请那天的法，把已经决定的办件重新计算一遍。"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime, time
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import read_case_id
from tongban.base.sealing import open_sealer
from tongban.base.telemetry import Log
from tongban.cases.redecide import Redecided, Side
from tongban.cli.saying import saying_refusals
from tongban.web.serve import open_site
from tongban.web.site import Site

T = TypeVar("T")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban case`."""
    parser.add_argument("what", choices=("export", "redecide"))
    parser.add_argument("id", help="case number · 办件号")
    parser.add_argument(
        "--known-at",
        metavar="MOMENT",
        help="redecide: the law as known then, such as 2027-03-01 or 2027-03-01T09:00 (default now) · 按那时所知的法",
    )
    parser.add_argument("--json", action="store_true", help="redecide: for programs · 输出 JSON")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when there is no such case or no decision in it, or what comes out is not what was kept.

    Whoever can run this has the installation's keys and files anyway.
    """
    with saying_refusals() as said, ExitStack() as stack:
        number = read_case_id(options.id)
        settings = Settings.load(os.environ, data_dir=options.data)
        known = _moment(options.known_at, settings)
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
        if options.what == "export":
            made = asyncio.run(_with_site(settings, url, lambda site: _export(site, number)))
            sys.stdout.buffer.write(_json(made))
        else:
            again = asyncio.run(_with_site(settings, url, lambda site: site.cases.redecide(number, known)))
            sys.stdout.buffer.write(_json(again.as_json()) if options.json else (told(again) + "\n").encode())
    return said.status


async def _with_site(settings: Settings, url: str, use: Callable[[Site], Awaitable[T]]) -> T:
    clock = system_clock(settings.timezone)
    db = await Database.open(url, name="case", max_size=2, sealer=await open_sealer(settings))
    try:
        return await use(await open_site(settings, db, clock, Log(clock=clock)))
    finally:
        await db.close()


async def _export(site: Site, number: str) -> dict[str, Any]:
    made = await site.cases.export_whole(number)
    site.log.event("case-exported", case=number)
    return made


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _moment(text: str | None, settings: Settings) -> datetime | None:
    """A moment as somebody types it; a day is its last moment. Raises Refused (`not-a-moment`)."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise refuse(
            "not-a-moment",
            f"“{text}”不是时间，请写成 2027-03-01 或 2027-03-01T09:00",
            f"'{text}' is no moment; write it like 2027-03-01 or 2027-03-01T09:00",
            place="--known-at",
        ) from None
    if len(text) <= len("2027-03-01"):
        found = datetime.combine(found, time.max)
    return found if found.tzinfo else found.replace(tzinfo=settings.timezone)


def told(again: Redecided) -> str:
    """Both outcomes with their hashes, and what differs, for people."""
    kept = Text("当时保存", "as kept") if again.kept else Text("没有保存，重新计算", "not kept; worked out anew")
    lines = [
        f"{again.case}  {again.day}",
        *_side(Text(f"决定时（{kept.zh}）", f"as decided ({kept.en})"), again.then),
        *_side(Text(f"按{again.known:%Y-%m-%d %H:%M}所知", f"as known on {again.known:%Y-%m-%d %H:%M}"), again.now),
    ]
    if not again.differences:
        same = "没有不同" if again.then.text == again.now.text else "版本不同，结果一样"
        lines.append(f"{same} · {'no difference' if again.then.text == again.now.text else 'other text, same result'}")
    lines += [f"不同 · differs  {one.part}: {_plain(one.before)} → {_plain(one.after)}" for one in again.differences]
    return "\n".join(lines)


def _side(title: Text, side: Side) -> list[str]:
    found = side.found
    outputs = [f"    {name} = {_plain(value)}" for name, value in side.as_json()["outputs"].items()]
    return [
        f"{title.zh} · {title.en}",
        f"    {found.variant.service.service}@{found.variant.service.version}  {side.text}",
        f"    {found.outcome}  {found.message.zh} · {found.message.en}",
        *outputs,
        f"    {side.digest}",
    ]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

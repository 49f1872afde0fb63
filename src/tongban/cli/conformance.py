"""How far what bodies connect agrees with the element dictionary. 各单位接入的数据符合字典和目录吗。"""

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.cli.saying import saying_refusals
from tongban.sharing.directory.live import LiveDirectory

_SHOWN = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban conformance`."""
    parser.add_argument(
        "--node", type=Path, action="append", default=[], metavar="FILE", help="a node's file · 节点的文件"
    )
    parser.add_argument("--json", action="store_true", help="all findings and the weights · 全部问题和扣分办法")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when judged, whatever was found; 2 where a file cannot be read."""
    with saying_refusals() as said:
        from tongban.cli.installed import exists, with_database
        from tongban.oversight.registers.conformance import judged, read_nodes, weights
        from tongban.sharing.channel.centre import FILE, bodies_of
        from tongban.sharing.retry import store

        settings = Settings.load(os.environ, data_dir=options.data)
        nodes = read_nodes(settings.data_dir, options.node)
        now = system_clock(settings.timezone)()
        live = LiveDirectory.of(settings.data_dir)

        async def look(db: Database) -> dict[str, int]:
            await live.refresh(db)
            return await store.unanswered(db, now - timedelta(days=1))

        open_questions = with_database(settings, look) if exists(settings) else {}
        members = bodies_of(settings.data_dir / FILE)
        systems = judged(live.now, nodes, members, open_questions, now.date())
        if options.json:
            told = {"weights": weights(), "systems": systems}
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
            return 0
        for one in systems:
            print(f"{one.score:>3}  {one.body}  {one.entries} entries · {one.entries} 项目录")
            for each in one.found[:_SHOWN]:
                print(f"     {each.place}\n       {each.text.zh}；{weights()[each.kind].mend.zh}")
                print(f"       {each.text.en}. {weights()[each.kind].mend.en}")
            if len(one.found) > _SHOWN:
                more = len(one.found) - _SHOWN
                print(f"     {more} more with --json · 还有 {more} 处，用 --json 看")
    return 2 if said.status else 0

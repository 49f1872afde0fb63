"""The post room: letters that no mail server carries lie sealed in the outbox; open and print them here. Each opening
leaves a line that its reader sees.
收发室：没有电子邮箱的人的文书加密存放，在这里打开打印；每打开一封，收信人都看得到。"""

import argparse
import os
import sys
from pathlib import Path

from tongban.base.config import Settings
from tongban.base.errors import Refused
from tongban.cases.postroom import PostRoom
from tongban.cli.installed import with_site
from tongban.cli.saying import saying_refusals
from tongban.web.site import Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban letters`."""
    parser.add_argument("what", choices=("list", "print"))
    parser.add_argument("files", nargs="*", metavar="FILE", help="names in the outbox · 发件箱里的文件名")
    parser.add_argument("--all", action="store_true", help="all that were not printed yet · 所有还没打印的")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="one .eml file each, not one stream · 分别存成文件")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0; 1 where a letter could not be opened (the others are); 2 for an order that is not complete."""
    if (options.what == "print") != bool(options.files or options.all) or (options.files and options.all):
        print("print takes FILE or --all, list neither. print 要写文件名或者 --all，list 都不要。", file=sys.stderr)
        return 2
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        missed = with_site(settings, lambda site: _work(site, settings, options))
        return 1 if missed else said.status
    return said.status


async def _work(site: Site, settings: Settings, options: argparse.Namespace) -> int:
    room = PostRoom(site.db, settings.data_dir / "outbox")
    waiting = room.waiting()
    if options.what == "list":
        for path in waiting:
            print(path.name)
        print(f"{len(waiting)} letters wait · {len(waiting)}封待打印", file=sys.stderr)
        return 0
    chosen = waiting if options.all else [Path(name) for name in options.files]
    missed = 0
    for number, path in enumerate(chosen, start=1):
        try:
            letter = await room.open(path, site.clock())
        except Refused as error:
            missed += 1
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        if options.into is None:
            sys.stdout.buffer.write(letter + b"\f\n")
        else:
            options.into.mkdir(parents=True, exist_ok=True, mode=0o700)
            (options.into / path.name.removesuffix(".sealed")).write_bytes(letter)
        if number % 100 == 0:
            print(f"{number} of {len(chosen)} …", file=sys.stderr)
    site.log.event("letters-printed", count=len(chosen) - missed)
    return missed

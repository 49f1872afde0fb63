"""A node beside a department's data: answers other bodies' questions as far as its file and their rights allow.
部门数据旁边的节点：只按登记的内容和授权回答别的单位。

  tongban node --config FILE     answer until stopped; several files: one process each, started again when it ends
  tongban node check FILE        connect and list what is declared; reads no row of anybody's data
  tongban node keys FILE         print the public keys to give to the digital centre; --new makes another key first
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from signal import SIGTERM

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import PREFIX
from tongban.base.keys import KeyRing, Use
from tongban.base.parent import end_with_parent
from tongban.cli.saying import saying_refusals
from tongban.sharing.node.config import NodeConfig, load


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban node`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", nargs="?", choices=["check", "keys", "demonstrate"], help="see above · 见上")
    parser.add_argument("file", nargs="?", type=Path, help="the file to check · 要核对的文件")
    parser.add_argument("--new", action="store_true", help="keys: make another key · 新增一把密钥")
    parser.add_argument("--config", type=Path, action="append", default=[], help="the node's file · 节点文件")
    # For `tongban up`, which runs the demonstration's nodes beside the platform.
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--site", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """0 when all is well, 1 when a check finds something or a node cannot work, 2 when it is asked wrongly."""
    if options.parent is not None:
        end_with_parent(options.parent, SIGTERM)
    if options.what == "demonstrate":
        return _demonstrate(options)
    if options.what in {"check", "keys"}:
        if options.file is None:
            print(f"Which file? 要用哪个文件？ tongban node {options.what} FILE", file=sys.stderr)
            return 2
        return _checked(options.file) if options.what == "check" else _keys(options.file, make=options.new)
    if not options.config:
        print("Name the node's file: --config FILE 请用 --config 指明节点文件", file=sys.stderr)
        return 2
    read: list[tuple[Path, NodeConfig]] = []
    for path in options.config:
        config = _read(path)
        if config is None:
            return 2
        read.append((path, config))
    if len(read) == 1:
        return _serve(*read[0])
    return _serve_all(read)


def _demonstrate(options: argparse.Namespace) -> int:
    from tongban.sharing.node.demo import running

    url = os.environ.get(f"{PREFIX}DATABASE_URL", "")
    if options.data is None or options.site is None or not url:
        print("`tongban up` starts these 演示节点由 tongban up 启动", file=sys.stderr)
        return 2
    return running.run(options.data, options.site, url, _serve_together)


def _read(path: Path) -> NodeConfig | None:
    with saying_refusals():
        return load(path)
    return None


def _serve(path: Path, config: NodeConfig) -> int:
    from tongban.sharing.node import serving

    folder = path.resolve().parent
    with saying_refusals() as said, serving.log_database(config, folder) as url:
        asyncio.run(serving.serve(config, folder, url))
    return said.status


def _serve_together(paths: Sequence[Path]) -> int:
    """Nodes that name a database each, in this process."""
    from tongban.sharing.node import serving

    with saying_refusals() as said:
        read = [(load(path), path.resolve().parent) for path in paths]
        asyncio.run(serving.serve_together([(one, folder, one.database or "") for one, folder in read]))
    return said.status


def _serve_all(read: list[tuple[Path, NodeConfig]]) -> int:
    from tongban.sharing.node import preload, supervising

    preload(config for _, config in read)
    runs = {str(path): partial(_serve, path, config) for path, config in read}
    supervising.Family(runs, _told).keep()
    return 0


def _told(name: str, status: int) -> None:
    again = "; it starts again 会重新启动" if status != 2 else ""
    print(f"{name}: ended with {status} 已结束{again}", file=sys.stderr, flush=True)


def _checked(path: Path) -> int:
    config = _read(path)
    if config is None:
        return 2
    with saying_refusals() as said:
        return asyncio.run(_check(config, path.resolve().parent))
    return said.status


def _keys(path: Path, *, make: bool) -> int:
    config = _read(path)
    if config is None:
        return 2
    with saying_refusals() as said:
        folder, now = path.resolve().parent / config.keys, system_clock()()
        if make:
            KeyRing.renew(folder, Use.EXCHANGE, now)
        keys = [key for key in KeyRing.open(folder, now).public.values() if key.use is Use.EXCHANGE]
        print(msgspec.json.format(msgspec.json.encode({"code": config.member, "keys": keys}), indent=2).decode())
    return said.status


async def _check(config: NodeConfig, folder: Path) -> int:
    from tongban.sharing.node.answering import open_node
    from tongban.sharing.node.checking import check

    node = open_node(config, folder)
    broken = 0
    try:
        async for one in check(node):
            print(f"\n{one.place}  ({one.source}: {one.table})")
            for column in one.columns:
                leaves = "" if column.leaves else "  only yes or no 只答是或否"
                mask = f"  mask 遮盖 {column.mask}" if column.mask else ""
                print(f"  {column.field}: {column.declared} ← {column.column} {column.found or '?'}{mask}{leaves}")
            for test in one.tests:
                print(f"  test 可比较: {test}")
            for warning in one.warnings:
                print(f"  ! {warning}")
            for problem in one.problems:
                print(f"  ✗ {problem.zh} {problem.en}", file=sys.stderr)
            broken += bool(one.problems)
    finally:
        await node.close()
    total = sum(len(records) for records in config.resources.values())
    print(f"\n{total - broken} of {total} records can be answered. {total} 种记录，{total - broken} 种可以回答。")
    return 1 if broken else 0

"""The `tongban` command: one parser, one module a command, each imported only when it is called."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from tongban import __version__


class CommandSpec(NamedTuple):
    """Where a command lives and what it is for, in both languages."""

    module: str
    help: str


COMMANDS: dict[str, CommandSpec] = {
    "up": CommandSpec("tongban.cli.up", "start the platform · 启动平台"),
    "test": CommandSpec("tongban.cli.test", "run all tests · 运行全部测试"),
    "check": CommandSpec("tongban.cli.check", "check files of the law as data · 检查事项、流程、算法、政策文件"),
    "bundle": CommandSpec("tongban.cli.bundle", "check a bundle of services · 检查一件事文件"),
    "diff": CommandSpec("tongban.cli.diff", "what differs between two service files · 比较两个事项文件"),
    "export": CommandSpec("tongban.cli.export", "export one item as 实施清单 or CPSV-AP · 导出实施清单"),
    "schema": CommandSpec("tongban.cli.schema", "print a file type's JSON Schema · 输出 JSON Schema"),
    "promote": CommandSpec("tongban.cli.promote", "publish or end a service file · 发布或停用事项"),
    "import": CommandSpec("tongban.cli.importing", "import a catalogue from CSV · 导入事项目录"),
    "directory": CommandSpec("tongban.cli.directory", "the list of shared data: DCAT, CSV · 数据共享清单"),
    "verify": CommandSpec("tongban.cli.verify", "check a certificate offline · 离线验证证照"),
    "audit": CommandSpec("tongban.cli.audit", "follow a public log, shout at rewriting · 跟踪公开日志"),
    "witness": CommandSpec("tongban.cli.witness", "watch public logs and sign · 做公开日志的见证人"),
    "redecide": CommandSpec("tongban.cli.redecide", "decide again from a receipt alone · 只凭凭据重新算一遍"),
    "rules": CommandSpec("tongban.cli.rules", "decision models: test kit, evaluation · 决策模型：测试集与计算"),
    "guide": CommandSpec("tongban.cli.guide", "which service a question is about · 智能导办"),
    "match": CommandSpec("tongban.cli.match", "find the people that policies are for · 让政策找人"),
    "indicators": CommandSpec("tongban.cli.indicators", "compute indicators, recompute them · 指标：计算与重算"),
    "opendata": CommandSpec("tongban.cli.opendata", "release open data, once a month · 每月发布公开数据"),
    "keys": CommandSpec("tongban.cli.keys", "keys that personal data are sealed with · 个人信息的密钥"),
    "precheck": CommandSpec("tongban.cli.precheck", "read a paper and say how sure · 读一份材料"),
    "uses": CommandSpec("tongban.cli.uses", "AI uses: check, measure, switch off · 算法应用：检查、评测、关掉"),
    "route": CommandSpec("tongban.cli.route", "train and measure the routing of requests · 训练和评测智能分办"),
    "opinion": CommandSpec("tongban.cli.opinion", "groups of opinion in votes · 从表态找意见群体"),
    "conformance": CommandSpec("tongban.cli.conformance", "data against the dictionary · 数据符合字典吗"),
    "projects": CommandSpec("tongban.cli.projects", "projects that do the same · 重复的信息化项目"),
    "case": CommandSpec("tongban.cli.case", "export one case whole · 导出一个办件"),
    "letters": CommandSpec("tongban.cli.letters", "print the letters of the post room · 打印待寄文书"),
    "handover": CommandSpec("tongban.cli.handover", "cases between installations · 平台之间移交办件"),
    "node": CommandSpec("tongban.cli.node", "answer beside a department's data · 部门数据旁的节点"),
    "bench": CommandSpec("tongban.cli.bench", "measure and print ratios · 性能对比"),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; the exit status is the command's own (2 for wrong usage)."""
    parser = argparse.ArgumentParser(
        prog="tongban",
        description="Tongban 通办: a government service is written once, as one checked file. 一个事项，一份文件。",
    )
    parser.add_argument("--version", action="version", version=f"tongban {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, spec in COMMANDS.items():
        commands.add_parser(name, help=spec.help, add_help=False)
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Only the named command's module is imported: `tongban check` must not wait for the web stack.
    chosen, _ = parser.parse_known_args(arguments[:1])
    module = import_module(COMMANDS[chosen.command].module)
    sub = argparse.ArgumentParser(prog=f"tongban {chosen.command}", description=module.__doc__)
    module.configure(sub)
    raise SystemExit(module.run(sub.parse_args(arguments[1:])))

"""Decision models and rules: run the standard's test kit, check or evaluate a model.
决策模型与规则：跑标准的兼容性测试集，检查或计算一个模型。"""

import argparse
from importlib import import_module
from typing import NamedTuple


class Subcommand(NamedTuple):
    """Where a subcommand lives and what it is for, in both languages. Its module has `configure` and `run`."""

    module: str
    help: str


SUBCOMMANDS: dict[str, Subcommand] = {
    "tck": Subcommand("tongban.cli.rules.tck", "run the DMN compatibility kit · 运行 DMN 兼容性测试集"),
    "check": Subcommand("tongban.cli.rules.check", "find gaps, overlaps and faults · 查空档、重叠和错误"),
    "certify": Subcommand("tongban.cli.rules.certify", "prove that all back ends agree · 证明各种算法结果一致"),
    "eval": Subcommand("tongban.cli.rules.evaluate", "evaluate a DMN model · 计算一个 DMN 模型"),
    "sql": Subcommand("tongban.cli.rules.sql", "print the SQL for a whole population · 输出判断全部人口的 SQL"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban rules`."""
    subparsers = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    for name, spec in SUBCOMMANDS.items():
        module = import_module(spec.module)
        module.configure(subparsers.add_parser(name, help=spec.help, description=module.__doc__))


def run(options: argparse.Namespace) -> int:
    """The status of the subcommand."""
    return int(import_module(SUBCOMMANDS[options.subcommand].module).run(options))

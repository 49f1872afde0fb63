"""Evaluate a DMN model for one input: its decisions, or one of them, and on request how each came about.
按一份输入计算 DMN 模型：全部决策或其中一个；可说明每个结果怎样得来。"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import msgspec

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import LANGS, Text
from tongban.cli.rules.faults import refused
from tongban.cli.saying import saying_refusals
from tongban.rules import RuleValueError, to_feel, to_json
from tongban.rules.dmn import model
from tongban.rules.dmn.errors import ModelErrors
from tongban.rules.dmn.execute import Model
from tongban.rules.dmn.inputs import Unreadable, from_json
from tongban.rules.dmn.read import read_model
from tongban.rules.dmn.trace import Evaluation

MOST_BYTES = 20_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban rules eval`."""
    parser.add_argument(
        "model", type=Path, metavar="MODEL.dmn", help="imports are looked for beside it · 导入的模型放在同一文件夹"
    )
    parser.add_argument(
        "--input", type=Path, required=True, metavar="FILE.json", help="input data by name · 按名称给出的输入"
    )
    parser.add_argument(
        "--decision", action="append", metavar="NAME", help="only this one; may be repeated · 只算这个决策"
    )
    parser.add_argument("--service", metavar="NAME", help="a decision service instead · 改为调用决策服务")
    parser.add_argument("--trace", action="store_true", help="how each value came about · 每个结果怎样得来")
    parser.add_argument("--lang", choices=LANGS, help="messages in one language only · 只用一种语言")


def run(options: argparse.Namespace) -> int:
    """0 with the values as JSON on standard output; 1 when the model or the input is not right."""
    with saying_refusals(options.lang) as said:
        loaded = load_model(options.model)
        evaluation = _evaluate(loaded, _read_json(options.input), options)
        made: dict[str, Any] = (
            evaluation.as_json() if options.trace else {name: to_json(v) for name, v in evaluation.values.items()}
        )
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    return said.status


def load_model(path: Path) -> Model:
    """The model at `path`, with what it imports from the same folder. Raises Refused with all its faults, OSError."""
    try:
        return read_with_imports(path).check()
    except ModelErrors as errors:
        raise refused(errors.faults) from None


def read_with_imports(path: Path) -> Model:
    """The model at `path`, whatever is wrong with it, with what it imports from the same folder. Raises
    `ModelErrors` for what cannot be read at all, OSError."""
    data = path.read_bytes()
    return Model.load(data, path.name, _beside(path, data))


def _beside(path: Path, data: bytes) -> dict[str, bytes]:
    """The other models of the folder that `data` imports, directly or through others."""
    wanted = [one.namespace for one in read_model(data, path.name).imports]
    if not wanted:
        return {}
    found: dict[str, bytes] = {}
    others = {other: other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other != path}
    by_namespace: dict[str, tuple[Path, model.Definitions]] = {}
    for other, content in others.items():
        try:
            definitions = read_model(content, other.name)
        except ModelErrors:
            continue  # not one that can be imported; if it was meant, the import is reported as missing
        by_namespace[definitions.namespace] = other, definitions
    while wanted:
        namespace = wanted.pop()
        if namespace in by_namespace:
            other, definitions = by_namespace.pop(namespace)
            found[other.name] = others[other]
            wanted += [one.namespace for one in definitions.imports]
    return found


def _read_json(path: Path) -> dict[str, object]:
    """An object with numbers as decimals. Raises Refused and OSError."""
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        raise refuse("input-too-large", "输入文件太大", "The input file is too large", place=path.name, status=413)

    def constant(name: str) -> object:
        raise ValueError(f"{name} is not a number")

    try:
        read = json.loads(data, parse_float=Decimal, parse_int=Decimal, parse_constant=constant)
    except json.JSONDecodeError as error:
        place = f"{path.name}:{error.lineno}:{error.colno}"
        raise refuse("input-not-json", "不是 JSON", f"This is not JSON: {error.msg}", place=place) from None
    except (ValueError, RecursionError) as error:
        raise refuse("input-not-json", "不是可用的 JSON", f"This is not JSON: {error}", place=path.name) from None
    if not isinstance(read, dict):
        zh, en = "应是一个对象：名称和值", "It must be an object: names with values"
        raise refuse("input-not-object", zh, en, place=path.name)
    return cast("dict[str, object]", read)


def _evaluate(loaded: Model, given: Mapping[str, object], options: argparse.Namespace) -> Evaluation:
    definitions = loaded.linked.main.definitions
    known = loaded.decisions if options.service is None else loaded.services
    names: list[str] = [options.service] if options.service else options.decision or list(loaded.decisions)
    if lost := [name for name in names if name not in known]:
        raise Refused(*(_no_such(name, known, definitions.name) for name in lost))
    wanted = loaded.parameters_of(options.service) if options.service else loaded.inputs_of(names)
    accepted = wanted if options.service else loaded.all_inputs
    if strange := [name for name in given if name not in accepted]:
        raise Refused(*(_unknown_input(name, tuple(accepted)) for name in strange))
    unreadable: list[Unreadable] = []
    try:
        inputs = {name: from_json(value, accepted[name], name, unreadable) for name, value in given.items()}
    except RuleValueError as error:
        raise refuse("input-not-a-value", "输入里有不能用的值", str(error)) from None
    if unreadable:
        raise Refused(*map(_unreadable, unreadable))
    if missing := [name for name in wanted if name not in given]:
        print(f"not given, so null · 未提供，按空值处理: {', '.join(missing)}", file=sys.stderr)
    now = to_feel(datetime.now(UTC))
    if options.service:
        return loaded.evaluate_service(options.service, inputs, now)
    return loaded.evaluate(names, inputs, now)


def _no_such(name: str, known: tuple[str, ...], where: str) -> Problem:
    listed = "、".join(known)
    text = Text(f"模型没有“{name}”；有：{listed}", f"The model has no '{name}'; it has: {', '.join(known)}")
    return Problem("no-such-decision", text, where)


def _unknown_input(name: str, known: tuple[str, ...]) -> Problem:
    text = Text(
        f"模型没有输入“{name}”；可以给：{'、'.join(known)}",
        f"The model has no input '{name}'; it takes: {', '.join(known)}",
    )
    return Problem("unknown-input", text, name)


def _unreadable(one: Unreadable) -> Problem:
    text = Text(f"“{one.text}”不能读作 {one.type}", f"'{one.text}' cannot be read as {one.type}")
    return Problem("input-not-a-value", text, one.path)

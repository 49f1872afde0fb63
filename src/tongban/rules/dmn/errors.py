"""What is wrong with a decision model: a stable code, the element and the line, a Chinese and an English sentence.

Faults of FEEL texts keep the codes of `feel.errors`; the codes here are those of the model around the texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tongban.rules.feel.errors import Code, RuleSyntaxError

from .model import At, Feel


class ModelCode(StrEnum):
    """Stable identifiers of the faults of a model."""

    # the file cannot be read
    NOT_XML = "not-xml"
    DOCTYPE = "document-type"
    TOO_LARGE = "model-too-large"
    TOO_DEEP = "model-too-deep"
    NOT_DMN = "not-dmn"
    # a part of it is not as the standard wants it
    NO_NAME = "no-name"
    UNKNOWN_HIT_POLICY = "unknown-hit-policy"
    UNKNOWN_KIND = "unknown-function-kind"
    UNKNOWN_LANGUAGE = "unknown-language"
    SHORT_ROW = "row-length"
    # its parts do not fit together
    DUPLICATE_ID = "duplicate-id"
    DUPLICATE_NAME = "duplicate-name"
    UNKNOWN_REFERENCE = "unknown-reference"
    WRONG_REFERENCE = "wrong-reference"
    UNKNOWN_IMPORT = "unknown-import"
    UNKNOWN_MODEL_TYPE = "unknown-model-type"
    CYCLE = "requirement-cycle"
    TYPE_CYCLE = "type-cycle"
    IMPORT_CYCLE = "import-cycle"


MESSAGES: dict[ModelCode, tuple[str, str]] = {
    ModelCode.NOT_XML: ("不是格式正确的 XML：{0}", "This is not well-formed XML: {0}"),
    ModelCode.DOCTYPE: (
        "模型不得含有 DOCTYPE 声明；请删去",
        "A model must not declare a document type; remove the DOCTYPE",
    ),
    ModelCode.TOO_LARGE: ("模型太大，最多 {0} {1}", "The model is too large: at most {0} {2}"),
    ModelCode.TOO_DEEP: ("元素嵌套太深，最多 {0} 层", "Elements are nested too deeply: at most {0} levels"),
    ModelCode.NOT_DMN: (
        "根元素“{0}”不是 DMN 1.1 至 1.6 的 definitions",
        "The root element '{0}' is not the definitions element of DMN 1.1 to 1.6",
    ),
    ModelCode.NO_NAME: ("元素 {0} 没有名称", "The element {0} has no name"),
    ModelCode.UNKNOWN_HIT_POLICY: (
        "没有命中策略“{0}”",
        "There is no hit policy '{0}'",
    ),
    ModelCode.UNKNOWN_KIND: ("没有函数种类“{0}”；可用 {1}", "There is no kind of function '{0}'; known are {1}"),
    ModelCode.UNKNOWN_LANGUAGE: (
        "表达式语言“{0}”不受支持；请用 FEEL",
        "The expression language '{0}' is not supported; use FEEL",
    ),
    ModelCode.SHORT_ROW: ("应有 {0} 格，却有 {1} 格", "Expected {0} cells, found {1}"),
    ModelCode.DUPLICATE_ID: ("标识“{0}”重复，第 {1} 行已用过", "The id '{0}' is used twice; first in line {1}"),
    ModelCode.DUPLICATE_NAME: ("名称“{0}”重复，第 {1} 行已用过", "The name '{0}' is used twice; first in line {1}"),
    ModelCode.UNKNOWN_REFERENCE: ("引用的元素“{0}”不存在", "There is no element '{0}' to refer to"),
    ModelCode.WRONG_REFERENCE: ("“{0}”是 {1}，这里应为 {2}", "'{0}' is a {1}; a {2} is needed here"),
    ModelCode.UNKNOWN_IMPORT: (
        "没有提供命名空间为“{0}”的被导入模型",
        "The imported model with the namespace '{0}' was not given",
    ),
    ModelCode.UNKNOWN_MODEL_TYPE: ("没有类型“{0}”{1}", "There is no type '{0}'{2}"),
    ModelCode.CYCLE: (
        "这些元素互相依赖，无法计算：{0}",
        "These elements require one another, so none can be computed: {0}",
    ),
    ModelCode.TYPE_CYCLE: ("这些类型互相定义：{0}", "These types are defined by one another: {0}"),
    ModelCode.IMPORT_CYCLE: ("这些模型互相导入：{0}", "These models import one another: {0}"),
}


@dataclass(frozen=True, slots=True)
class ModelFault:
    """One fault: `file` is the name the model was read under; `position` counts characters from 0 in the text of
    the element, and is None where the element as a whole is at fault."""

    file: str
    at: At
    position: int | None
    code: ModelCode | Code
    zh: str
    en: str

    @property
    def place(self) -> str:
        """`file:line: element id`, as compilers write it."""
        ident = f" {self.at.id}" if self.at.id else ""
        column = "" if self.position is None else f", {self.position}"
        return f"{self.file}:{self.at.line}: {self.at.element}{ident}{column}"


class ModelErrors(ValueError):
    """All faults of a model, found in one pass; at least one."""

    def __init__(self, faults: Sequence[ModelFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.place}: {fault.en}" for fault in self.faults))


def fault(file: str, at: At, code: ModelCode, *details: object) -> ModelFault:
    """A fault of an element as a whole."""
    zh, en = MESSAGES[code]
    shown = [str(detail).encode("utf-8", "replace").decode()[:200] for detail in details]
    return ModelFault(file, at, None, code, zh.format(*shown), en.format(*shown))


def feel_fault(file: str, feel: Feel, error: RuleSyntaxError) -> ModelFault:
    """A fault at a character of a FEEL text; the line is that of the character, not of the element."""
    line = feel.at.line + feel.text.count("\n", 0, error.position)
    at = At(feel.at.element, feel.at.id, line)
    return ModelFault(file, at, error.position, error.code, error.zh, error.en)

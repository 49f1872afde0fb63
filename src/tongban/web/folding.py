"""Two languages in one template, folded into one compiled template per language.

A template writes `{{ t("中文", "English") }}`. While it is compiled for one reader's language the call disappears and
the sentence becomes part of the template's constant text, so a page costs no look-up however many sentences it has,
and a sentence without its other language cannot be written. `{{ t("最晚{day}答复", "Answer by {day}", day=x) }}` keeps
one call that fills the places; filled values are escaped, the sentence itself is the template author's HTML.
"""

from collections.abc import Iterator
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.exceptions import TemplateAssertionError
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from tongban.base.i18n import LANGS, Lang, Text

FUNCTION = "t"


class _Fold(NodeTransformer):
    """Replaces each `t(zh, en, **values)` by the sentence of one language."""

    def __init__(self, lang: Lang, name: str | None) -> None:
        self._lang: Lang = lang
        self._name = name

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 jinja2 calls it so
        self.generic_visit(node, *args, **kwargs)
        text = sentence(node, self._name)
        if text is None:
            return node
        constant = nodes.MarkSafe(nodes.Const(text[self._lang], lineno=node.lineno), lineno=node.lineno)
        if not node.kwargs:
            return constant
        return nodes.Filter(constant, "fill", [], node.kwargs, None, None, lineno=node.lineno)


def sentence(node: nodes.Call, name: str | None = None) -> Text | None:
    """The two languages of a `t(…)` call; None for any other call.

    Raises TemplateAssertionError where the call is not two constant, non-empty strings.
    """
    if not (isinstance(node.node, nodes.Name) and node.node.name == FUNCTION):
        return None
    match node.args:
        case [nodes.Const(value=str(zh)), nodes.Const(value=str(en))] if zh.strip() and en.strip():
            return Text(zh, en)
        case _:
            raise TemplateAssertionError("t() takes two constant sentences: Chinese, English", node.lineno, name)


class _Compiled(BytecodeCache):
    """Compiled templates of one language, kept for the process: another environment need not compile them again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """From memory; a source that has changed has another checksum."""
        known = self._known.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Into memory."""
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED: dict[Lang, _Compiled] = {lang: _Compiled() for lang in LANGS}


class FoldingEnvironment(Environment):
    """A Jinja environment that speaks one language. Unknown names are errors, never blanks."""

    def __init__(self, lang: Lang, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            bytecode_cache=_COMPILED[lang],
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.lang: Lang = lang
        self.filters["fill"] = fill

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Fold(self.lang, name).visit(tree)
        return tree


def fill(text: str, **values: object) -> Markup:
    """The sentence with its places filled; values are escaped unless they are markup already."""
    return Markup(text).format(**values)  # noqa: S704 the sentence is the template author's


def sentences(source: str) -> Iterator[Text]:
    """Every bilingual sentence of one template, for the test that reads them all."""
    tree = Environment(autoescape=True).parse(source)
    for call in tree.find_all(nodes.Call):
        text = sentence(call)
        if text is not None:
            yield text

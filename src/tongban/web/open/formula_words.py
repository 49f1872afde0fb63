"""What the names in an indicator's formula mean, in words: columns of the facts, procedures, acts, times, choices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.procedure import Procedure
from tongban.oversight.facts import COLUMNS
from tongban.oversight.model import Indicator

_NAME = re.compile(r"'([^']*)'|([a-z_]+)")
_KINDS: dict[str, Text] = {
    "rating": Text("一个评价", "a rating"),
    "wait": Text("窗口叫到的一个号", "a number called at a counter"),
    "suggestion": Text("工作人员对机器建议的一次表态", "an official's answer to a suggestion"),
}


def formula_words(catalogue: Catalogue, one: Indicator) -> list[tuple[str, Text]]:
    """Every column and code of its formulas, once each, in the order in which they stand there; what has no name of its
    own, such as the code of a channel, is told where its column is."""
    columns = {column.name: column.says for column in COLUMNS[one.facts]}
    found: dict[str, Text] = {}
    procedures: list[Procedure] = []
    for expression in (one.where, one.numerator, one.denominator, one.when):
        for quoted, name in _NAME.findall(expression):
            if name in columns:
                found.setdefault(name, columns[name])
            for code, words in _codes(catalogue, procedures, quoted):
                found.setdefault(code, words)
    return list(found.items())


def _codes(catalogue: Catalogue, procedures: list[Procedure], quoted: str) -> Iterator[tuple[str, Text]]:
    for code in filter(None, quoted.split(";")):
        field, _, choice = code.partition("=")
        try:
            procedures.append(catalogue.procedure(code))
        except Refused:
            words = next(filter(None, (_of(one, field, choice) for one in procedures)), None) or _KINDS.get(code)
            if words is not None:
                yield code, words
        else:
            yield code, _text(procedures[-1].name)


def _of(procedure: Procedure, name: str, choice: str) -> Text | None:
    """An act, a time, or a field of an act and what was chosen in it, by the names of a procedure."""
    if name in procedure.acts:
        return _text(procedure.acts[name].name)
    if name in procedure.terms:
        return _text(procedure.terms[name].name)
    for act in procedure.acts.values():
        if (field := act.says.get(name)) is not None:
            asked, chosen = _text(field.name), dict(field.choices).get(choice)
            if chosen is None:
                return asked
            answer = _text(chosen)
            return Text(f"{asked.zh}：{answer.zh}", f"{asked.en}: {answer.en}")
    return None


def _text(words: Text | str) -> Text:
    return words if isinstance(words, Text) else Text(words, words)

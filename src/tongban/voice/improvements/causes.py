"""The parts of a service file that a complaint can be about, and which of them one seems to be about.

A suggestion is made from what was ticked and from how much of a part's own name stands in what was said; nothing is
learned, and a person confirms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tongban.base.i18n import Text
from tongban.catalog.model import Service, Words
from tongban.catalog.procedure import Procedure

PAGE = Text("办事指南、网页", "The guide and the pages")
_WHOLE: Mapping[str, Text] = {
    "materials": Text("材料", "Papers"),
    "facts": Text("要填的信息", "Questions"),
    "conditions": Text("受理条件", "Conditions"),
    "terms": Text("期限", "Times"),
    "visits": Text("到现场次数", "Visits"),
    "fee": Text("收费", "Fee"),
    "page": PAGE,
}
_ALWAYS = frozenset({"page", "visits", "fee"})
_BY_TAG: Mapping[str, str] = {
    "more-papers": "materials",
    "more-conditions": "conditions",
    "late": "terms",
    "guide-wrong": "page",
    "hard-to-use": "page",
    "came-twice": "visits",
}
"""Tags of bad ratings (`ratings/tags.yaml`) that speak of the file; the others speak of how one was served."""
_BY_WORD: Mapping[str, str] = {
    "材料": "materials",
    "证明": "materials",
    "复印件": "materials",
    "条件": "conditions",
    "资格": "conditions",
    "多久": "terms",
    "太慢": "terms",
    "超期": "terms",
    "跑了": "visits",
    "收费": "fee",
    "指南": "page",
    "网页": "page",
    "网站": "page",
}
_ENOUGH = 0.6
"""Share of a name's runs of two characters that must stand in what was said."""
_OR = re.compile(r"或者|或|、|和|（|）")
_NOT_WORDS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of a service file: `path` is where in it, `name` what people read."""

    path: str
    name: Text

    @property
    def section(self) -> str:
        return self.path.partition(".")[0]


def causes(service: Service, procedure: Procedure) -> Mapping[str, Cause]:
    """What can be complained of, in the order of the file; first a section as a whole, then its parts."""
    parts = list(_parts(service, procedure))
    there = _ALWAYS | {section for section, _, _ in parts}
    found: dict[str, Cause] = {}
    for section, name in _WHOLE.items():
        if section not in there:
            continue
        found[section] = Cause(section, name)
        for of, key, own in parts:
            if of == section:
                path, shown = f"{of}.{key}", Text(f"{name.zh}：{own.zh}", f"{name.en}: {own.en}")
                found[path] = Cause(path, shown)
    return found


def _parts(service: Service, procedure: Procedure) -> Iterator[tuple[str, str, Text]]:
    yield from (("materials", slug, _text(one.name)) for slug, one in service.materials.items())
    yield from (("facts", slug, _text(one.name)) for slug, one in service.facts.items() if not one.derive)
    yield from (("conditions", str(n), _text(one)) for n, one in enumerate(service.conditions, 1))
    yield from (("terms", slug, procedure.terms[slug].name) for slug in service.terms if slug in procedure.terms)


def suggested(of: Mapping[str, Cause], tags: Iterable[str], said: str) -> str:
    """The path of the likeliest part, or empty. A part whose name was said goes before one that was only ticked."""
    ticked = [section for tag in tags if (section := _BY_TAG.get(tag, "")) in of]
    near = [(_said(one.name.zh.partition("：")[2], said), one) for path, one in of.items() if "." in path]
    named = [(share, one.section in ticked, len(one.name.zh), one.path) for share, one in near if share >= _ENOUGH]
    if named:
        return max(named)[-1]
    if ticked:
        return ticked[0]
    return next((section for word, section in _BY_WORD.items() if word in said and section in of), "")


def _said(name: str, said: str) -> float:
    """How much of a name was said; where it names several things (“甲或乙”), of the one that was said most."""
    heard = _runs(said)
    return max((len(runs & heard) / len(runs) for one in _OR.split(name) if (runs := _runs(one))), default=0.0)


def _runs(text: str) -> set[str]:
    return {piece[n : n + 2] for piece in _NOT_WORDS.split(text.casefold()) for n in range(len(piece) - 1)}


def _text(value: Words) -> Text:
    return Text(value, value) if isinstance(value, str) else value

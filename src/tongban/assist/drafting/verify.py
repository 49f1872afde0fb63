"""The verifier: a sentence stands only if all that can be checked in it stands in the sources it cites.

Deterministic, the same for the files' own words and for a model's. It cannot know whether a sentence is right; it knows
that every quote is in its source, that no number, date, amount, law, article, telephone number or identifier came from
nowhere, that the law is in force on the day, and that it holds in the region. What fails is dropped, never mended.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from tongban.assist.drafting.figures import Figure, figures, laws, plain
from tongban.assist.drafting.model import Sentence, Source
from tongban.assist.model import Evidence
from tongban.base.i18n import LANGS, Lang

VERDICTS = (
    "不符合", "不予", "驳回", "拒绝", "准予", "批准", "同意", "通过", "符合", "合格", "罚款", "处罚", "收费", "缴费",
    "缴纳", "转账", "汇款", "免费", "撤销", "移送", "失信", "违法", "违规",
)  # fmt: skip
"""Words that a model may only use where a source it cites has used them: they decide, cost or accuse."""
_NEGATIVE = re.compile("[不没未无非免勿莫]")
_QUOTED = re.compile("“([^“”]{2,})”|「([^「」]{2,})」")


class Fault(NamedTuple):
    """Why a sentence does not stand. `code`: no-source, unknown-source, quote-altered, not-in-force, other-region,
    figure-unsupported, law-unsupported; of a model's also verdict-unsupported, sense-turned."""

    code: str
    what: str


class Verified(NamedTuple):
    """The sentences that stand, and for each that does not, its first fault."""

    kept: tuple[Sentence, ...]
    dropped: tuple[tuple[Sentence, Fault], ...]


def verified(
    sentences: Iterable[Sentence],
    sources: Mapping[str, Source],
    day: date,
    region: str,
    langs: tuple[Lang, ...] = LANGS,
    *,
    by_model: bool = False,
) -> Verified:
    """Every sentence held to its sources, in each of `langs`; a model's is also held to their verdict and sense."""
    kept: list[Sentence] = []
    dropped: list[tuple[Sentence, Fault]] = []
    for sentence in sentences:
        fault = next(faults(sentence, sources, day, region, langs), None)
        if fault is None and by_model:
            fault = next(_turned(sentence, sources), None)
        if fault is None:
            kept.append(_verbatim(sentence, sources))
        else:
            dropped.append((sentence, fault))
    return Verified(tuple(kept), tuple(dropped))


def faults(
    sentence: Sentence, sources: Mapping[str, Source], day: date, region: str, langs: tuple[Lang, ...] = LANGS
) -> Iterator[Fault]:
    """Everything wrong with one sentence."""
    if not sentence.evidence:
        yield Fault("no-source", sentence.text.zh)
        return
    if strangers := [one.source for one in sentence.evidence if one.source not in sources]:
        yield from (Fault("unknown-source", source) for source in strangers)
        return
    cited = {one.source: sources[one.source] for one in sentence.evidence}
    for one in sentence.evidence:
        if not _quotes(one.quote, cited[one.source]):
            yield Fault("quote-altered", one.quote)
    for source in cited.values():
        if not source.in_force(day):
            yield Fault("not-in-force", source.id)
        if not source.covers(region):
            yield Fault("other-region", source.id)
    for lang in langs:
        yield from _unsupported(sentence.text[lang], [source.text[lang] for source in cited.values()])


def _turned(sentence: Sentence, sources: Mapping[str, Source]) -> Iterator[Fault]:
    """A verdict that no source gives, and a yes made of a no or the other way round."""
    text = sentence.text.zh
    cited = "".join(sources[one.source].text.zh for one in sentence.evidence)
    yield from (Fault("verdict-unsupported", word) for word in VERDICTS if word in text and word not in cited)
    quotes = "".join(one.quote for one in sentence.evidence)
    if bool(_NEGATIVE.search(text)) != bool(_NEGATIVE.search(quotes)):
        yield Fault("sense-turned", text)


def _quotes(quote: str, source: Source) -> bool:
    wanted = plain(quote)
    return bool(wanted) and any(wanted in plain(source.text[lang]) for lang in LANGS)


def _unsupported(text: str, cited: list[str]) -> Iterator[Fault]:
    known = frozenset[Figure]().union(*map(figures, cited))
    for figure in sorted(figures(text)):
        if not _known(figure, known):
            yield Fault("figure-unsupported", f"{figure.kind} {figure.value} {figure.unit}".strip())
    pairs = [laws(one) for one in cited]
    for pair in sorted(laws(text)):
        if not any(pair in one for one in pairs):
            yield Fault("law-unsupported", f"《{pair[0]}》{pair[1]}")
    flat = [plain(one) for one in cited]
    for quoted in _QUOTED.finditer(text):
        words = plain(quoted[1] or quoted[2])
        if words and not any(words in one for one in flat):
            yield Fault("quote-altered", quoted[0])


def _known(figure: Figure, known: frozenset[Figure]) -> bool:
    if figure in known:
        return True
    match figure.kind:
        case "date" if figure.value.startswith("----"):
            return any(one.kind == "date" and one.value.endswith(figure.value[4:]) for one in known)
        case "date":
            return len(figure.value) == 7 and any(
                one.kind == "date" and one.value.startswith(figure.value) for one in known
            )
        case "number" if not figure.unit:
            return any(one.kind == "number" and one.value == figure.value for one in known)
        case _:
            return False


def _verbatim(sentence: Sentence, sources: Mapping[str, Source]) -> Sentence:
    """The sentence with its quotes exactly as they stand in the source, so that a reader finds them there."""
    return msgspec.structs.replace(
        sentence, evidence=tuple(_exact(one, sources[one.source]) for one in sentence.evidence)
    )


def _exact(evidence: Evidence, source: Source) -> Evidence:
    text = source.text.zh
    start = text.find(evidence.quote)
    if start < 0:  # the same words in another width or with other spaces: the whole source is shown
        return Evidence(source.id, text, 0)
    return Evidence(source.id, evidence.quote, start)

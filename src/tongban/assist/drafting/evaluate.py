"""How good drafting is, measured on every example of every service file.

`held`     share of the drafter's own sentences that the verifier lets through: all of them, or a draft says something
           that its sources do not
`caught`   share of sentences with one thing made false that the verifier drops: a digit, a date, a law, an article, a
           quote, an amount, a telephone number, a link, a source, a verdict, a law out of force
`spared`   share of sentences written another way with the same meaning that it lets through
`named`    share of summaries that name the applicant, the matter, the state and the rules' result
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

from tongban.assist.drafting import plain
from tongban.assist.drafting.model import Kind, Sentence, Source
from tongban.assist.drafting.sources import Gathered, gather
from tongban.assist.drafting.verify import verified
from tongban.assist.model import Evidence
from tongban.base.i18n import Text
from tongban.cases import CaseView

NOTICES = tuple(kind for kind in Kind if kind is not Kind.SUMMARY)
_HAN = "零一二三四五六七八九"


def notices(views: Iterable[CaseView]) -> dict[str, float]:
    """`held`, `caught` and `spared` of every kind of notice; also the number of sentences they rest on."""
    counted = _Counted()
    for case in map(gather, views):
        for kind in NOTICES:
            drafted = plain.draft(case, kind)
            for sentence in drafted.sentences if drafted else ():
                counted.sentence(case, sentence)
    return counted.figures()


def summaries(views: Iterable[CaseView]) -> dict[str, float]:
    """`held` and `named` of case summaries."""
    counted, named, all_of = _Counted(), 0, 0
    for case in map(gather, views):
        drafted = plain.draft(case, Kind.SUMMARY)
        text = drafted.words("zh") if drafted else ""
        wanted = (case.view.opening.applicant.name, case.view.service_name.zh, case.view.state_name.zh)
        named += all(word in text for word in (*wanted, case.explained.message.zh))
        all_of += 1
        for sentence in drafted.sentences if drafted else ():
            counted.sentence(case, sentence)
    return counted.figures() | {"named": named / all_of if all_of else 0.0}


class _Counted:
    def __init__(self) -> None:
        self.held = self.of_held = self.caught = self.of_caught = self.spared = self.of_spared = 0

    def sentence(self, case: Gathered, sentence: Sentence) -> None:
        """One true sentence, and all that can be made of it."""
        self.of_held += 1
        if not _stands(case, sentence):
            return
        self.held += 1
        for false in falsified(sentence):
            self.of_caught += 1
            self.caught += not _stands(case, false, by_model=True)
        outdated = _outdated(case.sources, sentence)
        if outdated is not None:
            self.of_caught += 1
            self.caught += not verified([sentence], case.sources, outdated, case.region).kept
        for rewritten in reworded(sentence):
            self.of_spared += 1
            self.spared += _stands(case, rewritten)

    def figures(self) -> dict[str, float]:
        """The shares; 1 where there was nothing to share."""
        return {
            "held": _share(self.held, self.of_held),
            "caught": _share(self.caught, self.of_caught),
            "spared": _share(self.spared, self.of_spared),
            "sentences": float(self.of_held),
            "falsified": float(self.of_caught),
        }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _stands(case: Gathered, sentence: Sentence, *, by_model: bool = False) -> bool:
    return bool(verified([sentence], case.sources, case.day, case.region, ("zh",), by_model=by_model).kept)


def falsified(sentence: Sentence) -> Iterator[Sentence]:
    """The sentence with one thing made false, in each way that applies to it."""
    for change in _CHANGES:
        text = change(sentence.text.zh)
        if text != sentence.text.zh:
            yield Sentence(Text(text, text), sentence.evidence)
    first, *others = sentence.evidence
    yield Sentence(sentence.text, (Evidence("law:NONE-1", first.quote), *others))
    altered = _digit(first.quote) if re.search(r"\d", first.quote) else f"{first.quote[:-1]}某"
    yield Sentence(sentence.text, (Evidence(first.source, altered), *others))


def _digit(text: str) -> str:
    """One digit changed, the last one, by one."""
    return re.sub(r"\d(?=\D*$)", lambda m: str((int(m[0]) + 1) % 10), text)


_CHANGES: tuple[Callable[[str], str], ...] = (
    _digit,
    lambda text: re.sub(r"第(\d+)条", lambda m: f"第{int(m[1]) + 1}条", text),
    lambda text: re.sub("《[^》]+》", "《行政处罚简化办法》", text),
    lambda text: re.sub(r"(\d+)月(\d+)日", lambda m: f"{m[1]}月{int(m[2]) % 27 + 1}日", text),
    lambda text: f"{text}另须缴纳300元。",
    lambda text: f"{text}请在三日内办理。",
    lambda text: f"{text}请打0990-1234567。",
    lambda text: f"{text}详见 lj-shenpi.example/pay。",
    lambda text: f"{text}已批准转账。",
)


def _outdated(sources: Mapping[str, Source], sentence: Sentence) -> date | None:
    """A day on which a source of the sentence was not yet in force."""
    starts = [since for one in sentence.evidence if (since := sources[one.source].since)]
    return min(starts) - timedelta(days=1) if starts else None


def reworded(sentence: Sentence) -> Iterator[Sentence]:
    """The sentence in full-width digits, and with small numbers of days in Chinese numerals."""
    wide = sentence.text.zh.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    han = re.sub(r"(?<!\d)([3-9])(?=个工作日|个月|天)", lambda m: _HAN[int(m[1])], sentence.text.zh)
    for text in {wide, han} - {sentence.text.zh}:
        yield Sentence(Text(text, text), sentence.evidence)

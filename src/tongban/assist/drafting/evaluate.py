"""How good drafting is, measured on every example of every service file.

`held`     share of the drafter's own sentences that the verifier lets through: all of them, or a draft says something
           that its sources do not
`caught`   share of sentences with one thing made false that the verifier drops: a digit, a date, a law, an article, a
           quote, an amount, a telephone number, a link, a source, a verdict, a law out of force
`spared`   share of sentences written another way with the same meaning that it lets through
`named`    share of summaries that name the applicant, the matter, the state and the rules' result
`false-caught`, `true-kept`
           the same for claims that a person wrote, some of which no deterministic check can tell (the set says which)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec

from tongban.assist.drafting import plain
from tongban.assist.drafting.examples import REGION, views
from tongban.assist.drafting.model import Drafted, Kind, Sentence, Source
from tongban.assist.drafting.sources import Gathered, gather
from tongban.assist.drafting.verify import verified
from tongban.assist.evaluations import Outcome, Setting
from tongban.assist.model import Evidence
from tongban.base.i18n import Text
from tongban.catalog.catalogue import Catalogue

NOTICES = tuple(kind for kind in Kind if kind is not Kind.SUMMARY)
_HAN = "零一二三四五六七八九"


def notices(setting: Setting) -> Outcome:
    """`held`, `caught` and `spared` over every kind of notice, and the authored claims."""
    counted = _Counted()
    for case in _cases(setting.catalogue):
        for kind in NOTICES:
            counted.draft(case, plain.draft(case, kind))
    rows = claims(setting.path)
    return _outcome(counted, rows, {})


def summaries(setting: Setting) -> Outcome:
    """`held`, `caught`, `spared` and `named` of summaries, and the authored claims."""
    counted, named, every = _Counted(), 0, 0
    for case in _cases(setting.catalogue):
        drafted = plain.draft(case, Kind.SUMMARY)
        counted.draft(case, drafted)
        text, view = drafted.words("zh") if drafted else "", case.view
        wanted = (view.opening.applicant.name, view.service_name.zh, view.state_name.zh, case.explained.message.zh)
        named += all(word in text for word in wanted)
        every += 1
    return _outcome(counted, claims(setting.path), {"named": _share(named, every)})


def _cases(catalogue: Catalogue) -> Iterator[Gathered]:
    procedures = {procedure.procedure: procedure for procedure in catalogue.procedures()}
    return map(gather, views(catalogue.services(), procedures))


def _outcome(counted: _Counted, rows: list[Claim], more: dict[str, float]) -> Outcome:
    false, true = [row for row in rows if not row.ok], [row for row in rows if row.ok]
    metrics = {
        "held": _share(counted.held, counted.of_held),
        "caught": _share(counted.caught, counted.of_caught),
        "spared": _share(counted.spared, counted.of_spared),
        "false-caught": _share(sum(not row.stands() for row in false), len(false)),
        "true-kept": _share(sum(row.stands() for row in true), len(true)),
        **more,
    }
    return Outcome(
        metrics={name: round(value, 4) for name, value in metrics.items()},
        size=len(rows),
        note=f"{counted.of_held} sentences drafted from examples of services, {counted.of_caught} falsified; "
        f"{len(false)} false and {len(true)} true authored claims",
    )


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One authored claim over one source: whether it should stand (`ok`), and why."""

    source: str
    quote: str
    text: str
    ok: bool
    why: str

    def stands(self) -> bool:
        """Whether the verifier lets it through, as a model's."""
        known = {"record:claim": Source(id="record:claim", text=Text(self.source, ""))}
        sentence = Sentence(Text(self.text, self.text), (Evidence("record:claim", self.quote),))
        return bool(verified([sentence], known, date(2026, 11, 3), REGION, ("zh",), by_model=True).kept)


def claims(path: Path) -> list[Claim]:
    """The rows of a file of claims, one JSON a line."""
    return [msgspec.json.decode(line, type=Claim) for line in path.read_bytes().splitlines() if line.strip()]


class _Counted:
    def __init__(self) -> None:
        self.held = self.of_held = self.caught = self.of_caught = self.spared = self.of_spared = 0

    def draft(self, case: Gathered, drafted: Drafted | None) -> None:
        """Every sentence of a draft."""
        for sentence in drafted.sentences if drafted else ():
            self.sentence(case, sentence)

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

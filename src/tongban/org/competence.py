"""Which body answers for this person, place and service, with the reason in words that a person can check.

Pure over the register. The service file names the place (`catalog.place_of`); here it becomes one body. Whoever applies
in another place is not turned away: the application is taken in there and handed on (浙江省保障“最多跑一次”改革规定 5;
行政许可法 32 obliges at least to say who is competent).
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import msgspec

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.org.agreements import Agreement, AgreementMode
from tongban.org.directory import Competence, Directory
from tongban.org.model import Body

HAND_ON = Text(
    "浙江省保障“最多跑一次”改革规定第5条、行政许可法第32条",
    "Zhejiang Provisions on One Visit at Most, article 5; Administrative Licensing Law, article 32",
)
"""Why a wrong door is no refusal (a local rule, which the demonstration province follows)."""

_SITE = Text("办事的地点在{region}", "the place it is about lies in {region}")
_SEAT = Text("单位登记在{region}", "the business is registered in {region}")
_CHOICE = Text("您选了在{region}办", "you chose {region}")
_GROUNDS: dict[str, tuple[Text, Text]] = {
    "residence": (
        Text("您住在{region}", "you live in {region}"),
        Text("{whose}住在{region}", "{whose} lives in {region}"),
    ),
    "household": (
        Text("您的户口在{region}", "your household is registered in {region}"),
        Text("{whose}的户口在{region}", "the registered home of {whose} is {region}"),
    ),
    "insured": (
        Text("您在{region}参保", "you are insured in {region}"),
        Text("{whose}在{region}参保", "the place of insurance of {whose} is {region}"),
    ),
    "account": (
        Text("您的账户在{region}", "your account is kept in {region}"),
        Text("{whose}的账户在{region}", "the account of {whose} is kept in {region}"),
    ),
    "work": (
        Text("您在{region}工作", "you work in {region}"),
        Text("{whose}在{region}工作", "{whose} works in {region}"),
    ),
    "site": (_SITE, _SITE),
    "seat": (_SEAT, _SEAT),
    "choice": (_CHOICE, _CHOICE),
}
"""What a place is to who applies, and to another person."""


class Place(msgspec.Struct, frozen=True):
    """What the service's rule says: the region, what it is to the person, and the law as people read it. `whose` is
    another person than who applies."""

    region: str
    ground: str
    law: Text
    whose: Text | None = None

    def why(self, region: Text) -> Text:
        """The ground in words, for a region by its name."""
        own, other = _GROUNDS[self.ground]
        return other.format(region=region, whose=self.whose) if self.whose else own.format(region=region)


class Competent(msgspec.Struct, frozen=True):
    """The body that answers, for which region, and why, in one or two sentences.

    `taken_in_by` is the body of the place where one applies, where that is another: it hands the application on.
    `agreement` is what lets it decide itself, or lets the other take it over unseen.
    """

    body: Body
    region: str
    reason: Text
    taken_in_by: Body | None = None
    agreement: Agreement | None = None


def competent_for(
    directory: Directory, of: Callable[[str], Competence], *, service: str, chosen: str, place: Place | None, day: date
) -> Competent:
    """The one body. `of` gives the body for a region (by kind, level and moved powers), `chosen` is the region where
    one applies.

    Raises Refused `unknown-region`, `region-divided`, `no-competent-body` if the place is none of this register's.
    """
    if place is None:
        found = of(chosen)
        return Competent(found.body, chosen, found.reason)
    body, region = of(place.region).body, directory.current(place.region)
    reason = _because(body.name, place, region.name)
    try:
        here = of(chosen).body
    except Refused:  # nowhere that we know: it goes straight to the body that answers
        here = body
    if here.id == body.id:
        return Competent(body, region.code, reason)
    if equal := directory.agreement(AgreementMode.EQUAL, service, here.region, body.region, day):
        said = Text(
            "由{here}办：您在这里申请，按{name}和{body}同等办理（{law}）。",
            "{here} handles this: you apply here, and by {name} it counts as {body} ({law}).",
        )
        law = Text(equal.law, equal.law)
        return Competent(
            here, chosen, said.format(here=here.name, body=body.name, name=equal.name, law=law), None, equal
        )
    chose = Text(
        "{here}在这里收下、转过去，不用您再跑，也不用重新交（{law}）。",
        "{here} takes it in and hands it on; you need not go or send again ({law}).",
    )
    elsewhere = Text(
        "您选的是{place}：照样收下，由{here}转过去，不用您再跑，也不用重新交（{law}）。",
        "You chose {place}: it is taken in all the same and {here} hands it on; you need not go or send again ({law}).",
    )
    more = (chose if place.ground == "choice" else elsewhere).format(
        place=directory.current(chosen).name, here=here.name, law=HAND_ON
    )
    agreed = directory.agreement(AgreementMode.TAKE_OVER, service, here.region, body.region, day)
    return Competent(body, region.code, Text(reason.zh + more.zh, f"{reason.en} {more.en}"), here, agreed)


@lru_cache(maxsize=10_000)
def _because(body: Text, place: Place, region: Text) -> Text:
    reason = Text("由{body}办，因为{why}", "{body} handles this, because {why}").format(
        body=body, why=place.why(region)
    )
    return _lawful(reason, place.law)


def _lawful(text: Text, law: Text) -> Text:
    return Text(f"{text.zh}（{law.zh}）。", f"{text.en} ({law.en}).") if law.zh else Text(f"{text.zh}。", f"{text.en}.")

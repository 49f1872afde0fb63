"""What must be true of moved powers before they are read: asked at load, and by the case that would publish one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.org.entries import ALL, lineage
from tongban.org.model import Body, Power
from tongban.org.moved import Delegation, MoveKind

_GOVERNMENT = "government"


def problems(
    bodies: Mapping[str, Body], powers: Mapping[str, Sequence[Power]], moves: Sequence[Delegation]
) -> Iterator[Problem]:
    """Everything that is wrong with `moves`; bodies that are not there are somebody else's to name."""
    known = [one for one in moves if one.from_body in bodies and one.to_body in bodies]
    for one in known:
        yield from _held(one, powers.get(one.from_body, ()))
        yield from _to_whom(one, bodies)
        yield from _in_time(one)
        if one.own_name:
            yield from _in_own_name(one, bodies)
        for other in known:
            yield from _chained(one, other)
            if one.id < other.id:
                yield from _twice(one, other)


def _held(one: Delegation, own: Sequence[Power]) -> Iterator[Problem]:
    """Only what a body holds itself, where it holds it."""
    for service in sorted(one.services):
        holding = [power for power in own if power.services & {service, ALL}]
        if not holding:
            yield _problem(
                "delegation-passed-on",
                one,
                f"{one.from_body}自己没有“{service}”的职权，不能委托出去；受委托的职权不得再委托。",
                f"{one.from_body} holds no power of its own for “{service}” and cannot delegate it; "
                "a delegated power is never passed on.",
                "行政许可法 24",
            )
            continue
        for region in sorted(one.regions):
            if not any(code in power.regions for power in holding for code in lineage(region)):
                yield _problem(
                    "delegation-outside-power",
                    one,
                    f"{one.from_body}在{region}没有“{service}”的职权，不能委托到那里。",
                    f"{one.from_body} holds no power for “{service}” in {region} and cannot give it away there.",
                    "行政许可法 24",
                )


def _chained(one: Delegation, other: Delegation) -> Iterator[Problem]:
    """A power that came by delegation is not given on, whatever else the body may do."""
    received = one.kind is MoveKind.DELEGATED and one.to_body == other.from_body
    if received and _same_power(one, other) and _same_time(one, other):
        yield _problem(
            "delegation-passed-on",
            other,
            f"{other.from_body}的这项职权是受{one.from_body}委托来的（{one.id}），不得再委托。",
            f"{other.from_body} exercises this power as the delegate of {one.from_body} ({one.id}); "
            "it is never passed on.",
            "行政许可法 24",
        )


def _to_whom(one: Delegation, bodies: Mapping[str, Body]) -> Iterator[Problem]:
    if one.from_body == one.to_body:
        yield _problem("delegation-to-itself", one, "不能委托给自己。", "A body does not delegate to itself.", one.law)
    if not bodies[one.to_body].administrative:
        yield _problem(
            "delegation-not-administrative",
            one,
            f"{bodies[one.to_body].name.zh}不是行政机关，不能把行政许可委托给它。",
            f"{bodies[one.to_body].name.en} is no administrative body; licensing is not delegated to it.",
            "行政许可法 24",
        )


def _in_time(one: Delegation) -> Iterator[Problem]:
    """Nothing takes effect that was not announced before."""
    if one.until is not None and one.published_on is not None and one.until <= max(one.since, one.published_on):
        yield _problem(
            "delegation-never-in-force",
            one,
            "结束的日期要在开始和公告以后。",
            "It ends after it begins and after it was announced, or it never holds.",
            "行政许可法 24",
        )


def _in_own_name(one: Delegation, bodies: Mapping[str, Body]) -> Iterator[Problem]:
    giver, taker = bodies[one.from_body], bodies[one.to_body]
    if one.acts != frozenset({ALL}):
        yield _problem(
            "move-of-part",
            one,
            "以自己的名义行使的职权要整个转过去，不能只转一部分动作。",
            "A power exercised in one's own name moves whole, not act by act.",
            one.law,
        )
    if not one.decision.zh:
        yield _problem(
            "move-without-decision",
            one,
            "下放和集中都要写明依据的决定和文号。",
            "Say which decision it rests on, with its number.",
            "行政许可法 22、23、25",
        )
    match one.kind:
        case MoveKind.CONCENTRATED:
            decider = bodies.get(one.decided_by)
            provincial = decider is not None and decider.kind == _GOVERNMENT and decider.region.endswith("0000")
            over = provincial and decider is not None and decider.region in lineage(taker.region)
            if not over or not one.approved_by.zh:
                yield _problem(
                    "concentration-not-approved",
                    one,
                    "集中行使行政许可权，要经国务院批准，由本省人民政府决定。",
                    "Licensing powers are concentrated by the provincial government with the State Council's approval.",
                    "行政许可法 25",
                )
        case MoveKind.MOVED_DOWN:
            if giver.region == taker.region or giver.region not in lineage(taker.region):
                yield _problem(
                    "move-not-down",
                    one,
                    f"{taker.name.zh}不在{giver.name.zh}的下级地区，不是下放。",
                    f"{taker.name.en} does not lie below {giver.name.en}.",
                    one.law,
                )
        case MoveKind.DELEGATED:
            pass


def _twice(one: Delegation, other: Delegation) -> Iterator[Problem]:
    """One power in one place has one body that owes the answer."""
    both = one.own_name and other.own_name and one.from_body == other.from_body
    if both and one.to_body != other.to_body and _same_power(one, other) and _same_time(one, other):
        yield _problem(
            "moved-twice",
            other,
            f"同一项职权已经转给了{one.to_body}（{one.id}），不能再转给{other.to_body}。",
            f"The same power has already moved to {one.to_body} ({one.id}).",
            one.law,
        )


def _same_power(one: Delegation, other: Delegation) -> bool:
    services = ALL in one.services or ALL in other.services or bool(one.services & other.services)
    return services and _meet(one.regions, other.regions)


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two sets of regions have a place in common."""
    return any(a in lineage(b) or b in lineage(a) for a in some for b in others)


def _same_time(one: Delegation, other: Delegation) -> bool:
    far = date.max
    return one.since < (other.until or far) and other.since < (one.until or far)


def _problem(code: str, one: Delegation, zh: str, en: str, law: str) -> Problem:
    return Problem(code, Text(zh, en), f"delegation {one.id}", law)

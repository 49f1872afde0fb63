"""Working out what machines did in a case, from its events and the gate's log. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from tongban.assist.account.model import Did, LookedUp, MachineAccount, Made
from tongban.assist.records import SUGGESTED, Contribution, Settled
from tongban.base.i18n import Text
from tongban.cases import CaseView
from tongban.catalog.wording import day_words, joined

NameOf = Callable[[str], Text]
"""The name of a use by its slug."""
PostOf = Callable[[Settled], Text]
"""The post and body of who answered a suggestion."""

_ANSWERS: dict[str, Text] = {
    "accepted": Text("{by}采纳了", "{by} took it"),
    "declined": Text("{by}没有采纳", "{by} did not take it"),
    "open": Text("还没有人答复这条建议", "nobody has answered it yet"),
}
_NOTHING = Text(
    "没有机器替您办这件事：没有规则自动办的步骤，没有算法给过建议，也没有自动调取记录。每一步都是人办的。",
    "No machine handled this case: the rules did no step by themselves, no algorithm made a suggestion and no record"
    " was looked up. People did every step.",
)


def machine_account(
    view: CaseView, contributions: Sequence[Contribution], name_of: NameOf, post_of: PostOf
) -> MachineAccount:
    """What machines did in this case; `view` is the reader's, so nothing is told that they may not see."""
    steps = tuple(_steps(view))
    made = tuple(_made(one, view, name_of, post_of) for one in contributions if one.call.outcome == SUGGESTED)
    looked = tuple(_looked_up(view))
    nothing = not steps and not made and not looked
    return MachineAccount(
        case=view.case,
        summary=_NOTHING if nothing else _summary(steps, made, looked),
        nothing=nothing,
        steps=steps,
        suggestions=made,
        withheld=sum(one.call.outcome != SUGGESTED for one in contributions),
        looked_up=looked,
        by_people=tuple(_by_people(view)),
        people_only=view.state.people_only,
    )


def contributed(made: Sequence[Contribution], name_of: NameOf) -> Text:
    """One sentence for the letter of an outcome; empty where no use made a suggestion."""
    suggested = [one for one in made if one.call.outcome == SUGGESTED]
    if not suggested:
        return Text("", "")
    names = joined([name_of(use) for use in dict.fromkeys(one.call.use for one in suggested)])
    taken = sum(_answer(one) == "accepted" for one in suggested)
    return Text(
        f"办理中，登记的算法“{names.zh}”给过{len(suggested)}条建议，工作人员采纳了{taken}条；决定是人作的。"
        "详情在办件页“这件事里机器做了什么”，不放心可以请人看一看。",
        f"The registered use “{names.en}” made {_count(len(suggested), 'suggestion')} in this case and officials took"
        f" {taken}; people decided. See “What machines did” on its page, where you can ask for a human look.",
    )


def _steps(view: CaseView) -> Iterator[Did]:
    acts = view.definition.procedure.acts
    for line in view.account:
        act = acts.get(view.loaded.events[line.seq - 1].type)
        if act is not None and line.by.kind in ("rules", "clock") and not line.undone:
            yield Did(
                seq=line.seq,
                kind="rules" if line.by.kind == "rules" else "clock",
                at=line.at,
                sentence=line.sentence,
                law=line.law,
                decided=act.decides is not None,
            )


def _by_people(view: CaseView) -> Iterator[Text]:
    """The acts of people, each once, in order."""
    acts = view.definition.procedure.acts
    done = (view.loaded.events[line.seq - 1] for line in view.account if not line.undone)
    yield from dict.fromkeys(
        acts[event.type].name for event in done if event.type in acts and event.by.kind in ("official", "person")
    )


def _looked_up(view: CaseView) -> Iterator[LookedUp]:
    found: dict[tuple[str, str], list[str]] = {}
    for name, record in view.state.records.items():
        found.setdefault((record.source.zh, record.source.en), []).append(name)
    for (zh, en), names in found.items():
        at = max(view.state.records[name].at for name in names)
        yield LookedUp(source=Text(zh, en), at=at, facts=tuple(view.definition.label(name) for name in names))


def _answer(one: Contribution) -> str:
    return one.settled[-1].outcome if one.settled else "open"


def _made(one: Contribution, view: CaseView, name_of: NameOf, post_of: PostOf) -> Made:
    call, taken = one.call, _answer(one)
    settled = one.settled[-1] if one.settled else None
    by, name, said = post_of(settled) if settled else Text("", ""), name_of(call.use), _said(call.suggestion)
    day = day_words(view.definition.local(call.at))
    answer = _ANSWERS[taken].format(by=by)
    reason = settled.reason if settled else ""
    why = Text(f"，理由：{reason}", f"; reason: {reason}") if reason else Text("", "")
    return Made(
        id=call.id,
        use=call.use,
        name=name,
        link=f"/open/algorithms/{call.use}",
        at=call.at,
        said=said,
        taken="open" if settled is None else settled.outcome,
        by=by,
        reason=reason,
        sentence=Text(
            f"{day.zh}，“{name.zh}”建议：{said.zh}{answer.zh}{why.zh}。",
            f"{day.en}, “{name.en}” suggested: {said.en} {answer.en[:1].upper()}{answer.en[1:]}{why.en}.",
        ),
    )


def _said(suggestion: dict[str, Any] | None) -> Text:
    """The suggestion's own sentence, closed with a full stop."""
    text = cast("dict[str, Any]", (suggestion or {}).get("text") or {})
    zh, en = str(text.get("zh") or "（没有保存）"), str(text.get("en") or "(not kept)")
    return Text(zh if zh.endswith(("。", "！", "？")) else f"{zh}。", en if en.endswith((".", "!", "?")) else f"{en}.")


def _summary(steps: Sequence[Did], made: Sequence[Made], looked: Sequence[LookedUp]) -> Text:
    parts = list(_parts(steps, made, looked))
    zh, en = "；".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    return Text(f"{zh}。", f"{en[:1].upper()}{en[1:]}.")


def _parts(steps: Sequence[Did], made: Sequence[Made], looked: Sequence[LookedUp]) -> Iterable[Text]:
    rules = [step for step in steps if step.kind == "rules"]
    if any(step.decided for step in rules):
        yield Text("结果是规则按您的情况直接得出的，没有经过人", "the rules reached the outcome and no person looked")
    elif rules:
        yield Text(
            f"有{len(rules)}步由规则自动办，结果是人决定的或者还没有决定",
            f"the rules did {_count(len(rules), 'step')} by themselves; people decide the outcome",
        )
    else:
        yield Text("没有规则自动办的步骤", "the rules did no step by themselves")
    if made:
        taken = sum(one.taken == "accepted" for one in made)
        yield Text(
            f"算法给过{len(made)}条建议，采纳了{taken}条",
            f"algorithms made {_count(len(made), 'suggestion')}; officials took {taken}",
        )
    else:
        yield Text("没有算法给过建议", "no algorithm made a suggestion")
    if looked:
        yield Text(
            f"自动调取了{len(looked)}处政府记录",
            f"{_count(len(looked), 'record')} of the state {_were(len(looked))} looked up automatically",
        )
    if any(step.kind == "clock" for step in steps):
        yield Text("期限届满时系统按法条走了一步", "a step followed by law when a term ran out")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"

"""Rules about policy files: lawful, able to find anybody, and telling no more than it must."""

import re
from collections.abc import Iterator
from typing import Any

from tongban.base.i18n import Text, words
from tongban.catalog.check.laws import doubled_laws, unnamed_acts, unread_laws
from tongban.catalog.check.registry import Said, View, policy_lint
from tongban.catalog.columns import Columnar, columnar, encode
from tongban.catalog.compile import try_compile
from tongban.catalog.model import Fact, FactType, Service
from tongban.catalog.policy import Policy
from tongban.rules.columns.nodes import OTHER

_PLACE = re.compile(r"\{([^{}]*)\}")
_NUMBERS = frozenset({FactType.INTEGER, FactType.NUMBER, FactType.MONEY})
LARGEST_TELL = 3
"""Outputs that may leave the holder; an offer needs an amount and perhaps a class, hardly more."""


@policy_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[Policy]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@policy_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[Policy]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@policy_lint("act-unnamed", "warning", "法律文件要有英文名", "An act has a name in English")
def act_unnamed(view: View[Policy]) -> Iterator[Said]:
    return unnamed_acts(view.file.law)


@policy_lint(
    "no-legal-basis", "error", "用谁的数据、为什么能用，要有依据", "Using data needs a law", law="个人信息保护法 13"
)
def no_legal_basis(view: View[Policy]) -> Iterator[Said]:
    if not view.file.law:
        yield Said(Text("没有写依据 law", "No law is named"), ("law",), key=True)
    if view.file.basis == "consent" and not view.file.consent:
        said = Text(
            "以同意为依据，就要写明哪一列（consent）记着谁同意了", "With consent as basis, name the column `consent`"
        )
        yield Said(said, ("basis",))


@policy_lint("service-unknown", "error", "政策要对应一个已发布的事项", "A policy offers a published service")
def service_unknown(view: View[Policy]) -> Iterator[Said]:
    service = _service(view)
    if service is None:
        slug = view.file.service
        yield Said(Text(f"没有“{slug}”这个事项", f"There is no service '{slug}'"), ("service",))
    elif service.status != "published" and view.file.status == "published":
        said = Text("这个事项还没有发布，政策也不能发布", "The service is not published, so the policy cannot be")
        yield Said(said, ("service",))


@policy_lint("fact-unknown", "error", "只能回答事项里要问的", "Only facts that the service asks can be answered")
def fact_unknown(view: View[Policy]) -> Iterator[Said]:
    service = _service(view)
    for name in view.file.population.facts if service else ():
        fact = service.facts.get(name) if service else None
        if fact is None:
            said = Text(f"事项里没有“{name}”", f"The service has no fact '{name}'")
        elif fact.derive:
            said = Text(f"“{name}”是算出来的，不用给", f"'{name}' is derived and needs no column")
        else:
            continue
        yield Said(said, ("population", "facts", name), key=True)


@policy_lint("answer-wrong", "error", "列、代码、固定值要对得上", "Column, codes and fixed value must fit the fact")
def answer_wrong(view: View[Policy]) -> Iterator[Said]:
    service = _service(view)
    for name, answer in view.file.population.answers().items():
        fact = service.facts.get(name) if service else None
        if fact is None:
            continue
        place = ("population", "facts", name)
        if bool(answer.column) == (answer.fixed is not None):
            said = Text("写一列（column），或者写固定值（fixed），二选一", "Give either a column or a fixed value")
            yield Said(said, place, key=True)
        for code, value in answer.codes.items():
            if value not in {choice.value for choice in fact.choices}:
                said = Text(f"“{name}”没有“{value}”这个选项", f"'{name}' has no choice '{value}'")
                yield Said(said, (*place, "codes", code))
        if answer.scale is not None and fact.type not in _NUMBERS:
            yield Said(Text("只有数才有小数位", "Only numbers have a scale"), (*place, "scale"))
        if answer.fixed is not None and not _fits(fact, answer.fixed):
            said = Text(f"“{answer.fixed}”不是“{name}”的值", f"'{answer.fixed}' is no value of '{name}'")
            yield Said(said, (*place, "fixed"))
        if answer.fixed is not None and not answer.because:
            said = Text("为什么人人都一样，要说明（because）", "Say why it is the same for everybody (`because`)")
            yield Said(said, place, key=True)


def _fits(fact: Fact, value: Any) -> bool:
    try:
        return encode(fact, value) not in (None, OTHER)
    except (ValueError, ArithmeticError):
        return False


@policy_lint("code-left-out", "warning", "每个选项都要有代码对应", "Every choice has a code, or can never be found")
def code_left_out(view: View[Policy]) -> Iterator[Said]:
    service = _service(view)
    for name, answer in view.file.population.answers().items():
        fact = service.facts.get(name) if service else None
        left = [c for c in fact.choices if c.value not in answer.codes.values()] if fact and answer.codes else []
        if left:
            zh, en = ("、".join(words(c.name, "zh") for c in left), ", ".join(words(c.name, "en") for c in left))
            said = Text(f"这些选项没有代码：{zh}", f"These choices have no code: {en}")
            yield Said(said, ("population", "facts", name, "codes"), key=True)


@policy_lint("fact-unanswered", "warning", "规则要用的，数据里都要有", "The data should answer what the rules read")
def fact_unanswered(view: View[Policy]) -> Iterator[Said]:
    service, found = _columnar(view)
    if service is None or found is None or found.program is None:
        return
    answered = view.file.population.facts
    read = [field.fact for field in found.program.inputs if field.bit is not None]
    left = [name for name in read if name not in answered]
    if not left:
        return
    names = [service.facts[name].name for name in left]
    zh, en = "、".join(words(name, "zh") for name in names), ", ".join(words(name, "en") for name in names)
    if len(left) == 1:
        said = Text(f"数据里没有“{zh}”：每个人都会是“还差一项”", f"The data lack '{en}': everybody will miss one fact")
    else:
        said = Text(f"数据里没有：{zh}；有的人永远找不到", f"The data lack: {en}; some people can never be found")
    yield Said(said, ("population", "facts"), key=True)


@policy_lint(
    "tells-too-much",
    "error",
    "只告诉该知道的人、该知道的事",
    "Tell no more than the offer needs",
    law="个人信息保护法 6",
)
def tells_too_much(view: View[Policy]) -> Iterator[Said]:
    service, tell = _service(view), view.file.tell
    amounts = {o.name for table in service.amounts.values() for o in table.outputs} if service else set[str]()
    for index, name in enumerate(tell.outputs):
        if service is not None and name not in amounts:
            said = Text(
                f"“{name}”不是事项算出的金额或等级，不能带出去", f"'{name}' is no amount of the service and must stay"
            )
            yield Said(said, ("tell", "outputs", index))
    if len(tell.outputs) > LARGEST_TELL:
        said = Text(f"带出去的不能超过{LARGEST_TELL}项", f"At most {LARGEST_TELL} outputs may leave the holder")
        yield Said(said, ("tell", "outputs"))
    for field, known in (("offer", {"amount"}), ("missing", {"fact"})):
        text: Text = getattr(tell, field)
        for place in {*_PLACE.findall(text.zh), *_PLACE.findall(text.en)} - known:
            said = Text(f"话里不能有 {{{place}}}", f"The sentence may not hold {{{place}}}")
            yield Said(said, ("tell", field))
    if "{amount}" in tell.offer.zh + tell.offer.en and not tell.outputs:
        said = Text("话里要说金额，outputs 里却没有", "The offer names an amount, but no output is told")
        yield Said(said, ("tell", "offer"))


@policy_lint(
    "key-is-identity", "error", "对外的编号不能是身份证号", "The key is not an identity number", law="个人信息保护法 6"
)
def key_is_identity(view: View[Policy]) -> Iterator[Said]:
    service, population = _service(view), view.file.population
    for name, answer in population.answers().items():
        fact = service.facts.get(name) if service else None
        if fact is not None and fact.type in (FactType.ID_NUMBER, FactType.PHONE) and answer.column == population.key:
            said = Text("请用本单位自己的编号，不用身份证号、手机号", "Use a number of your own, no identity or phone")
            yield Said(said, ("population", "key"))


@policy_lint("not-columnar", "warning", "规则最好能成批算", "Rules should run over whole populations")
def not_columnar(view: View[Policy]) -> Iterator[Said]:
    _, found = _columnar(view)
    for refusal in found.refusals if found else ():
        said = Text(
            f"事项里“{refusal.text}”不能成批算（{refusal.zh}），会一个人一个人地算，慢得多",
            f"In the service '{refusal.text}' has no columnar form ({refusal.en}); people are decided one by one",
        )
        yield Said(said, ("service",))


def _service(view: View[Policy]) -> Service | None:
    """The service that is offered, in its newest published version, else in its newest."""
    found = [service for _, service in view.world.services if service.service == view.file.service]
    found.sort(key=lambda s: (s.status == "published", tuple(int(part) for part in s.version.split("."))))
    return found[-1] if found else None


def _columnar(view: View[Policy]) -> tuple[Service | None, Columnar | None]:
    service = _service(view)
    compiled = try_compile(service)[0] if service is not None else None
    return service, columnar(compiled) if compiled is not None else None

"""Who may: one plain function over the register. Denied unless a chain of authority says otherwise.

The answer is the chain itself (post, body, power, law), which an event keeps; or a refusal that says what is missing
and under which article. What depends on the register alone is remembered per snapshot, so an answer costs about a
microsecond.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.org.agreements import AgreementMode
from tongban.org.directory import GOVERNMENT, Directory
from tongban.org.model import OUTSIDE, Actor, Matter, Post, RealName, Role
from tongban.org.moved import Delegation
from tongban.org.training import Standing

_REMEMBERED = 100_000
_UNSIGNED = Text("", "")


class Purpose(StrEnum):
    """What the access is for. Nobody may do something for a purpose their post does not serve."""

    HANDLE = "handle-case"
    VIEW = "view-case"
    SUPERVISE = "supervise"


@dataclass(frozen=True, slots=True)
class Grant:
    """Allowed, and by what chain of authority. `str()` is the chain in Chinese, as an event keeps it."""

    chain: Text
    law: str
    post: str = ""
    body: str = ""
    """The body in whose name the act is done."""
    power: str = ""
    roles: frozenset[Role] = frozenset()
    """The roles of the post that count for this matter."""
    on_behalf_of: str = ""
    in_name_of: str = ""
    """以委托机关名义: the body whose power another exercises; empty where a body acts for itself."""
    delegation: str = ""
    """The move by which it does: also where the power came to it to be used in its own name."""
    signature: Text = _UNSIGNED
    """What letters and certificates say of it."""

    def __str__(self) -> str:
        return self.chain.zh


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not allowed, and why."""

    problem: Problem
    status: int = 403

    @property
    def code(self) -> str:
        return self.problem.code

    def error(self) -> Refused:
        """The same as an exception."""
        return Refused(self.problem, status=self.status)


def may(
    directory: Directory,
    actor: Actor,
    act: str,
    obj: Matter,
    purpose: str = Purpose.HANDLE,
    *,
    who: Collection[str] = frozenset(),
    now: datetime | None = None,
) -> Grant | Refusal:
    """Whether `actor` may do `act` to `obj` for `purpose`.

    `who` are the roles of the procedure file that may do the act; empty leaves the role to the caller. Refusals:
    `purpose-not-allowed`, `real-name-level`, `not-yours`, `mandate-not-valid`, `post-not-held`, `on-leave`,
    `conflict-of-interest`, `took-part`, `training-missing`,
    `training-expired`, `not-your-body`, `delegation-not-in-force`, `role-missing`, `no-power`.
    """
    match actor.kind:
        case "clock":
            return _CLOCK
        case "rules":
            return _RULES
        case "person":
            return _person(actor, act, obj, purpose, now or directory.clock())
        case "official":
            return _official(directory, actor, act, obj, purpose, frozenset(who), (now or directory.clock()).date())
        case _:
            assert_never(actor.kind)


def allow(
    directory: Directory,
    actor: Actor,
    act: str,
    obj: Matter,
    purpose: str = Purpose.HANDLE,
    *,
    who: Collection[str] = frozenset(),
    now: datetime | None = None,
) -> Grant:
    """The same, raising the refusal as `Refused` (403)."""
    answer = may(directory, actor, act, obj, purpose, who=who, now=now)
    if isinstance(answer, Refusal):
        raise answer.error()
    return answer


def second_person(actor: Actor, before: Collection[str]) -> Refusal | None:
    """四眼原则: refuses the person who did the first step. `before` are the ids of those who did."""
    if actor.id not in before:
        return None
    return _refuse(
        "second-person-needed",
        "这一步要由另一个人来做：前一步是您做的。",
        "Another person has to do this: the step before was yours.",
    )


_CLOCK = Grant(Text("法定期限届满", "the statutory term has run out"), "")
_RULES = Grant(Text("规则完全确定且有利于申请人", "fully determined by the rules and favourable"), "")
_OWN = Grant(Text("本人办理", "in person"), "")


def _person(actor: Actor, act: str, obj: Matter, purpose: str, now: datetime) -> Grant | Refusal:
    if purpose not in (Purpose.HANDLE, Purpose.VIEW):
        return _purpose(purpose)
    if actor.level < obj.level:
        return _level(actor.level, obj.level)
    if not actor.on_behalf_of and obj.applicant == actor.id:
        return _OWN
    mandate = actor.mandate
    if mandate is None or actor.on_behalf_of != obj.applicant or mandate.from_party != obj.applicant:
        return _refuse("not-yours", "这不是您的办件。", "This is not your case.", status=404)
    if mandate.to_person != actor.id or not mandate.covers(obj.service, act, now):
        return _refuse(
            "mandate-not-valid",
            "您的代办授权不包括这件事，或者已经到期、被撤回。请让本人重新授权。",
            "Your mandate does not cover this, has ended or was withdrawn. Ask the person for a new one.",
            law="民法典 161—174",
        )
    if act in obj.in_person:
        return _refuse(
            "in-person-only",
            "这一步依法要本人亲自办，代办人不能替办。请本人登录，或者本人到窗口办。",
            "The law wants the person themselves for this. They log in or come to a counter.",
            law="行政许可法 29",
        )
    if actor.id in obj.handlers:
        return _refuse(
            "agent-handled-it",
            "您作为工作人员办过这件事，不能再作为代办人替申请人办。",
            "You have handled this case as an official and cannot act in it for the applicant.",
            law="公务员法 76",
        )
    chain = Text(f"受{mandate.from_name}授权代办（授权书{mandate.id}）", f"under mandate {mandate.id}")
    return Grant(chain, "民法典 161", on_behalf_of=obj.applicant)


def _official(
    directory: Directory, actor: Actor, act: str, obj: Matter, purpose: str, who: frozenset[str], day: date
) -> Grant | Refusal:
    if not directory.holds(actor.id, actor.post, day):
        return _refuse(
            "post-not-held",
            "您今天不在这个岗位上，请换用现在的岗位登录。",
            "You do not hold this post today; log in with the post you hold.",
        )
    if directory.absent(actor.id, day):
        return _refuse(
            "on-leave", "您登记了休假，休假期间不能办件。", "You are registered as on leave and cannot handle cases."
        )
    if obj.applicant == actor.id or directory.tie(actor.id, obj.applicant) is not None:
        return _refuse(
            "conflict-of-interest",
            "这是您本人或您近亲属的办件，依法应当回避，请交给别人办。",
            "This is your own case or a close relative's; the law bars you from it. Hand it to somebody else.",
            law="公务员法 76",
        )
    if actor.id in obj.agents:
        return _refuse(
            "conflict-of-interest",
            "您替申请人办过这件事，依法应当回避，请交给别人办。",
            "You have acted for the applicant in this matter; the law bars you from it. Hand it to somebody else.",
            law="公务员法 76",
        )
    if actor.id in obj.barred and purpose == Purpose.HANDLE:
        return _refuse(
            "took-part",
            "这件事是针对您经手的办件提出的，要由另一个人来看。",
            "This is about a case that you handled; another person has to look at it.",
            law="公务员法 76",
        )
    if purpose == Purpose.HANDLE and (
        lacks := directory.training.stands_against(actor.id, directory.post(actor.post), obj.service, act, day)
    ):
        return _untrained(lacks)
    asking = obj.applicant if directory.has(obj.applicant) else ""
    way = (obj.opened_on, obj.figures, obj.together, obj.opens, obj.received_by, obj.receiving)
    key = (actor.post, act, obj.body, obj.service, obj.region, purpose, who, day, asking, way)
    known = directory.standing.get(key)
    if known is None:
        if len(directory.standing) >= _REMEMBERED:
            directory.standing.clear()
        known = directory.standing[key] = _standing(directory, actor.post, act, obj, purpose, who, day)
    return known


@dataclass(frozen=True, slots=True)
class _Route:
    """How a post stands to the body that owes the answer."""

    roles: frozenset[Role]
    chain: Text
    law: str
    delegation: Delegation | None = None


def _standing(
    directory: Directory, post_id: str, act: str, obj: Matter, purpose: str, who: frozenset[str], day: date
) -> Grant | Refusal:
    post, owed_by = directory.post(post_id), directory.body(obj.body)
    supervising = purpose == Purpose.SUPERVISE
    if purpose not in frozenset(Purpose) or (supervising and Role.SUPERVISE not in post.roles):
        return _purpose(purpose)
    route = _supervision(directory, post_id, obj) if supervising else _route(directory, post_id, act, obj, day)
    if isinstance(route, Refusal):
        return route
    if who and not route.roles & who:
        return _refuse(
            "role-missing",
            f"“{post.title.zh}”这个岗位不能做这一步。",
            f"The post “{post.title.en}” may not do this.",
        )
    power = next((p for p in directory.powers_of(obj.body) if p.covers(obj.service, act, obj.region, day)), None)
    move = route.delegation or _received(directory, act, obj, day)
    if power is None and (move is None or not move.own_name):
        return _refuse(
            "no-power",
            f"{owed_by.name.zh}在这个地区没有办理这个事项的职权。",
            f"{owed_by.name.en} holds no power for this service in this region.",
            law="行政许可法 22",
        )
    held, law = (power.id, power.law) if power else (move.id, move.law) if move else ("", "")
    chain = Text("{title} → {route} → {power}", "{title} → {route} → {power}").format(
        title=post.title, route=route.chain, power=law
    )
    grant = Grant(chain, route.law or law, post_id, obj.body, held, route.roles)
    return grant if move is None else replace(grant, **_signed(directory, move))


def _received(directory: Directory, act: str, obj: Matter, day: date) -> Delegation | None:
    """The move by which the body that owes the answer holds its power, in its own name."""
    figures = dict(obj.figures)
    return next(
        (
            one
            for one in directory.moved.held_by(obj.body)
            if one.own_name and one.reaches(obj.service, act, obj.region, day, obj.opened_on, figures)
        ),
        None,
    )


def _signed(directory: Directory, move: Delegation) -> dict[str, Any]:
    giver = "" if move.own_name else move.from_body
    return {"in_name_of": giver, "delegation": move.id, "signature": directory.signature(move)}


def _route(directory: Directory, post_id: str, act: str, obj: Matter, day: date) -> _Route | Refusal:
    post, owed_by = directory.post(post_id), directory.body(obj.body)
    if obj.applicant == post.body and Role.SUPERVISE in post.roles:
        chain = Text("督办{body}", "supervising {body}").format(body=owed_by.name)
        return _Route(frozenset({Role.SUPERVISE}), chain, "")
    if obj.receiving and (above := _above_both(directory, post, obj)):
        return above
    if post.body == obj.body and (roles := post.roles - OUTSIDE):
        return _Route(roles | _for_authority(directory, post, obj), owed_by.name, "")
    if post.body in obj.together and post.roles & _ASKS:
        chain = Text("会同{body}办理", "taking part beside {body}").format(body=owed_by.name)
        return _Route(frozenset({Role.JOINED}), chain, "行政许可法 26")
    if directory.has(obj.applicant) and (between := _between(directory, post, obj)):
        return between
    if Role.INTAKE in post.roles:
        for window in directory.windows_of(post.body):
            if window.covers(obj.service, act, owed_by.region, day):
                chain = Text("综合窗口代{body}", "the one window, for {body}").format(body=owed_by.name)
                return _Route(frozenset({Role.INTAKE}), chain, window.law)
    delegations = directory.moved.between(obj.body, post.body)
    figures = dict(obj.figures)
    for delegation in delegations:
        if delegation.reaches(obj.service, act, obj.region, day, obj.opened_on, figures):
            chain = Text("受{body}委托，以其名义", "delegated by {body}, in its name").format(body=owed_by.name)
            return _Route(post.roles - OUTSIDE, chain, delegation.law, delegation)
    if Role.SUPERIOR in post.roles and any(b.id == post.body for b in directory.superiors(obj.body)):
        chain = Text("{body}的上级机关", "the body above {body}").format(body=owed_by.name)
        return _Route(frozenset({Role.SUPERIOR}), chain, "")
    own = directory.body(post.body)
    if by_agreement := _by_agreement(directory, post, act, obj, day):
        return by_agreement
    if Role.GOVERNMENT_HEAD in post.roles and own.kind == GOVERNMENT and own.region == owed_by.region:
        chain = Text("{body}的本级人民政府", "the people's government at the level of {body}").format(body=owed_by.name)
        return _Route(frozenset({Role.GOVERNMENT_HEAD}), chain, "")
    if delegations:
        return _refuse(
            "delegation-not-in-force",
            f"{owed_by.name.zh}的委托没有公告、不包括这件事，或者已经到期。",
            f"The delegation by {owed_by.name.en} is unpublished, does not cover this, or has ended.",
            law="行政许可法 24",
        )
    return _refuse(
        "not-your-body",
        f"这件事由{owed_by.name.zh}办理，不归您所在的机关。",
        f"This is for {owed_by.name.en}, not for your body.",
        status=404,
    )


def _by_agreement(directory: Directory, post: Post, act: str, obj: Matter, day: date) -> _Route | None:
    """A counter elsewhere: it takes in where an agreement says so, and may look at what it took in; no more.

    国办发〔2020〕35号: 收受分离, the competent body accepts and decides.
    """
    owed_by, own = directory.body(obj.body), directory.body(post.body)
    windows = (window for window in directory.windows_of(own.id) if window.holds_on(day))
    if obj.opens and Role.INTAKE in post.roles and any(windows):
        found = directory.agreement(AgreementMode.PROXY_INTAKE, obj.service, own.region, owed_by.region, day)
        if found is not None:
            chain = Text("按{name}代{body}收件", "receiving for {body} by {name}")
            return _Route(frozenset({Role.INTAKE}), chain.format(name=found.name, body=owed_by.name), found.law)
    if post.body == obj.received_by and act == "view" and post.roles - OUTSIDE:
        chain = Text("代{body}收件的窗口", "the counter that received for {body}").format(body=owed_by.name)
        return _Route(frozenset(), chain, "国办发〔2020〕35号")
    return None


def _above_both(directory: Directory, post: Post, obj: Matter) -> _Route | None:
    """Who settles which of two bodies handles a case: the one above both."""
    above = directory.above_both(obj.body, obj.receiving)
    if above is None or above.id != post.body or not post.roles & _SETTLES:
        return None
    one, other = directory.body(obj.body), directory.body(obj.receiving)
    chain = Text("{one}和{other}的共同上级", "the body above both {one} and {other}")
    roles = frozenset({Role.COMMON_SUPERIOR, *(post.roles & {Role.SUPERIOR})})
    return _Route(roles, chain.format(one=one.name, other=other.name), "")


_SETTLES = frozenset({Role.SUPERIOR, Role.GOVERNMENT_HEAD})


def _between(directory: Directory, post: Post, obj: Matter) -> _Route | None:
    """Where one body asked another: who acts for the asking one, and who stands above the two.

    政务数据共享条例 20 (the asking body and the head of its sharing unit), 21 (the authority of the same level), 28
    (the common superior of both, then the government of that level).
    """
    owed_by = directory.body(obj.body)
    if post.body == obj.applicant and post.roles & _ASKS:
        chain = Text("向{body}提出的单位", "the body that asks {body}").format(body=owed_by.name)
        heads = {Role.ASKING_HEAD} if Role.HEAD in post.roles else set[Role]()
        return _Route(frozenset({Role.ASKING, *heads}), chain, "政务数据共享条例 20")
    same, common = directory.sharing_authority(obj.body), directory.sharing_authority(obj.body, obj.applicant)
    stands = {Role.SHARING_AUTHORITY: same, Role.COMMON_SUPERIOR: common}
    roles = frozenset(role for role, body in stands.items() if body is not None and body.id == post.body)
    if roles and post.roles & _COORDINATES:
        chain = Text("{body}的政务数据共享主管部门", "the sharing authority of {body}").format(body=owed_by.name)
        return _Route(roles, chain, "政务数据共享条例 21、28")
    around = directory.around(obj.body, obj.applicant)
    government = directory.government(around) if around else None
    if government is not None and government.id == post.body and Role.GOVERNMENT_HEAD in post.roles:
        chain = Text("双方共同的本级人民政府", "the people's government above both")
        return _Route(frozenset({Role.GOVERNMENT_HEAD}), chain, "政务数据共享条例 28")
    return None


def _for_authority(directory: Directory, post: Post, obj: Matter) -> frozenset[Role]:
    """What else a post may do where the sharing authority itself owes the answer to a body, or to itself.

    政务数据共享条例 16 and 17: entries of the directory go to it, its own among them.
    """
    authority = directory.sharing_authority(obj.body)
    if not directory.has(obj.applicant) or authority is None or authority.id != post.body:
        return frozenset()
    more = {Role.SHARING_AUTHORITY} if post.roles & _COORDINATES else set[Role]()
    if obj.applicant == post.body and post.roles & _ASKS:
        more |= {Role.ASKING} | ({Role.ASKING_HEAD} if Role.HEAD in post.roles else set[Role]())
    return frozenset(more)


_ASKS = frozenset({Role.EXAMINE, Role.DECIDE, Role.HEAD})
_COORDINATES = frozenset({Role.DECIDE, Role.HEAD})


def _supervision(directory: Directory, post_id: str, obj: Matter) -> _Route | Refusal:
    watcher, watched = directory.body(directory.post(post_id).body), directory.body(obj.body)
    if any(b.id == watched.id for b in directory.bodies_in([watcher.region])):
        return _Route(frozenset({Role.SUPERVISE}), Text("监督", "supervision"), "行政许可法 60")
    return _refuse(
        "not-your-body",
        "这个办件不在您监督的地区。",
        "This case is not in the region you supervise.",
        status=404,
    )


def _untrained(lacks: Standing) -> Refusal:
    """What to do first: which course, how long, how to take it."""
    course = lacks.course
    if lacks.gap == "expired":
        said = Text(
            f"您的“{course.name.zh}”培训已于{lacks.until}到期",
            f"Your training “{course.name.en}” ran out on {lacks.until}",
        )
    else:
        said = Text(f"您还没有通过“{course.name.zh}”培训", f"You have not passed the training “{course.name.en}”")
    return _refuse(
        f"training-{lacks.gap}",
        f"{said.zh}，现在不能做这一步。先做：{course.how.zh}（{course.hours}课时）。这件事请先交给同岗位的同事办。",
        f"{said.en}, so you cannot do this now. First: {course.how.en} ({course.hours} hours). "
        "Until then please hand it to a colleague in the same post.",
        law=course.law,
    )


def _level(has: int, needs: int) -> Refusal:
    how = {
        RealName.PHONE: Text("用手机号登录", "log in with your phone"),
        RealName.CHECKED: Text("核对姓名和身份证号码", "have your name and identity number checked"),
        RealName.FACE: Text(
            "核对本人（刷脸、网证，也可以到窗口）", "confirm it is you (face, network ID, or at a counter)"
        ),
        RealName.BOUND: Text("绑定数字证书或密钥", "bind a certificate or passkey"),
    }[RealName(needs)]
    text = Text(
        "这一步要先确认您是谁：请{how}（需要{needs}级，现在{has}级）。",
        "We must first know who you are: please {how} (level {needs} needed, you have {has}).",
    )
    return Refusal(Problem("real-name-level", text.format(how=how, needs=needs, has=has), "level"))


def _purpose(purpose: str) -> Refusal:
    return _refuse(
        "purpose-not-allowed",
        f"不能以“{purpose}”为目的做这件事。",
        f"This may not be done for the purpose “{purpose}”.",
        law="个人信息保护法 6",
    )


def _refuse(code: str, zh: str, en: str, *, law: str = "", status: int = 403) -> Refusal:
    return Refusal(Problem(code, Text(zh, en), "", law), status)

"""Refusals that the rooms of participation share, and the reading of what somebody wrote."""

from datetime import date

from tongban.base.errors import Refused, refuse
from tongban.base.ids import birth_date
from tongban.org import Actor
from tongban.org.model import RealName, Role
from tongban.voice.participation.model import LONGEST_STATEMENT, Consultation, Results

LAW_MINORS = "个人信息保护法 31"


def may_take_part(person: Actor, from_age: int, today: date) -> None:
    """One's own vote or signature. Raises Refused (403): `for-yourself-only`, `name-not-checked`, `too-young`."""
    if person.kind != "person" or person.on_behalf_of or person.mandate:
        raise refuse(
            "for-yourself-only",
            "表态、联名只能为自己，不能替别人，工作人员请用个人身份登录",
            "Everybody votes and signs for themselves: not for somebody else, and officials as the person they are",
            status=403,
        )
    born = birth_date(person.number) if person.number else None
    if person.level < RealName.CHECKED or born is None:
        raise refuse(
            "name-not-checked",
            "一个人只算一次，要先核对身份证号：请用实名账号登录",
            "One person counts once: please log in with an account whose identity number is checked",
            status=403,
        )
    birthday = born.replace(year=born.year + from_age, day=min(born.day, 28) if born.month == 2 else born.day)
    if today < birthday:
        raise refuse(
            "too-young",
            f"满{from_age}周岁才能表态、联名。可以看大家说了什么，也可以请家长替您把话说给他们听",
            f"Voting and signing is from the age of {from_age}. You can read along, and tell your parents what you"
            " think",
            law=LAW_MINORS,
            status=403,
        )


def owed_answers(results: Results | None) -> frozenset[int]:
    """The statements that a closing report must answer."""
    if results is None:
        return frozenset()
    told = {int(one.statement) for camp in results.camps for one in camp.representative}
    return frozenset(told | {int(one.statement) for one in results.agreement})


def there(one: Consultation | None) -> Consultation:
    """Raises Refused `unknown-consultation` (404) for none."""
    if one is None:
        raise refuse("unknown-consultation", "没有这次征求意见", "There is no such consultation", status=404)
    return one


def need_role(official: Actor, *roles: Role) -> None:
    """Raises Refused `not-your-role` (403)."""
    if official.kind != "official" or not official.roles & {str(role) for role in roles}:
        raise refuse("not-your-role", "您的岗位不能做这一步", "Your post may not do this", status=403)


def need_body(official: Actor, one: Consultation) -> None:
    """Raises Refused `not-your-body` (403)."""
    if official.body != one.body:
        raise refuse("not-your-body", "这次征求意见由别的单位办", "Another body runs this consultation", status=403)


def closed() -> Refused:
    """Nothing can be added any more (409)."""
    return refuse(
        "closed", "这次征求意见已经结束，请看结果", "This consultation has closed; see the results", status=409
    )


def moved_on() -> Refused:
    """Somebody else was first (409)."""
    return refuse(
        "moved-on", "已经有人处理过了，请刷新再看", "Somebody else dealt with it meanwhile; reload the page", status=409
    )


def no_statement() -> Refused:
    """Not there, taken out, or somebody else's (404)."""
    return refuse(
        "unknown-statement", "没有这条陈述，或者已被移除", "No such statement, or it was taken out", status=404
    )


def words_of(text: str, place: str, most: int) -> str:
    """What was written, of one line where it is a statement. Raises Refused: `field-missing`, `too-long`."""
    tight = " ".join(text.replace("\0", "").split()) if most <= LONGEST_STATEMENT else text.replace("\0", "").strip()
    if not tight:
        raise refuse("field-missing", "请写上", "Please fill this in", place=place)
    if len(tight) > most:
        raise refuse("too-long", f"最多{most}个字", f"At most {most} characters", place=place)
    return tight

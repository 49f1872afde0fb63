"""Refusals that the rooms of participation share, and the reading of what somebody wrote."""

from tongban.base.errors import Refused, refuse
from tongban.org import Actor
from tongban.org.model import Role
from tongban.voice.participation.model import LONGEST_STATEMENT, Consultation, Results


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

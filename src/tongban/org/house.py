"""What officials enter about themselves as a body: courses, class sheets, leave with its cover.

Each is an entry of the register, saved with who entered it, and every process sees it within a minute. A supervising
post keeps courses and sheets for the bodies it supervises; the head of a body keeps its leave. Nobody writes their own
name on a sheet, and nobody stands in for themselves.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date

import msgspec

from tongban.base.database import Database
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import store
from tongban.org.directory import Directory
from tongban.org.model import Absence, Actor, Class, Course, Post, Register, Role
from tongban.org.scope import visible

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_LEAVE = 366


class Leave(msgspec.Struct, frozen=True):
    """A leave as a body's head sees it: by posts."""

    entry: Absence
    posts: tuple[Post, ...]
    covers: tuple[Post, ...]


async def save_course(db: Database, directory: Directory, actor: Actor, course: Course) -> None:
    """Make a course or change it. Raises Refused with everything that is wrong; `not-a-supervisor` (403)."""
    _supervises(actor)
    problems = list(_course_problems(course))
    if problems:
        raise Refused(*problems, status=422)
    await _save(db, directory, actor, Register(courses=(course,)))


async def save_sheet(
    db: Database, directory: Directory, actor: Actor, course: str, passed_on: date, posts: Sequence[str]
) -> Class:
    """Keep who passed a course on a day: whoever these posts are today, and not who stands in for them.

    Raises Refused `unknown-course`, `sheet-in-future`, `sheet-empty` (422), `own-sheet`, `not-a-supervisor` (403),
    `unknown-post` (404) for a post of a body that one does not supervise.
    """
    _supervises(actor)
    if course not in directory.training.courses:
        raise _wrong("unknown-course", "course", "请选一门课。", "Choose a course.")
    if passed_on > directory.today():
        raise _wrong(
            "sheet-in-future", "passed_on", "通过的日子不能在今天以后。", "Nobody has passed it in the future."
        )
    bodies = visible(directory, actor).bodies
    persons: dict[str, None] = {}
    for named in posts:
        post = directory.post(named)
        if post.body not in bodies:
            raise refuse("unknown-post", "没有这个岗位。", "There is no such post.", place="posts", status=404)
        if holder := directory.holder_of(named):
            persons[holder] = None
    if not persons:
        raise _wrong("sheet-empty", "posts", "请勾选谁通过了。", "Tick who passed.")
    if actor.id in persons:
        raise refuse(
            "own-sheet",
            "自己的名字要由别的监督岗位登记。",
            "Your own name is entered by another supervising post.",
            place="posts",
            status=403,
        )
    sheet = Class(
        id=f"{course}.{passed_on}.{secrets.token_hex(4)}", course=course, passed_on=passed_on, persons=tuple(persons)
    )
    await _save(db, directory, actor, Register(classes=(sheet,)))
    return sheet


async def save_leave(
    db: Database, directory: Directory, actor: Actor, post: str, since: date, until: date, cover: str
) -> Absence:
    """Keep that the holder of a post is away from `since` up to, not including, `until`; `cover` is a post whose holder
    stands in, or "". Raises Refused `not-the-head` (403), `unknown-post` (404), `leave-days`, `leave-cover` (422)."""
    heads(actor)
    away = _holder(directory, actor, post, "post")
    stands_in = _holder(directory, actor, cover, "cover") if cover else ""
    if not (since < until and (until - since).days <= _LONGEST_LEAVE and until > directory.today()):
        raise _wrong(
            "leave-days",
            "until",
            "回来的日子要在离开以后、今天以后，一次最多一年。",
            "The day of return comes after the first day away and after today; a year at most.",
        )
    if stands_in == away:
        raise _wrong("leave-cover", "cover", "代班的要是另一个人。", "Somebody else stands in.")
    if stands_in and directory.absent(stands_in, max(since, directory.today())):
        raise _wrong("leave-cover", "cover", "代班的人那时也在休假。", "Who stands in is away then, too.")
    entry = Absence(
        id=f"leave.{post}.{since}.{secrets.token_hex(4)}", person=away, since=since, until=until, cover=stands_in
    )
    await _save(db, directory, actor, Register(absences=(entry,)))
    return entry


async def end_leave(db: Database, directory: Directory, actor: Actor, leave: str) -> None:
    """They are back today. Raises Refused `not-the-head` (403), `unknown-leave` (404)."""
    heads(actor)
    found = next((one for one in leaves(directory, actor) if one.entry.id == leave), None)
    if found is None:
        raise refuse("unknown-leave", "没有这条休假。", "There is no such leave.", status=404)
    today = directory.today()
    back = msgspec.structs.replace(found.entry, until=max(today, found.entry.since))
    await _save(db, directory, actor, Register(absences=(back,)))


def leaves(directory: Directory, actor: Actor) -> tuple[Leave, ...]:
    """The leave of one's own body that is not over, the next first."""
    today, posts = directory.today(), directory.posts_of(actor.body)

    def held(person: str) -> tuple[Post, ...]:
        return tuple(post for post in posts if person and directory.holder_of(post.id) == person)

    found = [
        Leave(one, held(one.person), held(one.cover))
        for one in directory.away.everything
        if one.until and one.until > today
    ]
    return tuple(sorted((one for one in found if one.posts), key=lambda one: (one.entry.since, one.entry.id)))


async def _save(db: Database, directory: Directory, actor: Actor, entries: Register) -> None:
    """Raises Refused where the entries do not fit the register."""
    async with db.transaction() as connection:
        await store.save(connection, entries)
        await store.entered(connection, actor, entries, directory.clock())
    directory.take_house(await store.house(db))


def _course_problems(course: Course) -> list[Problem]:
    found: list[Problem] = []
    if not _SLUG.fullmatch(course.id) or len(course.id) > 60:
        found.append(
            _problem(
                "course-id",
                "id",
                "代号用小写字母、数字和短横线，例如 on-the-spot。",
                "Use small letters, digits and hyphens, such as on-the-spot.",
            )
        )
    for name, text in (("name", course.name), ("how", course.how)):
        if not text.zh.strip() or not text.en.strip():
            found.append(_problem("field-missing", name, "中英文都要写。", "Write it in Chinese and in English."))
    if not 0 < course.hours <= 400:
        found.append(_problem("course-hours", "hours", "课时在1到400之间。", "Between 1 and 400 hours."))
    if not 0 <= course.months <= 120:
        found.append(
            _problem(
                "course-months",
                "months",
                "有效期在0到120个月之间，0是长期有效。",
                "Between 0 and 120 months; 0 holds for good.",
            )
        )
    if not course.roles:
        found.append(_problem("field-missing", "roles", "请勾选哪些岗位要学。", "Tick which posts need it."))
    return found


def _supervises(actor: Actor) -> None:
    if Role.SUPERVISE not in actor.roles:
        raise refuse(
            "not-a-supervisor",
            "课程和名单由监督岗位登记。",
            "Courses and sheets are entered by a supervising post.",
            status=403,
        )


def heads(actor: Actor) -> None:
    """Raises Refused (`not-the-head`, 403) for whoever does not head a body."""
    if Role.HEAD not in actor.roles:
        raise refuse(
            "not-the-head",
            "休假和代班由机关负责人登记，请找您的负责人。",
            "The head of your body enters leave and cover; please ask them.",
            status=403,
        )


def _holder(directory: Directory, actor: Actor, post: str, place: str) -> str:
    """Whose post it is: of the actor's own body, and not used as a stand-in."""
    known = {one.id for one in directory.posts_of(actor.body)}
    person = directory.holder_of(post) if post in known else ""
    if not person:
        raise refuse("unknown-post", "请选本机关的一个岗位。", "Choose a post of your body.", place=place, status=422)
    return person


def _wrong(code: str, place: str, zh: str, en: str) -> Refused:
    return Refused(_problem(code, place, zh, en), status=422)


def _problem(code: str, place: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), place)

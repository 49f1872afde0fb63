"""培训上岗: what somebody must have learned before their post may use a power or a model, and who has.

A course says what it is needed for; a class says who passed it on which day. Both are entries of the register, like
posts: nobody trains a person by changing a program. A course without a law says so; its length is the platform's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tongban.org.model import Class, Course, Post
from tongban.terms import add_months

Gap = Literal["missing", "expired"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to one course. `until` is the first day on which it no longer holds; None: always, or never
    passed."""

    course: Course
    passed_on: date | None
    until: date | None
    gap: Gap | None


class Training:
    """All courses and classes, indexed for the question that every act asks."""

    def __init__(self, courses: Iterable[Course], classes: Iterable[Class]) -> None:
        self.take(courses, classes)

    def take(self, courses: Iterable[Course], classes: Iterable[Class]) -> None:
        """Know these from now on; every holder of it sees the new at once."""
        courses, classes = tuple(courses), tuple(classes)
        self.classes: tuple[Class, ...] = classes
        self.courses = {course.id: course for course in courses}
        latest: defaultdict[str, dict[str, date]] = defaultdict(dict)
        for one in sorted(classes, key=lambda one: one.passed_on):
            for person in one.persons:
                latest[person][one.course] = one.passed_on
        self._passed = dict(latest)
        self._by_act: defaultdict[str, list[Course]] = defaultdict(list)
        for course in self.courses.values():
            for act in course.acts:
                self._by_act[act].append(course)

    def standing(self, person: str, course: Course, day: date) -> Standing:
        """How a person stands to a course on a day."""
        passed = self._passed.get(person, {}).get(course.id)
        if passed is None or passed > day:
            return Standing(course, None, None, "missing")
        until = add_months(passed, course.months) if course.months else None
        return Standing(course, passed, until, "expired" if until and until <= day else None)

    def stands_against(self, person: str, post: Post, service: str, act: str, day: date) -> Standing | None:
        """The first course that keeps this person from this act today."""
        for course in self._by_act.get(act, ()):
            if course.needed_for(post, service, act, day):
                found = self.standing(person, course, day)
                if found.gap:
                    return found
        return None

    def knows(self, person: str, course: str, day: date) -> bool:
        """Whether a course that is asked for by its id was passed and holds; one that is not listed is not passed."""
        listed = self.courses.get(course)
        return listed is not None and self.standing(person, listed, day).gap is None

    def of(self, person: str, posts: Iterable[Post], day: date) -> Iterator[Standing]:
        """A person's own record: every course that one of their posts may come to need, and every one they passed."""
        held = tuple(posts)
        passed = self._passed.get(person, {})
        for course in self.courses.values():
            if course.id in passed or any(course.concerns(post) for post in held):
                yield self.standing(person, course, day)

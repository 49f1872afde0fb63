"""Histories as an honest county has them, and twelve ways of playing with the clock planted in some bodies.

Made from a seed, for tests, the demonstration and measurements. Bodies differ honestly: each has habits of its own,
drawn around those of the service, so that whoever is merely slower or more careful than the rest is no finding.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tongban.oversight.abuse.model import History, Step, What

SERVICES = ("food-licence", "residence-permit", "subsistence-allowance", "company-registration")
_DAYS = {"food-licence": 14, "residence-permit": 10, "subsistence-allowance": 30, "company-registration": 5}
_GROUNDS = ("inspection", "hearing", "expert-review")


@dataclass(frozen=True, slots=True)
class Habits:
    """How often an honest body does each thing, as shares of the cases in which it could."""

    counter: float = 0.4
    registered_late: float = 0.005
    correction: float = 0.2
    late_correction: float = 0.05
    second_correction: float = 0.003
    nothing_new: float = 0.02
    handed_on: float = 0.02
    handed_again: float = 0.03
    pause: float = 0.12
    late_pause: float = 0.04
    no_ground: float = 0.01
    extension: float = 0.02
    last_hour: float = 0.015
    month_end: float = 0.02
    rushed: float = 0.01
    refusal: float = 0.1
    copied: float = 0.05
    withdrawn: float = 0.03
    late_withdrawn: float = 0.05
    refiled: float = 0.2
    reopened: float = 0.003

    def of_body(self, random: Random) -> "Habits":
        """These habits as one body has them: each share is drawn from a beta distribution around it."""
        return Habits(**{n: random.betavariate(60 * p, 60 * (1 - p)) for n, p in _shares(self)})


def _shares(habits: Habits) -> Iterator[tuple[str, float]]:
    yield from ((name, getattr(habits, name)) for name in Habits.__dataclass_fields__)


PATTERNS: dict[str, Callable[[Habits], Habits]] = {
    "needless-corrections": lambda h: replace(h, correction=0.5, nothing_new=0.5),
    "repeated-corrections": lambda h: replace(h, correction=0.45, second_correction=0.35),
    "late-corrections": lambda h: replace(h, correction=0.35, late_correction=0.7),
    "pauses-near-the-end": lambda h: replace(h, pause=0.3, late_pause=0.6),
    "pauses-without-ground": lambda h: replace(h, pause=0.3, no_ground=0.5),
    "closed-and-reopened": lambda h: replace(h, reopened=0.15),
    "withdrawn-and-refiled": lambda h: replace(h, withdrawn=0.2, late_withdrawn=0.8, refiled=0.8),
    "month-end": lambda h: replace(h, month_end=0.65),
    "rushed": lambda h: replace(h, rushed=0.4),
    "copied-reasons": lambda h: replace(h, refusal=0.25, copied=0.9),
    "last-hour": lambda h: replace(h, last_hour=0.35),
    "routine-extensions": lambda h: replace(h, extension=0.45),
    "registered-late": lambda h: replace(h, registered_late=0.3),
    "back-and-forth": lambda h: replace(h, handed_on=0.3, handed_again=0.6),
}
"""What each pattern makes of a body's habits. Twelve kinds; needless and repeated corrections are one, as are rushed
and copied decisions."""


@dataclass(frozen=True, slots=True)
class County:
    """How much is made, and where what is planted."""

    bodies: int = 60
    cases: int = 60
    """In the middle, of one body and one service; from a third to three times as many."""
    until: date = date(2026, 9, 30)
    days: int = 180
    planted: Mapping[str, str] = field(default_factory=dict[str, str])
    """The pattern of a body, by its name."""


def planted(bodies: int = 60) -> dict[str, str]:
    """Each pattern in a body of its own, spread over the bodies."""
    step = max(1, bodies // len(PATTERNS))
    return {name(n * step): pattern for n, pattern in enumerate(PATTERNS)}


def name(number: int) -> str:
    """The body of this number."""
    return f"b-{number:03}"


def histories(seed: int, county: County) -> Iterator[History]:
    """All cases of a county, body by body."""
    random = Random(seed)  # noqa: S311 -- made-up data, nothing secret
    for n in range(county.bodies):
        habits = Habits().of_body(random)
        if pattern := county.planted.get(name(n)):
            habits = PATTERNS[pattern](habits)
        for service in SERVICES:
            for k in range(max(8, int(county.cases * random.lognormvariate(0, 0.5)))):
                yield _Case(random, habits, county, name(n), service).history(f"{name(n)}-{service}-{k}")


class _Case:
    """One case being made: `at` moves on, `since` and `due` are of the time that runs for the body."""

    def __init__(self, random: Random, habits: Habits, county: County, body: str, service: str) -> None:
        self.random, self.habits, self.body, self.service = random, habits, body, service
        day = county.until - timedelta(days=random.randrange(county.days))
        self.at = self._hour(day)
        self.since = self.at
        self.due = self._end(self.at, 7)
        self.steps: list[Step] = []
        self.refiled: datetime | None = None

    def history(self, case: str) -> History:
        self._intake()
        if not self._corrected():
            return self._told(case)
        self._on_and_on()
        self._step(What.ACCEPTED)
        self.since, self.due = self.at, self._end(self.at, _DAYS[self.service] * 7 // 5)
        if self._chance(self.habits.withdrawn):
            self._withdraw()
        else:
            self._pause()
            if self._chance(self.habits.extension):
                self._later(0.85)
                self._step(What.EXTENDED)
                self.due = self._end(self.due, 14)
            self._decide()
        return self._told(case)

    def _told(self, case: str) -> History:
        return History(case, self.body, self.service, tuple(self.steps), self.refiled)

    def _intake(self) -> None:
        if self._chance(self.habits.counter):
            self._step(What.HANDED_IN)
            late = self._chance(self.habits.registered_late)
            self.at += timedelta(days=self.random.randint(3, 8)) if late else timedelta(minutes=20)
        self._step(What.REGISTERED)

    def _corrected(self) -> bool:
        """False when the applicant never came back."""
        if not self._chance(self.habits.correction):
            self._later(self.random.uniform(0.05, 0.6))
            return True
        self._ask(late=self._chance(self.habits.late_correction))
        if self._chance(0.05):
            self.at += timedelta(days=30)
            self._step(What.CLOSED)
            return False
        self._supplement()
        if self._chance(self.habits.second_correction):
            self._ask(late=False)
            self._supplement()
        return True

    def _ask(self, *, late: bool) -> None:
        self._later(0.95 if late else self.random.uniform(0.1, 0.6))
        self._step(What.CORRECTION)

    def _supplement(self) -> None:
        self.at += timedelta(days=self.random.randint(1, 9))
        self._step(What.SUPPLEMENTED, nothing_new=self._chance(self.habits.nothing_new))
        self.since, self.due = self.at, self._end(self.at, 7)

    def _on_and_on(self) -> None:
        if not self._chance(self.habits.handed_on):
            return
        for _ in range(2 if self._chance(self.habits.handed_again) else 1):
            self.at += timedelta(days=self.random.randint(1, 3))
            self._step(What.HANDED_ON, ground=f"b-{self.random.randrange(60):03}")
            self.at += timedelta(hours=self.random.randint(2, 20))
            self._step(What.TAKEN_OVER)

    def _withdraw(self) -> None:
        late = self._chance(self.habits.late_withdrawn)
        self._later(0.97 if late else self.random.uniform(0.1, 0.7))
        self._step(What.WITHDRAWN)
        if self._chance(self.habits.refiled):
            self.refiled = self.at + timedelta(days=self.random.randint(1, 9))

    def _pause(self) -> None:
        if not self._chance(self.habits.pause):
            return
        self._later(0.96 if self._chance(self.habits.late_pause) else self.random.uniform(0.1, 0.6))
        ground = "" if self._chance(self.habits.no_ground) else self.random.choice(_GROUNDS)
        self._step(What.PAUSED, ground=ground)
        still = timedelta(days=self.random.randint(3, 20))
        self.at += still
        self._step(What.RESUMED)
        self.due += still

    def _decide(self) -> None:
        if self._chance(self.habits.last_hour):
            self.at = max(self.at, self.due - timedelta(minutes=self.random.randint(2, 55)))
        elif self._chance(self.habits.month_end):
            self.at = max(self.at, self._month_end())
        else:
            self._later(min(0.97, self.random.betavariate(3, 2)))
        refused = self._chance(self.habits.refusal)
        copied = refused and self._chance(self.habits.copied)
        read = (
            timedelta(seconds=8) if self._chance(self.habits.rushed) else timedelta(minutes=self.random.randint(2, 90))
        )
        self.steps.append(Step(What.LOOKED, self.at - read))
        text = f"{self.body} standard" if copied else f"{self.random.random()}"
        self._step(What.DECIDED, adverse=refused, text=text)
        if self._chance(self.habits.reopened):
            self.at += timedelta(days=self.random.randint(1, 20))
            self._step(What.REOPENED)

    def _month_end(self) -> datetime:
        """The last or last but one working day of the month."""
        following = (self.at.date().replace(day=1) + timedelta(days=32)).replace(day=1)
        days = [following - timedelta(days=n) for n in range(1, 6)]
        return self._hour(self.random.choice([day for day in days if day.weekday() < 5][:2]))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _later(self, share: float) -> None:
        """On to where this share of the time has passed, in office hours."""
        at = self.since + (self.due - self.since) * share
        if share < 0.9:
            at = self._hour(at.date())
        self.at = max(self.at + timedelta(minutes=1), at)

    def _hour(self, day: date) -> datetime:
        while day.weekday() > 4:
            day += timedelta(days=1)
        return datetime.combine(day, time(1), UTC) + timedelta(minutes=self.random.randrange(480))

    def _end(self, at: datetime, days: int) -> datetime:
        day = at.date() + timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return datetime.combine(day, time(9, 30), UTC)

    def _step(
        self, what: What, *, ground: str = "", text: str = "", nothing_new: bool = False, adverse: bool = False
    ) -> None:
        self.steps.append(Step(what, self.at, self.since, self.due, ground, text, nothing_new, adverse))

"""From ballots to what is published. The library that finds groups is loaded in a process of its own, which ends."""

import asyncio
import os
import signal
import sys
from collections import Counter, defaultdict
from datetime import datetime
from functools import partial
from itertools import permutations

import msgspec

from tongban.base.errors import refuse
from tongban.base.parent import end_with_parent
from tongban.voice.participation.groups.model import FEWEST_VOTERS, Group, Opinion, Representative
from tongban.voice.participation.groups.steady import Steady, steadied
from tongban.voice.participation.model import FEWEST_SHOWN, VALUE, Camp, Results, Tally, Vote

SECONDS = 300.0


class Question(msgspec.Struct, frozen=True):
    """What the process is given. `ballots` name nobody: a row a voter, statement number to vote."""

    at: datetime
    numbers: tuple[int, ...]
    words: tuple[str, ...]
    out: frozenset[int]
    ballots: tuple[dict[int, int], ...]
    before: Results | None


async def count(question: Question) -> Results:
    """Count in a child of this process. Raises Refused `not-counted` (500).

    Where too few have voted for groups no library is needed, and it is done at once.
    """
    if len(question.ballots) < FEWEST_VOTERS:
        return counted(question)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tongban.voice.participation.counting",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGTERM),
    )
    try:
        async with asyncio.timeout(SECONDS):
            answer, _ = await child.communicate(msgspec.json.encode(question))
        return msgspec.json.decode(answer, type=Results)
    except (TimeoutError, msgspec.DecodeError) as error:
        raise refuse(
            "not-counted", "这次没有算出来，过一会儿再算", "Counting failed; it is tried again", status=500
        ) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def counted(question: Question) -> Results:
    """The same in this process."""
    import numpy as np

    from tongban.voice.participation.groups import Votes, opinion_groups

    cells = np.full((len(question.ballots), len(question.numbers)), np.nan)
    at = {number: n for n, number in enumerate(question.numbers)}
    for row, ballot in enumerate(question.ballots):
        for number, vote in ballot.items():
            cells[row, at[number]] = vote
    names = tuple(map(str, question.numbers))
    votes = Votes(
        tuple(map(str, range(len(question.ballots)))),
        names,
        question.words,
        frozenset(map(str, question.out)),
        cells,
    )
    before = question.before
    found = opinion_groups(votes)
    held = Steady(before.k, before.candidate, before.streak) if before and before.clear else None
    steady = steadied(held, found.quality.k) if found.quality.clear else Steady(0, 0, 0)
    if found.quality.clear and steady.k != found.quality.k:
        again = opinion_groups(votes, steady.k)
        if again.quality.clear:
            found = again
        else:  # what was shown no longer holds
            steady = Steady(found.quality.k, found.quality.k, 0)
    return _published(question, found, steady)


def _published(question: Question, found: Opinion, steady: Steady) -> Results:
    groups = [one.group if one.counts else None for one in found.participants]
    order = range(len(found.groups))
    tallies = _tallies(question, groups, list(order), shown=found.voters >= FEWEST_VOTERS)
    if question.before and len(question.before.camps) == len(found.groups) > 1:
        order = _same_names(question.before, tallies, len(found.groups))
        tallies = _tallies(question, groups, order, shown=True)
    votes = _votes(question, groups)
    camps = tuple(
        Camp("ABCDE"[n], group.size, group.x, group.y, _shown(group, votes))
        for n, group in enumerate(found.groups[old] for old in order)
    )
    agreement = tuple(
        msgspec.structs.replace(one, shares=tuple(one.shares[old] for old in order))
        for one in found.agreement
        if all(votes[one.statement][group.group] >= FEWEST_SHOWN for group in found.groups)
    )
    return Results(
        question.at,
        found.voters,
        found.counted,
        found.votes,
        found.quality.clear,
        found.quality.reasons,
        found.quality.silhouette,
        tallies,
        camps,
        agreement,
        steady.k,
        steady.candidate,
        steady.streak,
    )


def _votes(question: Question, groups: list[int | None]) -> dict[str, Counter[int]]:
    """How many of each group voted on each statement."""
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for group, ballot in zip(groups, question.ballots, strict=True):
        if group is not None:
            for number in ballot:
                votes[str(number)][group] += 1
    return votes


def _shown(group: Group, votes: dict[str, Counter[int]]) -> tuple[Representative, ...]:
    """What a group is known by, as far as its share and that of the others are of enough votes."""
    return tuple(
        one
        for one in group.representative
        if min(own := votes[one.statement][group.group], votes[one.statement].total() - own) >= FEWEST_SHOWN
    )


def _tallies(question: Question, groups: list[int | None], order: "list[int]", *, shown: bool) -> tuple[Tally, ...]:
    """Every statement that was not taken out; `order` says which group stands first."""
    tallies: list[Tally] = []
    for number, words in zip(question.numbers, question.words, strict=True):
        if number in question.out:
            continue
        given = [
            (group, ballot[number]) for group, ballot in zip(groups, question.ballots, strict=True) if number in ballot
        ]
        if not shown or len(given) < FEWEST_SHOWN:
            tallies.append(Tally(number, words, None, None, None, (None,) * len(order)))
            continue
        each = {vote: sum(1 for _, said in given if said == VALUE[vote]) for vote in Vote}
        shares = tuple(_share([said for group, said in given if group == old]) for old in order)
        tallies.append(Tally(number, words, each[Vote.AGREE], each[Vote.DISAGREE], each[Vote.PASS], shares))
    return tuple(tallies)


def _share(said: list[int]) -> tuple[float, float] | None:
    if len(said) < FEWEST_SHOWN:
        return None
    return round(said.count(1) / len(said), 2), round(said.count(-1) / len(said), 2)


def _same_names(before: Results, tallies: tuple[Tally, ...], k: int) -> list[int]:
    """The order in which groups resemble those that were shown before, so that A stays A."""
    was = {one.number: one.groups for one in before.tallies}

    def apart(order: tuple[int, ...]) -> float:
        total = 0.0
        for one in tallies:
            for place, old in enumerate(order):
                now, then = one.groups[old], (was.get(one.number) or (None,) * k)[place]
                if now is not None and then is not None:
                    total += abs(now[0] - then[0]) + abs(now[1] - then[1])
        return total

    return list(min(permutations(range(k)), key=apart))


def main() -> None:
    """A question on standard input, the answer on standard output."""
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    sys.stdout.buffer.write(msgspec.json.encode(counted(question)))


if __name__ == "__main__":
    main()

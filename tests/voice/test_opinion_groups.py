"""Groups of opinion: found where they are, as officially published for two consultations, none where there are none."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tongban.base.errors import Refused
from tongban.cli import main
from tongban.voice.participation.groups import Opinion, Steady, Votes, opinion_groups, read_votes, steadied
from tongban.voice.participation.groups.model import FEWEST_VOTERS, FEWEST_VOTES

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "data" / "opinion"
WANTED = {"canadian-electoral-reform": 0.9, "brexit-consensus": 0.85}
needs_sets = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="not run: the published votes are not beside the repository"
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["opinion", "groups", *map(str, words)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(end.value.code or 0), said.out, said.err

    return command


def camps(
    sizes: tuple[int, ...], statements: int = 24, noise: float = 0.15, asked: float = 0.6, seed: int = 7
) -> Votes:
    """Camps that vote oppositely on blocks of statements; the last four statements everybody agrees with."""
    chance = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    minds = chance.choice([-1.0, 1.0], size=(len(sizes), statements))
    minds[1] = -minds[0]
    minds[:, -4:] = 1.0
    cells = np.where(chance.random((len(truth), statements)) < noise, -minds[truth], minds[truth])
    cells[chance.random(cells.shape) > asked] = np.nan
    return votes(cells, [f"{camp}-{n}" for n, camp in enumerate(truth)])


def votes(cells: np.ndarray, names: list[str] | None = None, out: frozenset[str] = frozenset()) -> Votes:
    people, statements = cells.shape
    numbers = tuple(map(str, range(statements)))
    return Votes(tuple(names or map(str, range(people))), numbers, tuple("" for _ in numbers), out, cells)


def same(found: Opinion) -> bool:
    """Whether each camp is one group."""
    pairs = {(one.participant.partition("-")[0], one.group) for one in found.participants if one.counts}
    return len(pairs) == len({camp for camp, _ in pairs}) == len({group for _, group in pairs})


def rand(truth: list[str], found: list[int | None]) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(truth, ["-" if one is None else str(one) for one in found]))


@needs_sets
@pytest.mark.parametrize("name", WANTED)
def test_the_groups_of_published_consultations_are_the_official_ones(name: str, run: Run, tmp_path: Path) -> None:
    path = PUBLISHED / name / "participants-votes.csv"
    with path.open(encoding="utf-8") as file:
        official = {row["participant"]: row["group-id"] for row in csv.DictReader(file)}
    alone = tmp_path / "votes.csv"  # without the statements beside it, of votes alone
    alone.write_bytes(path.read_bytes())
    k = len(set(official.values()) - {""})
    status, out, _ = run(alone, "--k", k, "--json")
    found = {one["participant"]: one["group"] for one in json.loads(out)["participants"]}
    inside = [who for who, group in official.items() if group]
    assert status == 0 and found.keys() == official.keys()
    assert rand([official[who] for who in inside], [found[who] for who in inside]) >= WANTED[name]


@needs_sets
def test_what_tells_a_group_apart_is_told_in_its_words(run: Run) -> None:
    status, out, _ = run(PUBLISHED / "canadian-electoral-reform" / "participants-votes.csv")
    assert status == 0
    assert "disagree · 不同意 93% (others · 其他人 24%)  13  I am pleased with the current electoral system." in out


@needs_sets
def test_an_independent_implementation_finds_the_same_groups() -> None:
    pipeline = pytest.importorskip("reddwarf.implementations.polis", reason="not run: red-dwarf is not installed")
    read = read_votes(PUBLISHED / "canadian-electoral-reform" / "participants-votes.csv")
    given = [
        {"participant_id": i, "statement_id": int(read.statements[j]), "vote": int(read.cells[i, j])}
        for i, j in zip(*np.nonzero(~np.isnan(read.cells)), strict=True)
    ]
    theirs = pipeline.run_pipeline(
        votes=given, mod_out_statement_ids=[int(name) for name in read.out], force_group_count=2
    ).participants_df["cluster_id"]
    ours = {i: one.group for i, one in enumerate(opinion_groups(read, 2).participants) if one.counts}
    assert rand([str(theirs[i]) for i in ours], list(ours.values())) >= 0.9


@pytest.mark.parametrize("sizes", [(60, 40), (70, 50, 40)])
def test_people_who_vote_alike_are_one_group(sizes: tuple[int, ...]) -> None:
    found = opinion_groups(camps(sizes, noise=0.05))
    assert found.quality.clear and found.quality.k == len(sizes)
    assert same(found)
    assert [group.size for group in found.groups] == sorted(sizes, reverse=True)
    for group in found.groups:
        for one in group.representative:
            assert one.share > one.elsewhere
    assert {one.statement for one in found.agreement} >= {"20", "21", "22", "23"}


def test_the_same_votes_give_the_same_groups_in_any_order() -> None:
    asked = camps((60, 40))
    order = np.random.default_rng(1).permutation(100)
    mixed = votes(asked.cells[order], [asked.participants[n] for n in order])
    groups = [{one.participant: one.group for one in opinion_groups(each).participants} for each in (asked, mixed)]
    assert groups[0] == groups[1]


def test_under_fifty_voters_nobody_is_put_into_a_group() -> None:
    few = opinion_groups(camps((FEWEST_VOTERS // 2, FEWEST_VOTERS // 2 - 1), asked=1.0), 2)
    enough = opinion_groups(camps((FEWEST_VOTERS // 2, FEWEST_VOTERS // 2), asked=1.0), 2)
    assert not few.quality.clear and "49" in few.quality.reasons[0].en
    assert few.groups == few.agreement == ()
    assert {(one.group, one.x, one.y) for one in few.participants} == {(None, 0.0, 0.0)}
    assert enough.quality.clear


@pytest.mark.parametrize("seed", range(4))
def test_votes_by_chance_have_no_groups(seed: int) -> None:
    chance = np.random.default_rng(seed)
    cells = chance.choice([-1.0, 0.0, 1.0, np.nan], size=(200, 30))
    found = opinion_groups(votes(cells), 2 if seed % 2 else None)
    assert not found.quality.clear
    assert found.groups == () and {one.group for one in found.participants} == {None}


def test_where_everybody_votes_alike_there_are_no_groups() -> None:
    assert not opinion_groups(votes(np.ones((80, 12)))).quality.clear


def test_a_group_of_a_handful_is_not_shown() -> None:
    found = opinion_groups(camps((95, 5), noise=0.02, asked=1.0), 2)
    assert not found.quality.clear and "fewer than 10" in found.quality.reasons[-1].en


def test_who_voted_little_stands_by_the_nearest_group_and_does_not_count() -> None:
    asked = camps((60, 40), asked=1.0, noise=0.02)
    little = asked.cells.copy()
    little[0, FEWEST_VOTES - 1 :] = np.nan
    found = opinion_groups(votes(little, list(asked.participants)))
    first, *others = found.participants
    assert not first.counts and all(one.counts for one in others)
    assert first.group == others[0].group
    assert sum(group.size for group in found.groups) == found.counted == 99


def test_a_statement_taken_out_tells_no_group_apart() -> None:
    asked = camps((60, 40))
    told = {one.statement for group in opinion_groups(asked).groups for one in group.representative}
    without = opinion_groups(votes(asked.cells, list(asked.participants), frozenset(told)))
    assert told and not told & {one.statement for group in without.groups for one in group.representative}


def test_the_number_of_groups_changes_only_when_another_lasts() -> None:
    shown: Steady | None = None
    seen: list[int] = []
    for best in (2, 3, 3, 2, 3, 3, 3, 3, 2):
        shown = steadied(shown, best)
        seen.append(shown.k)
    assert seen == [2, 2, 2, 2, 2, 2, 2, 3, 3]


BAD = {
    "no-column": ("who,0,1\na,1,1\n", "There is no column 'participant'"),
    "not-a-vote": ("participant,0,1\na,1,yes\nb,2,1\n", "'yes' in column '1' is no vote"),
    "short-row": ("participant,0,1\na,1\n", "This row has 2 cells, the head 3"),
    "twice": ("participant,0,1\na,1,1\na,1,1\n", "A participant has no number or is there twice: a"),
    "no-rows": ("participant,0,1\n", "no participants or no statements"),
    "bad-csv": ('participant,0\n"a,1\n', "is not valid CSV"),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_answered_with_a_sentence_and_exit_status_2(code: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(BAD[code][0], encoding="utf-8")
    status, out, err = run(path)
    assert status == 2 and not out
    assert BAD[code][1] in err and f"({code})" in err and "votes.csv" in err
    with pytest.raises(Refused):
        read_votes(path)


def test_a_missing_file_and_bytes_that_are_no_text_are_named(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv")[0] == 2
    (tmp_path / "picture.csv").write_bytes(b"\xff\xd8\xff\xe0" * 9)
    status, _, err = run(tmp_path / "picture.csv")
    assert status == 2 and "not-text" in err

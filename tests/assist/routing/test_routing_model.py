"""A routing model: what it says, what its confidence means, and a file of it that cannot do anything."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.assist.routing import modelfile, near
from tongban.assist.routing.calibrate import calibration_error, sure_from
from tongban.assist.routing.duties import written
from tongban.assist.routing.evaluation import evaluate
from tongban.assist.routing.folding import fold, tight
from tongban.assist.routing.grams import runs, said
from tongban.assist.routing.model import TOP, Model
from tongban.assist.routing.reasons import words_that_weighed
from tongban.assist.routing.training import train
from tongban.base.errors import Refused

DEPARTMENTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "hotline" / "questions-14-departments.csv"

Rows = tuple[list[str], list[str]]


@given(st.text())
def test_folding_keeps_the_length_so_that_words_can_be_pointed_at(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_run_of_characters_is_a_number_and_back(text: str) -> None:
    plain = tight(text).replace("\0", "")
    counted = runs([plain], 3)
    again = {said(int(key)) for key in counted.keys}
    assert again == {plain[at : at + size] for size in (1, 2, 3) for at in range(len(plain) - size + 1)}
    assert counted.counts.sum() == sum(max(0, len(plain) - size + 1) for size in (1, 2, 3))


def test_no_digit_of_anybodys_number_is_in_a_model() -> None:
    texts = [f"我的电话是154{n:08d}，工资没有发" for n in range(9)] + [f"邻居太吵，住{n}栋{n + 3}号" for n in range(9)]
    made = train(texts, ["wages"] * 9 + ["noise"] * 9)
    kept = "".join(said(int(key)) for keys in made.space.keys.values() for key in keys)
    assert not set(kept) & set("123456789")


def test_it_finds_what_a_request_is_about_and_says_which_words_made_it_think_so(model: Model) -> None:
    text = "楼下烧烤店　半夜两点还在放音响，吵得我没法睡"
    answer = next(model.answers([text]))
    assert answer.label == "noise"
    assert not answer.abstained
    assert len(answer.top) == TOP
    reasons = words_that_weighed(model, text, answer.label)
    assert any("音响" in reason.quote or "吵" in reason.quote for reason in reasons)
    assert all(text[reason.start :].startswith(reason.quote) for reason in reasons)


@pytest.mark.parametrize("text", ["", "   ", "!!!", "The quick brown fox jumps over the lazy dog", "ᚠᚢᚦᚨᚱᚲ"])
def test_it_abstains_on_what_is_unlike_everything_it_learned(model: Model, text: str) -> None:
    assert next(model.answers([text])).abstained


def test_answers_do_not_depend_on_what_is_asked_beside_them(model: Model) -> None:
    texts = [text for text, _ in written()]
    together = list(model.answers(texts))
    assert [next(model.answers([text])) for text in texts[:20]] == together[:20]


def test_confidence_is_a_chance_over_all_classes(model: Model) -> None:
    chances, _ = model.chances([text for text, _ in written()])
    assert np.allclose(chances.sum(axis=1), 1)
    assert (chances >= 0).all()


# --- the file ---


def test_a_model_comes_back_from_its_file_as_it_was(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model"
    weights = modelfile.save(path, model, "sha256:" + "0" * 64)
    again, header = modelfile.load(path, weights)
    texts = [text for text, _ in written()][:30]
    assert list(again.answers(texts)) == list(model.answers(texts))
    assert header.rows == model.rows


def test_the_same_requests_make_the_same_file(rows: Rows) -> None:
    some = [n for n, label in enumerate(rows[1]) if label in ("noise", "wages")]
    texts, labels = [rows[0][n] for n in some], [rows[1][n] for n in some]
    assert modelfile.packed(train(texts, labels)) == modelfile.packed(train(texts, labels))


def test_a_file_that_is_not_the_registered_one_is_not_used(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model"
    modelfile.save(path, model)
    with pytest.raises(Refused) as refused:
        modelfile.load(path, "sha256:" + "0" * 64)
    assert refused.value.code == "not-the-model"


@pytest.mark.parametrize("at", [0, 100, -40, -2000])
def test_a_damaged_file_is_refused_whatever_was_damaged(model: Model, tmp_path: Path, at: int) -> None:
    data = bytearray(modelfile.packed(model))
    data[at] ^= 0xFF
    (tmp_path / "model").write_bytes(data)
    try:
        again, _ = modelfile.load(tmp_path / "model")
    except Refused as refused:
        assert refused.code == "bad-model"
    else:  # a byte that no array depends on, as a date in the archive's directory
        assert np.array_equal(again.weights, model.weights)


def test_nothing_in_a_file_is_ever_run(tmp_path: Path) -> None:
    touched = tmp_path / "touched"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (touched,)

    (tmp_path / "pickled").write_bytes(pickle.dumps(Trap()))
    buffer = io.BytesIO()
    np.savez(buffer, header=np.array([Trap()], dtype=object))
    (tmp_path / "archived").write_bytes(buffer.getvalue())
    for name in ("pickled", "archived"):
        with pytest.raises(Refused) as refused:
            modelfile.load(tmp_path / name)
        assert refused.value.code == "bad-model"
    assert not touched.exists()


# --- what is measured ---


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    chance = np.full(10, 0.75)
    right = np.array([True] * 5 + [False] * 5)
    assert calibration_error(chance, right) == pytest.approx(0.25)


def test_sure_is_only_what_was_right_often_enough_to_be_believed() -> None:
    chance = np.linspace(1, 0, 1000)
    assert sure_from(chance, np.ones(1000, dtype=bool), 0.98) == 0.0
    assert sure_from(chance, np.zeros(1000, dtype=bool), 0.98) is None
    assert sure_from(chance[:20], np.ones(20, dtype=bool), 0.98) is None  # twenty of twenty prove nothing at 98 %


def test_evaluation_never_lets_a_model_see_what_it_is_measured_on() -> None:
    """With answers drawn by lot there is nothing to learn: whoever does better than chance has seen them."""
    chance = np.random.default_rng(1)
    texts = [text for text, _ in written()]
    labels = [f"{n}" for n in chance.permutation(len(texts)) % 4]
    report = evaluate(texts, labels, folds=3)
    assert report.accuracy < 0.35
    assert report.answered < 0.1
    assert report.ece < 0.12


def test_requests_sent_twice_are_told_and_can_be_left_out() -> None:
    texts = [text for text, _ in written() if len(text) > 12][:60]
    labels = [("even", "odd")[n % 2] for n in range(len(texts))]
    doubled, again = [*texts, *[text + "。" for text in texts[:20]]], [*labels, *labels[:20]]
    assert evaluate(doubled, again, folds=2).near_duplicates > 0
    apart = evaluate(doubled, again, folds=2, dedup=True)
    assert (apart.near_duplicates, apart.dropped) == (0, 20)


def test_near_duplicates_are_found_without_comparing_all() -> None:
    texts = [text for text, _ in written()]
    changed = [text.replace("，", ",") + "！" for text in texts if len(text) > 14]
    found = near.groups([*texts, *changed])
    originals = [n for n, text in enumerate(texts) if len(text) > 14]
    assert found[len(texts) :] == originals
    assert found[: len(texts)] == list(range(len(texts)))


@pytest.mark.skipif(not DEPARTMENTS.is_file(), reason="not run: ../shared/data/hotline is not here")
def test_questions_find_their_department_on_real_data() -> None:
    """One fold of five; `tongban bench route` runs all."""
    from tongban.assist.routing.reading import read

    real = read(DEPARTMENTS, "question", "dept")
    report = evaluate(real.texts, real.labels, measured=1)
    assert report.accuracy >= 0.87
    assert report.top3 >= 0.95

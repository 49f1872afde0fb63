"""Pictures of papers: read with the extra `ocr`, flagged where a stamp lies, never called 一致 wrongly."""

import pytest

from tongban.assist.precheck import measured, ocr, rendered
from tongban.assist.precheck.reading import read
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped

needs_pictures = pytest.mark.skipif(
    not ocr.available() or not rendered.fonts(), reason="not run: needs the extra ocr and fonts-noto-cjk"
)
PAPERS = Catalogue.load((), (), papers=shipped("papers")).papers()
SET = [("lease", "clean", 1), ("disability-card", "phone", 4), ("residence-permit", "stamped", 2)]


@needs_pictures
def test_a_clean_a_photographed_and_a_stamped_paper_are_read() -> None:
    """A small part of what `tongban uses measure precheck` measures whole."""
    rows = [measured.Row(paper, rendered.State(state), seed) for paper, state, seed in SET]
    scores = measured.measure(measured.drawn(rows, PAPERS), PAPERS, read)
    figures = measured.metrics(scores)
    assert figures["fields-clean"] == figures["fields-phone"] == figures["stamped-flagged"] == 1.0, {
        state: score.wrong for state, score in scores.items()
    }
    assert figures["false-agreeing"] == 0


def test_the_set_draws_every_shipped_paper_in_every_state() -> None:
    rows = measured.rows(shipped("papers").parent / "tests" / "assist" / "precheck_papers.jsonl")
    for state in rendered.State:
        if state is not rendered.State.SCAN:
            assert {row.paper for row in rows if row.state is state} == {paper.paper for paper in PAPERS}


@needs_pictures
def test_the_registered_weights_are_those_that_are_installed() -> None:
    from tongban.catalog.load import load_use

    use = load_use((shipped("uses") / "precheck.yaml").read_text(encoding="utf-8")).require()
    assert use.model.weights == ocr.weights()


def test_values_one_step_off_are_never_the_truth() -> None:
    for paper in PAPERS:
        for name, truth in rendered.values(paper, 3).items():
            kind = paper.fields[name].kind
            assert all(
                measured.FORMS[kind](other) != measured.FORMS[kind](truth) for other in measured.near(kind, truth, 3)
            )

"""Reading papers: what of drawn ones is read rightly, what is called the same wrongly, and how long it takes."""

import time
from pathlib import Path
from typing import Any

from tongban.assist.precheck import measured, ocr, rendered
from tongban.assist.precheck.reading import read
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped

SET = Path(__file__).resolve().parents[1] / "tests" / "assist" / "precheck_papers.jsonl"


def run() -> dict[str, Any]:
    """The whole set with the extra that reads pictures and a Chinese font; else only electronic files."""
    papers = Catalogue.load((), (), papers=shipped("papers")).papers()
    rows = measured.rows(SET)
    pictures = ocr.available() and bool(rendered.fonts())
    if not pictures:
        rows = tuple(row for row in rows if row.state is rendered.State.TEXT)
    if pictures:  # loading is not reading
        read(rendered.draw(papers[0], rendered.State.CLEAN, 0).data, "image/png")
    took: dict[rendered.State, list[float]] = {}
    scores: dict[rendered.State, measured.Score] = {}
    for state in rendered.State:
        files = tuple(measured.drawn([row for row in rows if row.state is state], papers))
        began = time.perf_counter()
        scores |= measured.measure(files, papers, read)
        took[state] = [(time.perf_counter() - began) * 1000 / max(len(files), 1)] if files else []
    milliseconds = {f"ms_a_page_{state.value}": round(one[0], 1) for state, one in took.items() if one}
    text, clean = took[rendered.State.TEXT], took[rendered.State.CLEAN]
    return {
        "name": "precheck: fields read from drawn papers",
        "figures": measured.metrics(scores) | milliseconds | {"papers": len(rows), "pictures": int(pictures)},
        "baseline": "reading an electronic file with its words in it",
        "ratio": {"picture to electronic file": round(clean[0] / text[0], 1)} if clean and text else 1.0,
        "target": "false-agreeing 0; fields >= .99 text and clean, >= .98 phone; every stamped field flagged",
    }

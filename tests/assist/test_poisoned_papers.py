"""Whatever is uploaded: nothing falls over, nothing on it is obeyed, and nothing of it is called 一致."""

import asyncio

import pytest
from tests.assist.papers_drawn import DECLARED, lease
from tests.assist.poisoned import ORDERS, PICTURES, pdfs
from tests.shipped_files import catalogue

from tongban.assist.precheck.compare import check
from tongban.assist.precheck.fields import extract
from tongban.assist.precheck.model import Outcome, Unread
from tongban.assist.precheck.reading import PDF, read
from tongban.assist.precheck.worker import Reader


def test_the_corpus_is_large_enough() -> None:
    names = [*(name for name, _ in pdfs()), *PICTURES]
    assert len(names) >= 60
    assert len({*names}) == len(names)


async def test_a_poisoned_pdf_is_obeyed_by_nobody_and_never_agrees() -> None:
    """One child reads them all, and reads a sound paper after them."""
    reader = Reader(seconds=30)
    papers = catalogue().papers()
    wrong: list[str] = []
    try:
        for name, data in pdfs():
            reading = await reader.read(data, PDF)
            found = extract(reading, papers, "doc")
            if found.paper:
                assert {one.field for one in found.fields} == set(catalogue().paper(found.paper).fields)
            for one in check(catalogue(), "residence-permit", "lease", found, DECLARED, {}):
                if one.field == "address" and one.outcome is Outcome.AGREES:
                    wrong.append(name)
        assert wrong == []
        sound = extract(await reader.read(lease(), PDF), papers, "doc")
        assert [one.text for one in sound.fields if one.field == "address"] == [DECLARED["lives_at"]]
    finally:
        await reader.close()


def test_an_order_is_never_a_value_without_a_doubt() -> None:
    for name, data in pdfs():
        if name.startswith("order-") and "value" not in name:
            found = extract(read(data, PDF), catalogue().papers(), "doc")
            assert not any(order in one.text for one in found.fields for order in ORDERS), name


@pytest.mark.parametrize("name", PICTURES)
def test_a_poisoned_picture_says_why_it_is_not_read(name: str) -> None:
    reading = read(PICTURES[name](), "image/png" if name.endswith("png") else "image/jpeg")
    assert reading.unread in (Unread.TOO_LARGE, Unread.DAMAGED) and reading.sheets == ()


async def test_a_child_that_takes_too_long_is_ended_and_the_next_file_is_read() -> None:
    reader = Reader(seconds=0.0)
    try:
        assert (await reader.read(lease(), PDF)).unread is Unread.TOO_SLOW
    finally:
        await reader.close()
    patient = Reader()
    first, second = await asyncio.gather(patient.read(lease(), PDF), patient.read(lease(), PDF))
    await patient.close()
    assert first == second and first.pages == 1


async def test_the_child_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from tongban.assist.precheck import worker

    monkeypatch.setenv("TONGBAN_DATABASE_URL", "postgres://somebody:secret@host/db")
    assert not any("secret" in value for value in worker._environment().values())

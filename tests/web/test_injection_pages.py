"""What is typed into the search box is words to look up: never obeyed, shown as markup or kept in the clear."""

from pathlib import Path
from urllib.parse import quote

import yaml
from tests.web.citizen import Person
from tests.web.desk_people import Official, restaurant

from tongban.assist.model import Suggestion
from tongban.web.site import Site

CORPUS = Path(__file__).parents[1] / "assist" / "injection.yaml"
TEXTS: list[str] = yaml.safe_load(CORPUS.read_text(encoding="utf-8"))["texts"]
OTHERS = ("13800138000", "13900139000", "11010119900307803X", "6222020200112233445")
MARKUP = [text for text in TEXTS if any(mark in text for mark in ("<", "{{", "{name}", "'", "../", "‮"))]
ASSIST = ("assist_", "guide_")


async def rows(site: Site) -> dict[str, int]:
    """How many rows every table has, apart from those of the AI side, of the log, and those that count requests."""
    found = await site.db.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    names = [row["name"] for row in found if not row["name"].startswith((*ASSIST, "web_", "ledger_waiting"))]
    return {name: await site.db.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}


async def test_the_guide_answers_with_its_own_items_or_not_at_all(site: Site) -> None:
    before = await rows(site)
    own = {item.key for item in site.assist.guide.guide.engine.items}
    for text in TEXTS:
        found = site.assist.guide.ask(text)
        if isinstance(found, Suggestion):
            assert {one.item.key for one in found.value.items} <= own, text
            assert not [number for number in OTHERS if number in str(found.text) + str(found.evidence)], text
    await site.assist.gate.flush()
    logged = str([dict(row) for row in await site.db.fetch("SELECT * FROM assist_call WHERE use = 'guide'")])
    assert logged.count("input_hash") == len(TEXTS)
    assert not [number for number in OTHERS if number in logged]
    assert await rows(site) == before


async def test_markup_in_a_question_is_text_on_the_page_and_numbers_in_it_are_not_kept(
    site: Site, anyone: Person
) -> None:
    for text in (*MARKUP, *(text for text in TEXTS if any(number in text for number in OTHERS))):
        await anyone.get(f"/search?q={quote(text)}")
        assert anyone.page.status_code == 200, text
        for live in ("<script>fetch", "<img src=x", "</data>", "<<C1"):
            assert live not in anyone.page.text, text
    kept = str([dict(row) for row in await site.db.fetch("SELECT * FROM guide_answer")])
    assert not [number for number in OTHERS if number in kept]


async def test_a_letter_with_such_words_in_it_moves_no_case_and_is_shown_as_text(site: Site) -> None:
    """An official asks for a summary of a case whose applicant wrote markup and commands."""
    case = await restaurant(site, layout=False)
    text = "".join(MARKUP)[:1500]
    await site.cases.act(
        case.reader, case.case, "add-papers", {"message": text}, version=case.version, key="say-it-all"
    )
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case.case)
    before = await rows(site)
    kept = {"version": clerk.hidden("version"), "key": clerk.hidden("key")}
    await clerk.post(f"/desk/cases/{case.case}", {**kept, "do": "draft:summary"})
    assert clerk.page.status_code == 200
    assert "本人的话" in clerk.text
    assert "<script>fetch" not in clerk.page.text
    assert await rows(site) == before

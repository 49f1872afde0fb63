"""The guide finds the member of a family that is meant, asks back when unsure, and says only what the file says."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped_files import catalogue

from tongban.assist.guide import batch, evaluation, finding
from tongban.assist.guide.answering import Answer, Due, answer, facts, traced
from tongban.assist.guide.deciding import decide, situation_of
from tongban.assist.guide.engine import Engine, Item
from tongban.assist.guide.finding import Guide
from tongban.assist.guide.words import Entry, Lexicon, check_words, load_words, open_words, read_words
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.importer import import_catalogue
from tongban.catalog.shipped import shipped

DAY = date(2026, 11, 25)
LEXICON = Lexicon((Entry(("护士证",), ("护士新办执业注册",)), Entry(("开饭馆",), ("食品经营许可核发",))))
NAMES = (
    "护士新办执业注册", "护士延续执业注册", "护士变更执业注册", "护士执业注销注册", "护士执业证书遗失补办",
    "食品经营许可核发", "食品经营许可注销", "食品小作坊备案", "公司设立登记", "公司变更登记", "公司注销登记",
    "社会保障卡申领", "社会保障卡挂失", "参保人员参保信息查询", "户口登记",
)  # fmt: skip


@pytest.fixture(scope="module")
def families() -> Guide:
    return Guide(Engine([Item(name, name, department="局") for name in NAMES], LEXICON), {})


@pytest.fixture(scope="module")
def shipped_guide() -> Guide:
    return finding.of_catalogue(catalogue(), read_words([shipped("words")]))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("护士证快到期了", "护士延续执业注册"),
        ("护士证丢了", "护士执业证书遗失补办"),
        ("我要考护士证第一次注册", "护士新办执业注册"),
        ("公司不想开了", "公司注销登记"),
        ("公司要换法人", "公司变更登记"),
        ("想开个小饭馆", "食品经营许可核发"),
        ("开一家饭馆要什么手续", "食品经营许可核发"),
    ],
)
def test_what_is_to_be_done_tells_the_members_of_a_family_apart(families: Guide, question: str, name: str) -> None:
    assert families.ask(question).items[0].item.name == name


def test_what_no_office_does_is_handed_over_to_the_hotline(families: Guide, shipped_guide: Guide) -> None:
    for guide in (families, shipped_guide):
        found = guide.ask("今天天气怎么样")
        assert found.decision == "refuse"
        assert found.handover is not None and "12345" in found.handover.zh and "12345" in found.handover.en


def test_unsure_it_asks_back_by_what_is_to_be_done() -> None:
    items = [Item("a", "食品经营许可延续"), Item("b", "食品经营许可变更"), Item("c", "食品经营许可注销")]
    ranking = Engine(items, Lexicon()).rank("食品经营许可")
    found = decide(ranking, None)
    assert found.decision == "clarify"
    assert found.ask is not None and found.ask.kind == "action"
    assert {option.key for option in found.ask.options} == {"a", "b", "c"}


def test_our_services_are_found_in_english_too(shipped_guide: Guide) -> None:
    found = shipped_guide.ask("rent subsidy")
    assert found.items[0].item.key == "rent-subsidy"


def test_an_open_situation_is_asked_for_and_one_that_was_said_is_not(shipped_guide: Guide) -> None:
    open_ = shipped_guide.ask("随迁子女入学")
    assert open_.decision == "answer" and open_.situation == ""
    assert open_.ask is not None and open_.ask.kind == "situation"
    service = shipped_guide.services["migrant-school-enrolment"]
    ids = {one.id for one in service.situations}
    assert situation_of(service, tuple("孩子中途转来")) in ids
    assert situation_of(service, tuple("孩子")) == ""


def test_the_name_of_the_service_speaks_for_no_situation(shipped_guide: Guide) -> None:
    assert shipped_guide.ask("开店").situation == ""


def test_every_fact_that_is_shown_stands_in_the_file_with_its_version_and_article(shipped_guide: Guide) -> None:
    shown = 0
    for service in shipped_guide.services.values():
        dues = [Due(term, Text("期限", "term"), Text("某日", "some day")) for term in service.terms]
        for situation in ("", *(one.id for one in service.situations)):
            for fact in facts(service, situation, dues):
                assert traced(fact, service), (service.service, fact)
                shown += 1
    assert shown > 300


def test_a_fact_that_is_not_in_the_file_is_not_traced(shipped_guide: Guide) -> None:
    import msgspec

    service = shipped_guide.services["residence-permit"]
    real = next(fact for fact in facts(service) if fact.kind == "bring")
    for changed in (
        {"text": Text("营业执照", "Licence")},
        {"path": "materials.none.name"},
        {"law": "L99"},
        {"source": "item:residence-permit@9"},
    ):
        assert not traced(msgspec.structs.replace(real, **changed), service)


def test_an_answer_s_number_changes_with_every_word_of_it(shipped_guide: Guide) -> None:
    import msgspec

    service = shipped_guide.services["residence-permit"]
    said = answer(shipped_guide.ask("居住证"), "居住证", "zh", DAY, "2", service)
    again = msgspec.convert(msgspec.to_builtins(said), Answer)
    assert again.id == said.id and len(said.id) == 12
    other = msgspec.structs.replace(said.facts[0], text=Text("别的", "other"))
    assert msgspec.structs.replace(said, facts=(other, *said.facts[1:])).id != said.id


def test_the_materials_of_another_situation_are_left_out(shipped_guide: Guide) -> None:
    service = shipped_guide.services["residence-permit"]
    brought = {fact.text.zh for fact in facts(service, "job") if fact.kind == "bring"}
    assert "劳动合同或单位证明" in brought
    assert "房屋租赁合同或产权证" not in brought


def test_the_shipped_words_are_sound() -> None:
    assert not check_words([shipped("words")])


def test_a_wrong_line_of_words_is_told_at_its_place_and_the_others_hold() -> None:
    lines = ("- {say: [办证], means: [证件]}", "- {say: [4050], means: [就业]}", "- {say: [证], means: [证件]}",
             "- {say: [办证], means: [别的]}")  # fmt: skip
    text = "\n".join(("words:", *lines))
    made = load_words(text, "w.yaml")
    assert [(f.code, f.line) for f in made.findings] == [("words-text", 3), ("words-length", 4), ("words-twice", 5)]
    assert [entry.say for entry in made.entries] == [("办证",), ("办证",)]
    assert [f.code for f in load_words("sayings: []").findings] == ["words-shape"]


def test_a_province_adds_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "own.yaml").write_text("words:\n- {say: [打豆豆], means: [居住证]}\n", encoding="utf-8")
    assert any("打豆豆" in entry.say for entry in open_words(tmp_path).entries)
    assert open_words(tmp_path).size > read_words([shipped("words")]).size


def test_an_imported_item_brings_its_own_common_names(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("部门,事项名称,俗称\n公安局,犬类准养证核发,狗证|给狗上户口\n", encoding="utf-8")
    assert import_catalogue(path).items[0].aliases == ("狗证", "给狗上户口")
    assert batch.guide_over(path, Lexicon()).ask("给狗上户口").items[0].item.name == "犬类准养证核发"


def test_questions_are_read_under_any_of_their_names_and_without_one(tmp_path: Path) -> None:
    for head in ("question,half", "问题,x", "id,q"):
        path = tmp_path / "q.csv"
        column = head.split(",")
        row = ["甲"] * 2
        row[1 if column[1] == "q" else 0] = "办证"
        path.write_text(f"{head}\n{','.join(row)}\n", encoding="gb18030")
        assert [one["question"] for one in batch.rows(path)] == ["办证"]
    (tmp_path / "one.csv").write_text("办证\n\n报销\n", encoding="utf-8-sig")
    assert [one["question"] for one in batch.rows(tmp_path / "one.csv")] == ["办证", "报销"]
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Refused, match="column"):
        list(batch.rows(tmp_path / "bad.csv"))


def test_on_our_own_catalogue_the_guide_keeps_to_its_register_entry() -> None:
    use = catalogue().use("guide")
    outcome = evaluation.of_installation(catalogue(), Path(__file__).parent / "questions.csv")
    assert outcome.size >= use.evaluation.size
    for threshold in use.evaluation.thresholds:
        value = outcome.metrics[threshold.metric]
        assert threshold.at_least is None or value >= threshold.at_least, (threshold.metric, value)
        assert threshold.at_most is None or value <= threshold.at_most, (threshold.metric, value)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=250))
def test_whatever_is_asked_there_is_an_answer_between_0_and_1_best_first(question: str) -> None:
    found = _SMALL.ask(question)
    scores = [one.score for one in found.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= one.score <= 1 and 0 <= one.explained <= 1 for one in found.items)
    assert 0 <= found.confidence <= 1
    assert found.decision != "answer" or found.items


_SMALL = Guide(Engine([Item(name, name) for name in NAMES], LEXICON), {})

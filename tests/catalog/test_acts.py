"""How articles are cited in both languages."""

import re

import pytest
from shipped_law import PROCEDURES, SERVICES, USES

from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.catalog.acts import acts, english
from tongban.catalog.export import cpsv_ap
from tongban.catalog.model import Law

CHINESE = re.compile(r"[\u4e00-\u9fff《》（）]")
FOOD = "食品经营许可和备案管理办法"
CONDITIONS = Text("许可条件", "licensing conditions")


def law(act: str, article: str = "", about: str | Text = "", act_en: str = "") -> Law:
    return Law(id="L-1", act=act, article=article, about=about, act_en=act_en)


@pytest.mark.parametrize(
    ("cited", "zh", "en"),
    [
        (law("行政许可法", "32"), "《行政许可法》第32条", "Administrative Licensing Law art. 32"),
        (law("行政许可法"), "《行政许可法》", "Administrative Licensing Law"),
        (
            law(FOOD, "?", CONDITIONS),
            f"《{FOOD}》关于许可条件的规定（条号待核）",
            "Measures for Food Business Licensing and Filing, on licensing conditions (article number to be checked)",
        ),
        (
            law(FOOD, "", CONDITIONS),
            f"《{FOOD}》关于许可条件的规定",
            "Measures for Food Business Licensing and Filing, on licensing conditions",
        ),
        (law("民法典", "?"), "《民法典》（条号待核）", "Civil Code (article number to be checked)"),
        (law("入学年龄截止日的地方规定"), "入学年龄截止日的地方规定", "Local rules on the cut-off day for school age"),
        (
            law("某县图书馆办法", "3", act_en="County Library Rules"),
            "《某县图书馆办法》第3条",
            "County Library Rules art. 3",
        ),
        (law("某县办法", "3"), "《某县办法》第3条", "《某县办法》 art. 3"),
    ],
)
def test_an_article_is_cited_as_people_of_each_language_read_it(cited: Law, zh: str, en: str) -> None:
    assert cite(cited) == Text(zh, en)


def test_every_act_that_a_shipped_file_cites_has_both_names() -> None:
    for file in (*SERVICES.values(), *PROCEDURES.values(), *USES.values()):
        for cited in file.law:
            assert english(cited), cited.act
            said = cite(cited)
            assert not CHINESE.search(said.en), said.en
            assert "第" not in said.zh or re.search(r"第\d+条", said.zh), said.zh


def test_no_act_is_listed_twice() -> None:
    assert not acts().titled.keys() & acts().described.keys()


def test_the_european_export_names_the_law_in_both_languages() -> None:
    graph = cpsv_ap(SERVICES["residence-permit"])["@graph"]
    titles = next(part["dct:title"] for part in graph if part["@type"] == "eli:LegalResource")
    assert [title["@language"] for title in titles] == ["zh", "en"]
    assert titles[1]["@value"].startswith("Interim Regulations on Residence Permits art. 2")

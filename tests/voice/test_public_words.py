"""What officials write for everybody names nobody, on whichever page it is written."""

import re

import pytest

from tongban.assist.gate.public import for_everybody
from tongban.base.errors import Refused
from tongban.catalog import load_procedure
from tongban.catalog.shipped import shipped
from tongban.voice.public_words import FIELDS, checked

_SAID_SO = re.compile("（[^）]*(?:公开|公布)")


@pytest.mark.parametrize(
    "text",
    [
        "已经和李女士说清楚了",
        "请申请人：王小明来取",
        "打给13812345678就知道",
        "身份证51010119900307123X",
        "翠湖小区3号楼2单元501室的水管修好了",
        "办件990101-261126-4F7K2M9Q已经退回",
    ],
)
def test_public_words_that_tell_who_somebody_is_are_not_taken_and_what_has_to_go_is_said(text: str) -> None:
    with pytest.raises(Refused) as refused:
        for_everybody(text, "reasons")
    (problem,) = refused.value.problems
    assert (problem.code, problem.place) == ("personal-data", "reasons") and "请去掉" in problem.text.zh


@pytest.mark.parametrize(
    "text",
    [
        "申请人应当在2026年12月1日前补齐，孩子安全第一",
        "清江路58号的路灯换了12盏，用了3200000元，有事打12345或者电话110",
        "原系统的厂商已经注销，全体老师都培训过",
        "负责人和单位都已说明",
        "清源街道办事处一层的大厅改好了",
        "按《政务数据共享条例》第38条，目录990101/hr/insurance里有3项",
    ],
)
def test_ordinary_words_about_the_matter_are_taken_as_they_are(text: str) -> None:
    assert for_everybody(text, "reasons") == text


def test_the_name_of_whom_it_is_about_is_found_wherever_it_stands() -> None:
    with pytest.raises(Refused):
        for_everybody("谢谢陈志远的提醒", "reply", ["陈志远"])


def test_every_field_that_a_procedure_calls_public_is_looked_at_before_the_act() -> None:
    newest = {path.stem.partition("@")[0]: path for path in sorted(shipped("procedures").glob("*.yaml"))}
    for slug, path in newest.items():
        procedure = load_procedure(path.read_text("utf-8")).require()
        for act, spec in procedure.acts.items():
            for name, field in spec.says.items():
                if field.type in ("text", "long-text") and _SAID_SO.search(field.name.zh) and "rules" not in spec.who:
                    assert name in FIELDS.get(slug, {}).get(act, ()), f"{slug} {act} {name}"
    with pytest.raises(Refused):
        checked("public-proposal", "decline", {"reasons": "王先生问过三次了"})

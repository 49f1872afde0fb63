"""Two languages in one template."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, TemplateSyntaxError
from jinja2.exceptions import TemplateAssertionError

import tongban.web
from tongban.web.folding import FoldingEnvironment, sentences

TEMPLATES = Path(tongban.web.__file__).parent / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
HAN = range(0x4E00, 0x9FFF)
SWITCH = {"EN", "English", "中文", "中文版"}
"""A link to the other language is named in that language."""


def render(lang: str, source: str, **values: object) -> str:
    return FoldingEnvironment(lang, DictLoader({"page": source})).get_template("page").render(**values)  # type: ignore[arg-type]


def test_each_language_gets_its_own_sentence():
    source = '{{ t("提交", "Submit") }}'
    assert render("zh", source) == "提交"
    assert render("en", source) == "Submit"


def test_the_sentence_is_part_of_the_compiled_text_and_costs_no_call():
    code = FoldingEnvironment("en", DictLoader({})).compile('<b>{{ t("提交", "Submit") }}</b>', raw=True)
    assert "'<b>Submit</b>'" in code
    assert "提交" not in code


def test_values_are_filled_in_and_escaped_while_the_sentence_may_hold_markup():
    source = '{{ t("最晚<b>{day}</b>", "by <b>{day}</b>", day=day) }}'
    assert render("en", source, day="<i>") == "by <b>&lt;i&gt;</b>"


def test_a_sentence_in_one_language_does_not_compile():
    for source in ('{{ t("提交") }}', '{{ t("提交", "") }}', "{{ t(words, words) }}"):
        with pytest.raises(TemplateAssertionError):
            render("zh", source)


def test_an_unknown_name_is_an_error_and_never_a_blank():
    with pytest.raises(Exception, match="nobody"):
        render("zh", "{{ nobody }}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_text_of_every_template_has_both_languages(path: Path):
    source = path.read_text("utf-8")
    try:
        found = list(sentences(source))
    except TemplateSyntaxError as error:
        pytest.fail(f"{path.name}: {error}")
    for text in found:
        assert any(ord(c) in HAN for c in text.zh) or text.zh in SWITCH or not any(map(str.isalpha, text.zh)), text
        assert not any(ord(c) in HAN for c in text.en) or text.en in SWITCH, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_holds_chinese_outside_a_bilingual_sentence(path: Path):
    """What is left of a template once its sentences and comments are gone speaks no language."""
    source = path.read_text("utf-8")
    left = []
    for token, kind, value in FoldingEnvironment("zh", DictLoader({})).lex(source):
        del token
        if kind == "data":
            left += [c for c in value if ord(c) in HAN]
    assert not left, "".join(left)

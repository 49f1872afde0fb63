"""The list of data is open: pages that filter and count, one entry whole, the dictionary, and the same for programs."""

import csv
import io

import pytest
from tests.web.citizen import Person

from tongban.base.i18n import LANGS
from tongban.sharing.directory.load import open_directory
from tongban.sharing.directory.model import Attribute
from tongban.sharing.directory.registered import Wanted, counts
from tongban.sharing.directory.sheet import read_sheet

LISTED = open_directory()


async def test_everybody_reads_the_list_with_its_counts(anyone: Person) -> None:
    page = await anyone.get("/open/data")
    assert page.status_code == 200
    found = counts(LISTED.search(Wanted()))
    assert f"<dd>{found.total}</dd>" in anyone.text
    assert f"<dd>{found.attribute[Attribute.UNCONDITIONAL]}</dd>" in anyone.text
    assert "社会救助对象" in anyone.text
    assert anyone.text.count('class="hit"') == 20
    await anyone.get("/open/data?lang=en")
    assert "List of shared data" in anyone.text


async def test_the_pages_of_the_list_keep_their_filters(anyone: Person) -> None:
    client = anyone.client
    first = (await client.get("/open/data.json?attribute=conditional&limit=5")).json()
    second = (await client.get(f"/open/data.json?attribute=conditional&limit=5&after={first['next']}")).json()
    ids = [one["resource"] for one in (*first["items"], *second["items"])]
    assert ids == [one.id for one in LISTED.search(Wanted(attribute=Attribute.CONDITIONAL))][:10]
    page = await anyone.get("/open/data?kind=department&level=province")
    assert page.status_code == 200
    assert "civil.assistance" not in anyone.text


async def test_filters_find_by_field_and_say_when_there_is_nothing(anyone: Person) -> None:
    await anyone.get("/open/data?q=缴费月数&owner=hr")
    assert "/open/data/hr.insurance" in anyone.text
    assert "/open/data/hr.jobs" not in anyone.text
    await anyone.get("/open/data?q=没有这种数据")
    assert "没有符合条件的数据" in anyone.text
    for wrong in ("level=planet", "kind=x", "attribute=x", "theme=x", "after=x"):
        assert (await anyone.client.get(f"/open/data.json?{wrong}")).status_code == 400


@pytest.mark.parametrize("lang", LANGS)
async def test_an_entry_shows_every_element_that_the_law_asks_for(anyone: Person, lang: str) -> None:
    await anyone.get(f"/open/data/hr.insurance?lang={lang}")
    one = LISTED.resource("hr.insurance")
    assert one.assessment and one.approval and one.scope and one.use
    for text in (one.name, one.owner.name, one.scope, one.use, one.assessment.privacy, one.approval.by):
        assert text[lang] in anyone.text  # pyright: ignore[reportArgumentType]
    for said in {"zh": ("有条件共享", "服务接口", "每日", "数据库", "一般数据"), "en": ("on conditions", "Daily")}[
        lang
    ]:
        assert said in anyone.text
    for field in one.records["member"].elements:
        assert field in anyone.text
    assert "/services/unemployment-benefit" in anyone.text


async def test_withheld_data_say_why_and_by_which_law(anyone: Person) -> None:
    await anyone.get("/open/data/police.fingerprints")
    assert "不予共享" in anyone.text
    assert "《居民身份证法》第6条" in anyone.text


async def test_the_dictionary_names_the_source_of_what_two_bodies_keep(anyone: Person) -> None:
    await anyone.get("/open/data/elements?q=姓名")
    assert "以岚江省公安厅（演示）的为准" in anyone.text
    told = (await anyone.client.get("/open/data/elements.json")).json()
    assert told["full-name"]["kept_by"].keys() == {"police", "digital-centre"}
    assert told["full-name"]["settled"] is True
    await anyone.get("/open/data/elements?q=没有这个词")
    assert "字典里没有这个词" in anyone.text


async def test_programs_take_the_list_as_dcat_and_as_a_sheet(anyone: Person) -> None:
    made = (await anyone.client.get("/open/data.jsonld")).json()
    assert len(made["dcat:dataset"]) == len(LISTED.resources)
    sheet = (await anyone.client.get("/open/data.csv")).content
    assert read_sheet(sheet, LISTED).entries == tuple(LISTED.resources.values())
    assert next(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))[0] == "目录代码 resource"
    one = (await anyone.client.get("/open/data/tax.income.json")).json()
    assert one["resource"] == "tax.income"


async def test_an_entry_that_is_not_there_is_not_found(anyone: Person) -> None:
    assert (await anyone.client.get("/open/data/hr.secrets")).status_code == 404

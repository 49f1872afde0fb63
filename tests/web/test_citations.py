"""What an English reader sees of the law: acts by their English names."""

import re

from tests.web.citizen import Person, begin

from tongban.web.site import Site

CHINESE = re.compile(r"[\u4e00-\u9fff《》]")


async def test_an_english_guide_cites_no_act_by_its_chinese_name(site: Site, anyone: Person) -> None:
    anyone.client.cookies.set("lang", "en")
    for service in site.catalogue.services():
        page = await anyone.get(f"/services/{service.service}")
        assert page.status_code == 200
        assert not [law.act for law in service.law if law.act in anyone.text], service.service
        cited = re.findall(r"<b>([^<]*)</b>", anyone.text[anyone.text.index('id="law"') :])
        assert len(cited) >= len(service.law)
        assert not any(CHINESE.search(words) for words in cited[: len(service.law)])


async def test_an_english_reader_sees_by_which_law_their_data_were_read(xiaoman: Person) -> None:
    await begin(xiaoman)
    xiaoman.client.cookies.set("lang", "en")
    await xiaoman.get("/my-data")
    assert "Interim Regulations on Residence Permits art. 2" in xiaoman.text
    assert "居住证暂行条例" not in xiaoman.text


async def test_a_chinese_guide_reads_naturally_where_an_article_has_no_number(anyone: Person) -> None:
    await anyone.get("/services/food-licence")
    assert "《食品经营许可和备案管理办法》关于许可条件的规定（条号待核）" in anyone.text
    assert "第许可条件" not in anyone.text

"""The what-if page through plain HTTP: for officials, in words, with small groups hidden; and nothing is changed."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import msgspec
import pytest
from desk_people import Official

from tongban.outreach import demo_people
from tongban.web.console import trial
from tongban.web.site import Site

pytestmark = pytest.mark.database
ADDRESS = "/console/what-if/advanced-age-allowance"
LINE = "eligible.rows.0.1"


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.parquet"
    demo_people.write(path, 20_000)
    return path


@pytest.fixture
def settled(site: Site, people: Path) -> Site:
    """The site with a population set up."""
    return over(site, people)


def over(site: Site, people: Path) -> Site:
    return replace(site, settings=msgspec.structs.replace(site.settings, people_file=people))


def tried(**numbers: str) -> str:
    return f"{ADDRESS}?{urlencode({**{name.replace('__', '.'): n for name, n in numbers.items()}, 'try': '1'})}"


async def test_only_officials_may_look(settled: Site) -> None:
    citizen = Official(settled)
    assert (await citizen.get(ADDRESS)).url.path == "/login"
    await citizen.post("/login", {"person": "p-zhoujiahe@@", "next": "/me"})
    for address in ("/console/what-if", ADDRESS, tried(eligible__rows__0__1="75")):
        assert (await citizen.get(address)).status_code == 403


async def test_an_official_of_any_post_finds_it_on_the_desk(settled: Site) -> None:
    for post in ("service-centre.clerk", "market.approver"):
        someone = await Official(settled).sit(post)
        assert 'href="/console/what-if"' in someone.page.text
        assert (await someone.get("/console/what-if")).status_code == 200
        assert "高龄津贴" in someone.text and "不改变任何规定" in someone.text


async def test_the_form_shows_each_number_with_its_unit_and_its_law(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(ADDRESS)
    assert f'name="{LINE}"' in desk.page.text and 'value="80"' in desk.page.text
    for words in ("周岁的界线", "现在是80岁", "现在是200元", "90到100（不含100）", "高龄津贴"):
        assert words in desk.text, words
    assert "按地区" not in desk.text


async def test_a_changed_threshold_shows_who_gains_and_what_it_costs(settled: Site, people: Path) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(tried(eligible__rows__0__1="75"))
    assert desk.page.status_code == 200
    for words in ("80 → 75", "可以领的人", "新增", "失去", "每月多少钱（演示）", "按地区", "60—79岁", "岚江"):
        assert words in desk.text, words
    assert "990101" not in desk.text
    counted = duckdb.execute(
        f"SELECT count(*) FROM read_parquet('{people}') WHERE home_region LIKE '99%'"
        f" AND birth_date <= DATE '{settled.today}' - INTERVAL 75 YEAR"
        f" AND birth_date > DATE '{settled.today}' - INTERVAL 80 YEAR"
    ).fetchone()
    assert counted is not None
    assert f"+{(2 * counted[0] + 10) // 20 * 10:,}" in desk.text


async def test_the_result_can_be_read_in_english(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk", lang="en")
    await desk.get(tried(eligible__rows__0__1="85"))
    for words in ("It changes no rule", "Lose it", "By region", "By age", "80 and over"):
        assert words in desk.text, words


async def test_a_small_group_is_never_shown(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "few.parquet"
    demo_people.write(path, 600)
    desk = await Official(over(site, path)).sit("service-centre.clerk")
    for line in range(76, 90):
        await desk.get(tried(eligible__rows__0__1=str(line)))
        cells = re.findall(r"<td data-label[^>]*>\s*[+−]?([\d,]+)\s*</td>", desk.page.text)
        figures = re.findall(r"<dd>.*?</dd>", desk.page.text)
        shown = [
            int(n.replace(",", "")) for n in (*cells, *re.findall(r"[\d,]*\d", re.sub("<[^>]+>", " ", str(figures))))
        ]
        assert all(n == 0 or n >= 10 for n in shown), (line, shown)
    assert "少于10人" in desk.text


async def test_a_change_that_breaks_the_table_is_told_at_its_number(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(tried(amounts__amount__rows__0__0="110"))
    assert desk.page.status_code == 422
    assert "都管这种人" in desk.text and 'href="#f-amounts.amount.rows.0.0"' in desk.page.text
    assert 'value="110"' in desk.page.text and "按地区" not in desk.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("八十", "要写一个数"),
        ("80.5", "要写整数"),
        ("-3", "要在 0 和"),
        ("NaN", "要写一个数"),
        ("1e999999999", "要在 0 和"),
        ("1e-999999999", "要写整数"),
    ],
)
async def test_bad_input_is_answered_at_its_field(settled: Site, typed: str, said: str) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(tried(eligible__rows__0__1=typed))
    assert desk.page.status_code == 422
    assert said in desk.text and f'id="e-{LINE}"' in desk.page.text


async def test_numbers_may_be_typed_as_people_type_them(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(tried(eligible__rows__0__1=" ７５ ", amounts__amount__rows__2__1="1,200"))
    assert desk.page.status_code == 200
    assert "80 → 75" in desk.text and "600 → 1200" in desk.text


async def test_without_a_change_there_is_nothing_to_tell(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(tried(eligible__rows__0__1="80"))
    assert "还没有改动" in desk.text


async def test_without_a_population_it_says_so(site: Site) -> None:
    bare = replace(site, settings=msgspec.structs.replace(site.settings, demo=False, public_url="http://localhost"))
    desk = await Official(site).sit("service-centre.clerk")
    other = Official(bare)
    other.client.cookies = desk.client.cookies
    await other.get(tried(eligible__rows__0__1="75"))
    assert other.page.status_code == 200
    assert "还没有可以试算的人口数据" in other.text and "TONGBAN_PEOPLE_FILE" in other.text


async def test_a_file_that_cannot_be_read_is_told_without_its_place(site: Site, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet at all")
    desk = await Official(over(site, broken)).sit("service-centre.clerk")
    await desk.get(tried(eligible__rows__0__1="75"))
    assert desk.page.status_code == 422
    assert "Parquet" in desk.text and "broken" not in desk.page.text


async def test_one_trial_at_a_time(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    with trial.running:
        await desk.get(tried(eligible__rows__0__1="75"))
        assert desk.page.status_code == 503
        assert "请过几秒再试" in desk.text
    assert (await desk.get(tried(eligible__rows__0__1="75"))).status_code == 200


async def test_a_policy_that_is_not_there_is_not_found(settled: Site) -> None:
    desk = await Official(settled).sit("service-centre.clerk")
    assert (await desk.get("/console/what-if/no-such-policy")).status_code == 404


async def test_nothing_is_changed_by_a_trial(settled: Site) -> None:
    before = settled.catalogue.service("advanced-age-allowance")
    desk = await Official(settled).sit("service-centre.clerk")
    await desk.get(tried(eligible__rows__0__1="75"))
    assert settled.catalogue.service("advanced-age-allowance") == before
    assert [one.service for one in settled.catalogue.services()].count("advanced-age-allowance") == 1
    assert not [one for one in settled.catalogue.services() if one.service.endswith("what-if")]

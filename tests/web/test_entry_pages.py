"""A body changes its entries at the desk: a sheet is looked at first, then each entry is a case of its own."""

import csv
import io

from tests.web.desk_people import Official

from tongban.sharing.directory.columns import COLUMNS
from tongban.web.site import Site

PROVINCE = "990000"
CODES = [column.code for column in COLUMNS]


async def sheet(official: Official) -> list[list[str]]:
    answer = await official.client.get("/desk/sharing/entries.csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


async def upload(official: Official, data: bytes, **fields: str) -> None:
    await official.get("/desk/sharing/entries")
    said = {"changed_on": official.site.today.isoformat(), "why": "data", **fields}
    await official.post("/desk/sharing/entries", said, files={"file": ("list.csv", data, "text/csv")})


def hidden(official: Official) -> dict[str, str]:
    found = (official.hidden(name) for name in ("key", "sheet", "changed_on", "why"))
    return dict(zip(("key", "sheet", "changed_on", "why"), found, strict=True))


async def test_an_entry_is_changed_with_a_sheet_a_look_a_head_and_the_digital_centre(site: Site) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    rows = await sheet(examiner)
    assert {row[0] for row in rows[1:]} == {"hr.insurance", "hr.jobs", "hr.pension", "hr.unemployment"}
    row = next(one for one in rows if one[0] == "hr.insurance")
    row[CODES.index("frequency")] = "每周"
    await upload(examiner, written(rows))
    assert "更新频率" in examiner.text
    assert "每日" in examiner.text
    assert "就业失业登记" not in examiner.text  # what stays as it is, is not shown
    assert site.sharing.directory.now.resource("hr.insurance").frequency.value == "daily"
    await examiner.post("/desk/sharing/entries/propose", hidden(examiner))
    case = examiner.page.url.path.rpartition("/")[2]
    assert examiner.page.url.path == f"/desk/cases/{case}", examiner.text[:300]
    await examiner.get("/desk/sharing/entries")
    assert case in examiner.text

    head = await Official(site).sit("hr.head", PROVINCE)
    await head.get(f"/desk/sharing/entries/{case}")
    assert "每周" in head.text
    await head.open(case)
    await head.do(case, "approve")
    assert "已报送" in head.text, head.text[:500]

    centre = await Official(site).sit("digital-centre.approver", PROVINCE)
    await centre.get("/desk/sharing/entries")
    assert case in centre.text
    await centre.get(f"/desk/sharing/entries/{case}")
    assert "人力资源和社会保障" in centre.text
    await centre.open(case)
    await centre.do(case, "publish")
    assert await site.sharing.directory.refresh(site.db)
    await centre.get("/open/data/hr.insurance")
    assert "每周" in centre.text
    assert "第2版" in centre.text


async def test_mistakes_are_told_at_their_cells_and_nothing_is_written(site: Site) -> None:
    examiner = await Official(site).sit("tax.examiner", PROVINCE)
    rows = await sheet(examiner)
    rows[1][CODES.index("frequency")] = "有空的时候"
    rows[1][CODES.index("conditions")] = "我们想要的|What we like"
    await upload(examiner, written(rows))
    assert examiner.page.status_code == 422
    assert "有空的时候" in examiner.text
    assert "什么都没有写入" in examiner.text
    assert "提出更新，请负责人审核" not in examiner.text
    for fields in ({"changed_on": "2099-01-01"}, {"changed_on": "x"}, {"why": "x"}):
        await upload(examiner, written(await sheet(examiner)), **fields)
        assert examiner.page.status_code == 422
    await upload(examiner, b"")
    assert examiner.page.status_code == 422


async def test_another_bodys_entry_cannot_be_proposed(site: Site) -> None:
    tax = await Official(site).sit("tax.examiner", PROVINCE)
    rows = await sheet(await Official(site).sit("hr.examiner", PROVINCE))
    rows[1][CODES.index("frequency")] = "每年"
    await upload(tax, written(rows))
    await tax.post("/desk/sharing/entries/propose", hidden(tax))
    assert tax.page.status_code == 422
    assert "不归本单位提供" in tax.text
    assert not (await site.db.fetch("SELECT 1 FROM data_entry_proposal"))


async def test_a_body_without_entries_is_told_how_to_begin_and_gets_the_columns(site: Site) -> None:
    county = await Official(site).sit("civil.approver", "990101")
    await county.get("/desk/sharing/entries")
    assert "还没有列入清单的数据" in county.text
    assert len(await sheet(county)) == 1


async def test_what_is_proposed_is_seen_by_those_of_the_case_alone(site: Site) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    rows = await sheet(examiner)
    rows[1][CODES.index("frequency")] = "每年"
    await upload(examiner, written(rows))
    await examiner.post("/desk/sharing/entries/propose", hidden(examiner))
    case = examiner.page.url.path.rpartition("/")[2]
    other = await Official(site).sit("tax.examiner", PROVINCE)
    await other.get(f"/desk/sharing/entries/{case}")
    assert other.page.status_code == 404


async def test_a_better_sheet_goes_into_the_case_that_is_still_here(site: Site) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    rows, cases = await sheet(examiner), list[str]()
    for said in ("每年", "每月"):
        rows[1][CODES.index("frequency")] = said
        await upload(examiner, written(rows))
        await examiner.post("/desk/sharing/entries/propose", hidden(examiner))
        cases.append(examiner.page.url.path.rpartition("/")[2])
    assert cases[0] == cases[1]
    await examiner.open(cases[0])
    assert f"/desk/sharing/entries/{cases[0]}" in examiner.page.text
    await examiner.get(f"/desk/sharing/entries/{cases[0]}")
    assert "每月" in examiner.text
    assert "每年" not in examiner.text

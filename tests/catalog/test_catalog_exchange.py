"""Differences told as sentences; one item in two standards' words; a spreadsheet that becomes drafts."""

import json
from pathlib import Path

import pytest
from catalog_samples import PROCEDURE, SERVICE, changed

from tongban.base.errors import Refused
from tongban.catalog import json_schema, load_procedure, load_service
from tongban.catalog.diff import Change, diff
from tongban.catalog.export import cpsv_ap, implementation_list, iso_duration
from tongban.catalog.importer import MOST_ROWS, import_catalogue
from tongban.catalog.listed import read_listed
from tongban.catalog.model import Audience, Kind, Level
from tongban.catalog.schema import FILE_KINDS
from tongban.catalog.shipped import shipped

CARD = load_service(SERVICE).require()
CATALOGUE = shipped("services").parent.parent / "shared" / "data" / "items" / "district-catalogue.csv"


def differences(old: str, new: str) -> list[Change]:
    return diff(CARD, load_service(changed(SERVICE, old, new)).require())


def test_nothing_differs_from_itself() -> None:
    assert diff(CARD, CARD) == []


@pytest.mark.parametrize(
    ("old", "new", "zh", "effect"),
    [
        ("promised: 2 working-days", "promised: 1 working-day", "承诺期限由2个工作日改为1个工作日", "better"),
        ("promised: 2 working-days", "promised: 4 working-days", "承诺期限由2个工作日改为4个工作日", "worse"),
        ("visits: {max: 0}", "visits: {max: 1}", "到现场次数由0改为1", "worse"),
        ("scope: city", "scope: nationwide", "通办范围由全市改为全国", "better"),
        ("modes: [online, counter]", "modes: [online, counter, proxy-intake]", "增加办理形式：代收代办", "better"),
        (
            "  - {zh: 住在岚江。, en: You live in Lanjiang.}",
            "  - {zh: 住在岚江一年。, en: A year.}",
            "取消受理条件：“住在岚江。”",
            "neutral",
        ),
        ("fee: {charged: false", "fee: {charged: true", "是否收费由否改为是", "worse"),
        (
            "en: Consent of a guardian}, when",
            "en: Consent of a guardian}, need: later, when",
            "监护人同意书·必要性由必要改为可以后补",
            "better",
        ),
        ("not_future: true}", "not_future: true, unit: 日}", "增加出生日期·unit：“日”", "neutral"),
        (
            "zh: 借书证办理, en: Library card",
            "zh: 读者证办理, en: Library card",
            "名称由“借书证办理”改为“读者证办理”",
            "neutral",
        ),
    ],
)
def test_a_difference_is_a_sentence_that_says_for_whom_it_is_better(old: str, new: str, zh: str, effect: str) -> None:
    told = differences(old, new)
    assert (told[0].text.zh, told[0].effect) == (zh, effect)
    assert told[0].text.en


def test_a_material_more_is_worse_and_one_less_is_better() -> None:
    more = load_service(
        changed(SERVICE, "conditions:", "  photo: {name: {zh: 相片, en: Photo}, law: LIB-33}\nconditions:")
    ).require()
    assert [(c.effect, c.text.zh) for c in diff(CARD, more)] == [("worse", "增加材料：相片")]
    assert [(c.effect, c.text.en) for c in diff(more, CARD)] == [("better", "Removed material: Photo")]


def test_a_changed_rule_is_told_row_by_row_and_is_neither() -> None:
    told = differences("- [false, '\"child\"', {no: {zh: 住在岚江才能办", "- [false, '\"child\"', {no: {zh: 先住进来")
    assert [c.effect for c in told] == ["neutral", "neutral"]
    assert "不符合，“先住进来”" in told[1].text.zh


# --- export ------------------------------------------------------------------------------------------------------


def test_the_implementation_list_has_every_group_and_the_coded_elements() -> None:
    made = implementation_list(CARD, load_procedure(PROCEDURE).require(), uscc="11450721MB15580811")
    assert [name[0] for name in made] == list("ABCDEFGHIJKLM")
    assert made["A 标识"]["实施编码"] == "11450721MB155808114992000990000"
    assert len(made["A 标识"]["实施编码"]) == 31
    assert made["A 标识"]["事项类型"] == {"代码": "20", "名称": "公共服务"}
    assert made["C 时限"]["承诺办结时限"] == {"时限": 2, "单位": "工作日", "说明": "2个工作日"}
    assert made["D 办件类型"]["服务对象"] == [{"代码": "1", "名称": "自然人"}]
    assert made["E 渠道"]["网上办理深度"] == "Ⅳ 全程网办"
    assert made["E 渠道"]["必须现场办理原因说明"] == "无"
    assert made["H 材料"][0]["要求提供依据"] == "《公共图书馆法》第34条"
    assert [step["环节名称"] for step in made["F 条件与流程"]["办理环节"]][:2] == ["已提交", "等您补"]
    assert json.dumps(made, ensure_ascii=False)


def test_every_code_table_of_the_standard_is_complete() -> None:
    from tongban.catalog.export import national

    assert set(national.KIND_CODES) == set(Kind)
    assert set(national._LEVEL) == set(Level)  # pyright: ignore[reportPrivateUsage]
    assert set(national._AUDIENCE) == set(Audience)  # pyright: ignore[reportPrivateUsage]


def test_cpsv_ap_names_its_parts_and_each_reference_leads_somewhere() -> None:
    made = cpsv_ap(CARD, base="https://lanjiang.example/")
    graph = {node["@id"]: node for node in made["@graph"]}
    service = graph["https://lanjiang.example/service/library-card"]
    assert service["@type"] == "cpsv:PublicService"
    assert service["cv:processingTime"] == {"@type": "xsd:duration", "@value": "P2D"}
    assert service["dct:title"] == [
        {"@language": "zh", "@value": "借书证办理"},
        {"@language": "en", "@value": "Library card"},
    ]
    for name in (
        "cv:hasCompetentAuthority",
        "cv:hasLegalResource",
        "cpsv:hasInput",
        "cpsv:produces",
        "cv:hasCost",
        "cpsv:follows",
        "cv:isClassifiedBy",
        "cv:hasChannel",
    ):
        targets = service[name] if isinstance(service[name], list) else [service[name]]
        assert targets, name
        assert all(target["@id"] in graph for target in targets), name
    prefixes = {name.split(":")[0] for node in made["@graph"] for name in node if not name.startswith("@")}
    assert prefixes <= set(made["@context"])


@pytest.mark.parametrize(
    ("span", "duration"),
    [
        ("20 working-days", "P28D"),
        ("3 working-days", "P3D"),
        ("15 calendar-days", "P15D"),
        ("on-the-spot", "PT0S"),
        ("24 hours", "PT24H"),
        ("2 months", "P2M"),
        (None, None),
        ("soon", None),
    ],
)
def test_a_term_is_an_iso_duration(span: str | None, duration: str | None) -> None:
    assert iso_duration(span) == duration


def test_every_shipped_service_can_be_exported() -> None:
    for path in sorted(shipped("services").glob("*.yaml")):
        service = load_service(path.read_text(encoding="utf-8"), str(path)).require()
        assert json.dumps([implementation_list(service), cpsv_ap(service)], ensure_ascii=False)


# --- schema ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_the_published_schema_is_valid_and_always_the_same(kind: str) -> None:
    from jsonschema import Draft202012Validator

    schema = json_schema(kind)  # pyright: ignore[reportArgumentType]
    Draft202012Validator.check_schema(schema)
    assert json.dumps(schema) == json.dumps(json_schema(kind))  # pyright: ignore[reportArgumentType]
    assert schema["$id"] == f"urn:tongban:schema:{kind}:1"


# --- import ------------------------------------------------------------------------------------------------------

HEAD = "dept,main,name,link\n"


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "items.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_catalogue_becomes_drafts_that_can_be_read_again(tmp_path: Path) -> None:
    text = HEAD + "区人社局,未分类,失业登记,http://x.example/?itemCode=511Z-07-001&taskType=20\n区民政局,养老,老人卡,\n"
    made = import_catalogue(csv_file(tmp_path, text), tmp_path / "drafts")
    first = made.items[0]
    assert (first.id, first.kind, first.theme, first.row) == ("511Z-07-001", "公共服务", "", 2)
    assert made.items[1].id.startswith("listed-")
    assert read_listed(tmp_path / "drafts") == (list(made.items), [])
    assert made.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_what_office_programs_save_is_read(tmp_path: Path, encoding: str) -> None:
    made = import_catalogue(csv_file(tmp_path, "部门,事项名称\n区住建局,施工许可\n", encoding))
    assert [(i.department, i.name) for i in made.items] == [("区住建局", "施工许可")]


def test_each_row_that_cannot_be_taken_is_told_and_the_others_are_taken(tmp_path: Path) -> None:
    text = (
        HEAD
        + "区人社局,x,,\n,x,失业登记,\n\n区人社局,x,失业登记,\n区人社局,x,失业登记,\n区人社局,x,"
        + "长" * 300
        + ",\n"
    )
    made = import_catalogue(csv_file(tmp_path, text))
    assert [p.code for p in made.problems] == ["row-incomplete", "row-incomplete", "duplicate-item", "row-too-long"]
    assert [p.place for p in made.problems] == ["items.csv:2", "items.csv:3", "items.csv:6", "items.csv:7"]
    assert (len(made.items), made.duplicates) == (1, 1)


def test_a_monstrous_paste_is_bounded(tmp_path: Path) -> None:
    rows = "".join(f"局,x,事项{n},\n" for n in range(MOST_ROWS + 500))
    made = import_catalogue(csv_file(tmp_path, HEAD + rows))
    assert len(made.items) == MOST_ROWS
    assert made.problems[-1].code == "too-many-rows"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a,b\n1,2\n", "catalogue-columns"),
        (b"", "catalogue-columns"),
        (b"\xff\xfe\x00\x01\x81", "catalogue-unreadable"),
        ((HEAD + "x," + "y" * 20_000 + ",z,\n").encode(), "catalogue-unreadable"),
    ],
)
def test_what_is_no_catalogue_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(data)
    with pytest.raises(Refused) as refusal:
        import_catalogue(path)
    assert refusal.value.code == code


def test_a_script_in_a_link_is_not_a_link(tmp_path: Path) -> None:
    made = import_catalogue(csv_file(tmp_path, HEAD + "局,x,事项,javascript:alert(1)\n"))
    assert made.items[0].link == ""


def test_a_real_district_catalogue_loads_as_drafts(tmp_path: Path) -> None:
    if not CATALOGUE.is_file():
        pytest.skip("not run: the district catalogue is not beside this checkout")
    made = import_catalogue(CATALOGUE, tmp_path / "district.jsonl")
    assert (made.rows, len(made.items)) == (1135, 1135)
    assert made.duplicates == 2
    assert len({item.id for item in made.items}) == 1135
    assert {item.kind for item in made.items} >= {"行政许可", "公共服务", "行政给付"}

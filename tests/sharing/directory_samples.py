"""A small, sound list of data for tests to break, one sentence at a time."""
# ruff: noqa: E501 - the samples are files as people write them

from pathlib import Path

from tongban.catalog.findings import Finding
from tongban.catalog.load import load_service
from tongban.sharing.directory.asking import check_asking
from tongban.sharing.directory.check import check_directory
from tongban.sharing.directory.load import read

ELEMENTS = """\
elements:
  member-name: {name: {zh: 读者姓名, en: Name of a reader}, type: text, sensitivity: personal, source: culture, definition: {zh: 借书证上的姓名, en: Name on the card}}
  loans: {name: {zh: 借书次数, en: Loans}, type: integer, sensitivity: personal, definition: {zh: 今年借书几次, en: Loans this year}}
  eyesight: {name: {zh: 视力情况, en: Eyesight}, type: enum, sensitivity: sensitive, definition: {zh: 办盲文借书证时登记, en: Recorded for a braille card}}
  branch: {name: {zh: 分馆, en: Branch}, type: text, definition: {zh: 分馆名称, en: Name of the branch}}
"""

RESOURCE = """\
resource: culture.readers
status: listed
name: {zh: 读者登记, en: Readers}
summary: {zh: 借书证持有人。, en: Holders of library cards.}
owner: {body: culture, region: "990101", level: county, name: {zh: 清源区文化局（演示）, en: Culture of Qingyuan (demonstration)}}
type: department
category: person
grade: general
attribute: conditional
modes: [interface]
scope: {zh: 办理文化服务的机关, en: Bodies that handle cultural services}
use: {zh: 核对申请人本人的情况, en: To check what concerns the applicant}
conditions:
  - {text: {zh: 只能为一件办件查询, en: Only for a case}, law: LIB-34}
format: database
frequency: daily
law:
  - {id: LIB-33, act: 公共图书馆法, article: "33", tag: V}
  - {id: LIB-34, act: 公共图书馆法, article: "34", tag: V}
records:
  reader:
    name: {zh: 读者, en: Reader}
    subject: id-number
    elements:
      name: {element: member-name, law: LIB-33}
      loans: {element: loans}
      eyesight: {element: eyesight, law: LIB-34}
assessment:
  done: 2026-01-05
  by: {zh: 共享工作机构, en: Data-sharing office}
  secrecy: {zh: 没有, en: None}
  privacy: {zh: 按件查询, en: Case by case}
  passed: true
approval: {at: 2026-01-09, by: {zh: 局长, en: Head}}
listed_on: 2026-01-12
"""

BRANCHES = """\
resource: culture.branches
status: listed
name: {zh: 分馆, en: Branches}
summary: {zh: 每个分馆在哪里。, en: Where each branch is.}
owner: {body: culture, region: "990101", level: county, name: {zh: 清源区文化局（演示）, en: Culture of Qingyuan (demonstration)}}
type: basic
category: place
grade: general
attribute: unconditional
modes: [file]
format: spreadsheet
frequency: yearly
law: []
records:
  branch: {name: {zh: 分馆, en: Branch}, subject: uscc, elements: {name: {element: branch}}}
assessment: {done: 2026-01-05, by: {zh: 共享工作机构, en: Data-sharing office}, secrecy: {zh: 没有, en: None}, privacy: {zh: 没有, en: None}, passed: true}
approval: {at: 2026-01-09, by: {zh: 局长, en: Head}}
listed_on: 2026-01-12
"""


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


def write(place: Path, *, resource: str = RESOURCE, elements: str = ELEMENTS) -> Path:
    """A folder of a list with these files and the branches."""
    (place / "resources").mkdir(parents=True, exist_ok=True)
    (place / "elements.yaml").write_text(elements, encoding="utf-8")
    (place / "resources" / "culture.readers.yaml").write_text(resource, encoding="utf-8")
    (place / "resources" / "culture.branches.yaml").write_text(BRANCHES, encoding="utf-8")
    return place


def found(place: Path, *, resource: str = RESOURCE, elements: str = ELEMENTS) -> list[Finding]:
    return check_directory([write(place, resource=resource, elements=elements)])


def asked(place: Path, service: str, *, resource: str = RESOURCE) -> list[Finding]:
    """What a service asks of this list and should not."""
    loaded = load_service(service, "service.yaml")
    loaded.require()
    return list(check_asking([loaded], read([write(place, resource=resource)]).directory()))

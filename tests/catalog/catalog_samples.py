"""A small, sound service and procedure for tests to break, one sentence at a time."""
# ruff: noqa: E501 - the samples are files as people write them

from pathlib import Path

from tongban.catalog import Finding
from tongban.catalog.check import check

SERVICE = """\
service: library-card
version: "1"
status: published
name: {zh: 借书证办理, en: Library card}
summary: {zh: 在岚江居住或工作的人都可以免费办借书证。, en: Free for everyone who lives or works in Lanjiang.}
basic_code: "992000990000"
kind: 公共服务
themes: [school]
aliases: [图书馆办卡, 借书, 读者证]
valid_from: 2026-01-01
law:
  - {id: LIB-33, act: 公共图书馆法, article: "33", in_force: 2018-01-01, tag: V}
  - {id: LIB-34, act: 公共图书馆法, article: "34", in_force: 2018-01-01, tag: V}
audience: [natural-person]
authority: {level: county, body: culture, name: {zh: 文化部门, en: Culture}}
visits: {max: 0}
reach: {modes: [online, counter], scope: city}
procedure: simple
terms:
  decide: {statutory: 5 working-days, promised: 2 working-days, law: LIB-33}
situations:
  - {id: child, name: {zh: 儿童, en: Child}, when: "age < 14", law: LIB-34}
  - {id: adult, name: {zh: 成人, en: Adult}, when: "age >= 14", law: LIB-33}
facts:
  full_name:
    {type: text, name: {zh: 姓名, en: Name}, ask: {zh: 您叫什么名字？, en: What is your name?}, source: {at: "police.population/person#full_name", name: {zh: 人口库, en: Population register}}}
  born: {type: date, name: {zh: 出生日期, en: Date of birth}, ask: {zh: 哪天出生？, en: When were you born?}, not_future: true}
  lives_here: {type: boolean, name: {zh: 住在岚江, en: Lives in Lanjiang}, ask: {zh: 您住在岚江吗？, en: Do you live in Lanjiang?}}
  school: {type: enum, name: {zh: 学校, en: School}, ask: {zh: 上哪所学校？, en: Which school?}, when: "age < 14", choices: [{value: first, name: {zh: 一小, en: First}}, {value: second, name: {zh: 二小, en: Second}}]}
  age: {type: integer, name: {zh: 年龄, en: Age}, min: 0, max: 130, derive: "years and months duration(born, application_date).years"}
materials:
  guardian: {name: {zh: 监护人同意书, en: Consent of a guardian}, when: "age < 14", law: LIB-34}
conditions:
  - {zh: 住在岚江。, en: You live in Lanjiang.}
tables:
  class:
    inputs: [age]
    outputs: [{name: reader_class, label: {zh: 读者类别, en: Class}, type: text, values: [child, adult]}]
    rows:
      - ["< 14", child, {law: LIB-34}]
      - [">= 14", adult, {law: LIB-33}]
eligible:
  hit: unique
  inputs: [lives_here, reader_class]
  rows:
    - [true, "-", eligible, {law: LIB-33}]
    - [false, '"adult"', {ask-official: {zh: 由工作人员看看, en: A librarian will see}}, {law: LIB-33}]
    - [false, '"child"', {no: {zh: 住在岚江才能办, en: Only for residents}}, {law: LIB-34}]
amounts:
  books:
    inputs: [reader_class]
    outputs: [{name: books, label: {zh: 可借, en: Books}, type: integer, unit: 本}]
    rows:
      - ['"child"', 5, {law: LIB-34}]
      - ['"adult"', "5 * 2", {law: LIB-33}]
result:
  certificate: library-card
  name: {zh: 借书证, en: Library card}
  shows: [full_name, books, school]
fee: {charged: false, law: LIB-33}
faq:
  - {q: {zh: 要押金吗？, en: Is there a deposit?}, a: {zh: 不要。, en: No.}}
examples:
  - {name: 成年人, on: 2026-11-03, given: {lives_here: true, born: 1990-01-01}, then: eligible, with: {books: 10, age: 36}}
  - {name: 孩子, on: 2026-11-03, given: {lives_here: true, born: 2020-01-01, school: first}, then: eligible, with: {books: 5}}
  - {name: 外地成人, on: 2026-11-03, given: {lives_here: false, born: 1990-01-01}, then: ask-official}
  - {name: 外地孩子, on: 2026-11-03, given: {lives_here: false, born: 2020-01-01, school: first}, then: "no"}
"""

PROCEDURE = """\
procedure: simple
version: "1"
name: {zh: 简单流程, en: Simple}
law:
  - {id: APL-32, act: 行政许可法, article: "32", tag: V}
  - {id: APL-38, act: 行政许可法, article: "38", tag: V}
states:
  received: {name: {zh: 已提交, en: Submitted}, stage: submitted, waits_for: intake}
  waiting: {name: {zh: 等您补, en: Waiting for you}, stage: submitted, waits_for: applicant}
  accepted: {name: {zh: 已受理, en: Accepted}, stage: accepted, waits_for: decide}
  proposed: {name: {zh: 拟不准, en: Refusal proposed}, stage: examined, waits_for: decide}
  issued: {name: {zh: 已办结, en: Done}, stage: delivered, waits_for: nobody, end: favourable}
  refused: {name: {zh: 不予办理, en: Refused}, stage: decided, waits_for: nobody, end: adverse}
  lapsed: {name: {zh: 已撤回, en: Lapsed}, stage: decided, waits_for: nobody, end: neutral}
terms:
  accept: {name: {zh: 受理, en: Accept}, span: 5 working-days, law: APL-32, on_expiry: act}
  correct: {name: {zh: 补正, en: Complete}, span: 30 calendar-days, law: APL-32, on_expiry: act, owed_by: applicant}
  decide: {name: {zh: 决定, en: Decide}, span: 20 working-days, law: APL-38}
acts:
  submit: {name: {zh: 提交, en: Submit}, from: [start], to: received, who: [applicant], terms: [{do: start, term: accept}], notice: submitted, law: APL-32}
  ask: {name: {zh: 告知补正, en: Ask for what is missing}, from: [received], to: waiting, who: [intake], says: {items: {type: items, name: {zh: 缺什么, en: Missing}}}, terms: [{do: end, term: accept}, {do: start, term: correct}], notice: correction, unless: [ask], law: APL-32}
  supplement: {name: {zh: 补交, en: Supply}, from: [waiting], to: received, who: [applicant], terms: [{do: end, term: correct}, {do: start, term: accept}], law: APL-32}
  lapse: {name: {zh: 逾期, en: Lapse}, from: [waiting], to: lapsed, who: [clock], on_expiry: correct, terms: [{do: end, term: correct}], notice: lapsed, law: APL-32}
  accept: {name: {zh: 受理, en: Accept}, from: [received], to: accepted, who: [intake, rules], when: "complete", terms: [{do: end, term: accept}, {do: start, term: decide}], notice: accepted, law: APL-32}
  deem: {name: {zh: 视为受理, en: Deemed accepted}, from: [received], to: accepted, who: [clock], on_expiry: accept, terms: [{do: end, term: accept}, {do: start, term: decide}], notice: accepted, law: APL-32}
  grant: {name: {zh: 办成, en: Grant}, from: [accepted], to: issued, who: [decide, rules], terms: [{do: end, term: decide}], decides: favourable, issues: true, notice: issued, law: APL-38}
  propose: {name: {zh: 拟不准, en: Propose refusal}, from: [accepted], to: proposed, who: [decide], says: {reasons: {type: long-text, name: {zh: 理由, en: Reasons}}}, law: APL-38}
  refuse: {name: {zh: 不准, en: Refuse}, from: [proposed], to: refused, who: [decide, head], not_by: [propose], says: {reasons: {type: long-text, name: {zh: 理由, en: Reasons}}, law: {type: law, name: {zh: 依据, en: Law}}}, terms: [{do: end, term: decide}], adverse: true, decides: adverse, notice: refused, law: APL-38}
notices:
  submitted: {title: {zh: 已收到, en: Received}, body: {zh: "{service}（{case}）已收到。", en: "{service} ({case}) has arrived."}}
  correction: {title: {zh: 请补材料, en: Please complete}, body: {zh: "还缺：{items}，{due}前。", en: "Still missing: {items}, by {due}."}}
  lapsed: {title: {zh: 已撤回, en: Lapsed}, body: {zh: "{case}已撤回。", en: "{case} has lapsed."}}
  accepted: {title: {zh: 已受理, en: Accepted}, body: {zh: "最晚{due}办结。", en: "Done by {due}."}}
  issued: {title: {zh: 办好了, en: Done}, body: {zh: "{case}办好了。", en: "{case} is done."}}
  refused: {title: {zh: 不予办理, en: Refused}, body: {zh: "理由：{reasons}。依据：{law}。{remedies}", en: "Reasons: {reasons}. Law: {law}. {remedies}"}, remedies: true}
"""

USE = """\
use: finder
version: "1"
status: active
name: {zh: 检索, en: Search}
purpose: {zh: 帮找事项。, en: Helps to find a service.}
how: {zh: 比对文字。, en: Compares words.}
law:
  - {id: PIPL-24, act: 个人信息保护法, article: "24", tag: V}
task: guide
ceiling: guide
watch: {limits: [{measure: declined, at_most: 0.3}], owes: {level: province, body: service-centre}, levels: [on, second-look, off]}
model: {kind: none, name: BM25}
sees:
  - {data: {zh: 搜索词, en: Search words}}
evaluation: {set: questions, size: 30, thresholds: [{metric: hit-at-3, at_least: 0.8}]}
owner: {zh: 导办处, en: Guidance office}
reviewed: 2026-11-02
review_by: 2027-11-01
objection: {zh: 请人帮忙。, en: Ask a person.}
off_switch: {zh: 值班人员可关。, en: The officer on duty.}
answerable: {previously: {zh: 看目录。, en: The list.}, alternatives: {zh: 分类浏览。, en: Browsing.}, benefit: {zh: 找得快。, en: Found sooner.}, human: {zh: 自己选。, en: The person chooses.}, training: {zh: 不需要。, en: None.}, non_personal: {zh: 不认人。, en: Nobody is known.}, contact: {zh: 打12345, en: Call 12345}, filing: {not_needed: {zh: 没有舆论属性, en: No public opinion}}}
"""

POLICY = """\
policy: cards-for-all
version: "1"
status: published
name: {zh: 借书证送上门, en: Library cards unasked}
summary: {zh: 找出可以办借书证的人。, en: Finds who may have a card.}
service: library-card
valid_from: 2026-01-01
law:
  - {id: LIB-33, act: 公共图书馆法, article: "33", tag: V}
basis: statutory-duty
population:
  holder: {zh: 图书馆, en: The library}
  name: {zh: 读者库, en: Readers}
  key: reader
  region: region
  birth: born
  facts:
    born: born
    lives_here: {fixed: true, because: {zh: 库里都是本地人, en: All of them live here}}
    school: {column: school_code, codes: {"1": first, "2": second}}
tell:
  whom: person
  outputs: [books]
  offer: {zh: "可以借{amount}本。", en: "You may borrow {amount} books."}
  missing: {zh: "还差“{fact}”。", en: "The record lacks “{fact}”."}
"""


def changed(text: str, old: str, new: str) -> str:
    """`text` with one sentence exchanged; fails if it is not there, so that a test cannot pass for nothing."""
    if text.count(old) < 1:
        raise AssertionError(f"the sample does not say {old!r}")
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The line (from 1) on which `part` first stands."""
    return text[: text.index(part)].count("\n") + 1


def found(
    folder: Path,
    service: str = SERVICE,
    procedure: str = PROCEDURE,
    use: str = USE,
    policy: str = "",
    **more: str,
) -> list[Finding]:
    """What the checker says about these files, each in its folder (no policy by default); `more` are further services."""
    for kind, name, text in (
        ("services", "library-card", service),
        ("procedures", "simple", procedure),
        ("uses", "finder", use),
        ("policies", "cards-for-all", policy),
    ):
        if not text:
            continue
        (folder / kind).mkdir(exist_ok=True)
        (folder / kind / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, text in more.items():
        (folder / "services" / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return check([folder])

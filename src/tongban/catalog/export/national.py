"""One item as the elements of the national 实施清单 (GB/T 39554.2), in groups A to M.

The element names are those collected from several provinces' systems (secondary source [S]). What this platform knows
elsewhere (a hall's address, a phone) is left empty rather than invented.
"""

from typing import Any

from tongban.base.i18n import words
from tongban.catalog.acts import cite, part
from tongban.catalog.model import Audience, Kind, Level, Material, Service, Term, Words
from tongban.catalog.procedure import Procedure, Stage
from tongban.terms import Span, TermError, Unit

KIND_CODES: dict[Kind, str] = {
    Kind.LICENSING: "01",
    Kind.PENALTY: "02",
    Kind.ENFORCEMENT: "03",
    Kind.LEVY: "04",
    Kind.BENEFIT: "05",
    Kind.INSPECTION: "06",
    Kind.CONFIRMATION: "07",
    Kind.AWARD: "08",
    Kind.RULING: "09",
    Kind.OTHER_POWER: "10",
    Kind.PUBLIC_SERVICE: "20",
}
_LEVEL: dict[Level, tuple[str, str]] = {
    Level.NATION: ("1", "国家级"),
    Level.PROVINCE: ("2", "省级"),
    Level.CITY: ("3", "市级"),
    Level.COUNTY: ("4", "县级"),
    Level.TOWNSHIP: ("5", "乡级"),
    Level.VILLAGE: ("6", "村级"),
}
_AUDIENCE: dict[Audience, tuple[str, str]] = {
    Audience.NATURAL_PERSON: ("1", "自然人"),
    Audience.ENTERPRISE: ("2", "企业法人"),
    Audience.PUBLIC_INSTITUTION: ("3", "事业法人"),
    Audience.SOCIAL_ORGANISATION: ("4", "社会组织法人"),
    Audience.UNINCORPORATED: ("5", "非法人企业"),
    Audience.GOVERNMENT: ("6", "行政机关"),
    Audience.OTHER: ("9", "其他组织"),
}
_UNITS = {Unit.WORKING_DAY: "工作日", Unit.CALENDAR_DAY: "自然日", Unit.MONTH: "月", Unit.YEAR: "年", Unit.HOUR: "小时"}
_STATUS = {"draft": "暂停", "published": "在用", "ended": "取消"}
_SCOPE = {"nationwide": "全国", "province": "全省", "city": "全市", "county": "全县"}
_MODES = {"online": "全程网办", "proxy-intake": "代收代办", "joint": "多地联办", "counter": "窗口办理"}
_NEED = {"required": ("1", "必要"), "optional": ("2", "非必要"), "later": ("3", "容缺后补")}
_ORIGIN = {"self": ("10", "申请人自备"), "government": ("20", "政府部门核发"), "other": ("99", "其他")}
_RESULT = {
    "certificate": ("10", "证照"),
    "approval": ("20", "批文"),
    "notice": ("30", "其他"),
    "filing-receipt": ("30", "其他"),
    "payment": ("30", "其他"),
}
_SPECIAL = {
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert-review": "专家评审",
}
_STAGES = {
    Stage.SUBMITTED: "申请与受理",
    Stage.ACCEPTED: "审查与决定",
    Stage.EXAMINED: "审查与决定",
    Stage.DECIDED: "审查与决定",
    Stage.DELIVERED: "颁证与送达",
}


def implementation_list(service: Service, procedure: Procedure | None = None, *, uscc: str = "") -> dict[str, Any]:
    """The item as 实施清单 elements, by group.

    procedure  fills 办理环节
    uscc       of the implementing body; with it comes the 31-character 实施编码 (body, level, basic code) [I]
    """
    return {
        "A 标识": _identity(service, uscc),
        "B 权力": _power(service, uscc),
        "C 时限": _time(service),
        "D 办件类型": _type(service),
        "E 渠道": _channels(service),
        "F 条件与流程": _course(service, procedure),
        "G 结果": _outcome(service),
        "H 材料": [_material(n, slug, m, service) for n, (slug, m) in enumerate(service.materials.items(), start=1)],
        "I 收费": _fee(service),
        "J 中介服务": {"是否存在": "否"},
        "K 咨询救济": {"咨询方式": _zh(service.owner), "权利与义务": "依法申请行政复议或者提起行政诉讼"},
        "L 分类": {"主题分类": [theme.value for theme in service.themes]},
        "M 其他": _other(service),
    }


def _zh(said: Words) -> str:
    return words(said, "zh")


def _identity(service: Service, uscc: str) -> dict[str, Any]:
    level = _LEVEL[service.authority.level][0]
    return {
        "事项名称": _zh(service.name),
        "基本编码": service.basic_code,
        "实施编码": f"{uscc}{level}{service.basic_code}" if uscc else "",
        "事项类型": {"代码": KIND_CODES[service.kind], "名称": service.kind.value},
        "事项版本": service.version,
        "事项状态": _STATUS[service.status],
        "计划生效日期": service.valid_from.isoformat(),
        "计划取消日期": service.valid_to.isoformat() if service.valid_to else "",
        "编码性质": "演示" if service.code_status == "demo" else "真实",
    }


def _power(service: Service, uscc: str) -> dict[str, Any]:
    code, level = _LEVEL[service.authority.level]
    return {
        "设定依据": [
            {
                "法律名称": law.act,
                "文号": law.no,
                "条款号": law.article if law.article.isdigit() else part(law).zh,
                "条款要点": _zh(law.gist),
                "颁布机关": law.issued_by,
                "实施日期": law.in_force.isoformat() if law.in_force else "",
                "核对情况": law.tag,
            }
            for law in service.law
        ],
        "行使层级": {"代码": code, "名称": level},
        "实施主体": _zh(service.authority.name),
        "实施主体编码": uscc,
        "主办处室": _zh(service.owner),
    }


def _span(text: str | None) -> dict[str, Any]:
    if not text:
        return {"时限": "", "单位": "", "说明": ""}
    try:
        span = Span.parse(text)
    except TermError:
        return {"时限": "", "单位": "", "说明": text}
    if span.unit is Unit.ON_THE_SPOT:
        return {"时限": 0, "单位": "工作日", "说明": "当场办结"}
    return {"时限": span.amount, "单位": _UNITS.get(span.unit, ""), "说明": span.text("zh")}


def _time(service: Service) -> dict[str, Any]:
    decide = service.terms.get("decide", Term())
    law = {law.id: cite(law).zh for law in service.law}
    return {
        "法定办结时限": _span(decide.statutory),
        "承诺办结时限": _span(decide.promised),
        "时限说明": _zh(decide.note),
        "特别程序": [
            {
                "名称": _zh(special.name),
                "种类": _SPECIAL[special.kind],
                **_span(special.takes),
                "依据": law.get(special.law, ""),
            }
            for special in service.special
        ],
    }


def _type(service: Service) -> dict[str, Any]:
    decide = service.terms.get("decide", Term())
    at_once = (decide.promised or decide.statutory) == "on-the-spot" or service.procedure == "instant"
    ways = [
        *(["1 窗口"] if "counter" in service.reach.modes else []),
        *(["2 网上"] if "online" in service.reach.modes else []),
        *(["3 快递"] if "post" in service.result.ways else []),
    ]
    return {
        "办件类型": "1 即办件" if at_once else "2 承诺件",
        "办理形式": ways,
        "服务对象": [{"代码": _AUDIENCE[a][0], "名称": _AUDIENCE[a][1]} for a in service.audience],
    }


def _channels(service: Service) -> dict[str, Any]:
    visits, reach = service.visits, service.reach
    online = "online" in reach.modes
    return {
        "到办事现场次数": visits.max,
        "必须现场办理原因说明": _zh(visits.reason) or "无",
        "是否网办": "是" if online else "否",
        "网上办理深度": "Ⅳ 全程网办" if online and visits.max == 0 else "Ⅲ 网上预审" if online else "Ⅰ 信息公开",
        "通办范围": _SCOPE[reach.scope],
        "通办形式": [_MODES[mode] for mode in reach.modes],
        "是否全程代办": "是" if "proxy-intake" in reach.modes else "否",
    }


def _course(service: Service, procedure: Procedure | None) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    for slug, state in procedure.states.items() if procedure else ():
        if state.end is None:
            acts = [act.name.zh for act in procedure.acts.values() if slug in act.from_] if procedure else []
            steps.append({"环节名称": state.name.zh, "阶段": _STAGES[state.stage], "可做的事": acts})
    return {"受理条件": [_zh(said) for said in service.conditions], "办理环节": steps}


def _outcome(service: Service) -> dict[str, Any]:
    code, name = _RESULT[service.result.form]
    valid = service.result.valid
    span = f"{valid.years}年" if valid and valid.years else f"{valid.months}个月" if valid and valid.months else ""
    return {
        "审批结果名称": _zh(service.result.name),
        "审批结果类型": {"代码": code, "名称": name},
        "有效期": span,
        "延续说明": _zh(valid.renew) if valid else "",
        "领取方式": list(service.result.ways),
        "登载内容": [_zh(service.facts[name].name) for name in service.result.shows if name in service.facts],
    }


def _material(number: int, slug: str, material: Material, service: Service) -> dict[str, Any]:
    law = {law.id: cite(law).zh for law in service.law}
    return {
        "序号": number,
        "材料标识": slug,
        "材料名称": _zh(material.name),
        "材料形式": "两者" if material.originals or material.copies else "电子化",
        "必要性": {"代码": _NEED[material.need][0], "名称": _NEED[material.need][1]},
        "来源渠道": {"代码": _ORIGIN[material.origin][0], "名称": _ORIGIN[material.origin][1]},
        "原件份数": material.originals,
        "复印件份数": material.copies,
        "填报须知": _zh(material.hint),
        "要求提供依据": law.get(material.law, ""),
        "可否由共享数据替代": material.replaced_by.at if material.replaced_by else "",
        "适用条件": material.when,
    }


def _fee(service: Service) -> dict[str, Any]:
    fee = service.fee
    law = {law.id: cite(law).zh for law in service.law}
    return {
        "是否收费": "是" if fee.charged else "否",
        "收费项目": _zh(fee.item),
        "收费标准": _zh(fee.standard),
        "收费依据": law.get(fee.law, ""),
        "说明": _zh(fee.note),
    }


def _other(service: Service) -> dict[str, Any]:
    return {
        "FAQ": [{"问": _zh(entry.q), "答": _zh(entry.a)} for entry in service.faq],
        "情形": [{"情形名称": _zh(s.name), "情形说明": _zh(s.note), "适用条件": s.when} for s in service.situations],
        "俗称": list(service.aliases),
    }

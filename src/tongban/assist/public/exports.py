"""An entry in the shapes that others publish and file: the UK's ATRS, the Dutch algorithm register, Chinese filings.

ATRS v3.0 by the names of its fields [S]; Dutch: the fields of the register's delivery interface v1.0 [V].
Chinese, all [V]: 算法推荐管理规定 16 (made public), 17 (choices), 22, 24 (filing), 26, 27; 生成式人工智能服务管理暂行
办法 12 and 17; 个人信息保护法 24, 55 and 56 (impact assessment).
"""

from typing import Any

from tongban.assist.public.entry import Entry
from tongban.base.i18n import Lang, words
from tongban.catalog import cite
from tongban.catalog.model import Words
from tongban.catalog.use import Answerable, Impact, Use

Export = dict[str, Any]
_KINDS: dict[str, dict[Lang, str]] = {
    "none": {"zh": "规则、检索或算术，没有训练", "en": "rules, search or arithmetic; nothing is trained"},
    "linear": {"zh": "训练得到的线性模型", "en": "a trained linear model"},
    "reader": {"zh": "识别图片里的字的模型", "en": "a model that reads letters in pictures"},
    "language-model": {"zh": "语言模型", "en": "a language model"},
}
_PHASE = {"draft": "pre-deployment", "active": "production", "suspended": "production (paused)", "ended": "retired"}
_STATUS_NL = {
    "draft": "In ontwikkeling",
    "active": "In gebruik",
    "suspended": "Buiten gebruik",
    "ended": "Buiten gebruik",
}
_CHECKS_NL = "个人信息保护影响评估 (PIPL 55)"


def atrs(entry: Entry, address: str, lang: Lang = "en") -> Export:
    """A record of the Algorithmic Transparency Recording Standard, in one language."""
    use, answers = entry.use, _Answers(entry.use, lang)
    return {
        "standard": "Algorithmic Transparency Recording Standard v3.0",
        "tier_1": {
            "name": use.name[lang],
            "description": use.purpose[lang],
            "website_url": f"{address}/open/algorithms/{use.use}",
            "contact": answers.contact,
        },
        "tier_2": {
            "owner_and_responsibility": {
                "organisation_or_department": use.owner[lang],
                "team": use.owner[lang],
                "senior_responsible_owner": use.owner[lang],
                "third_party_involvement": "yes" if answers.supplier else "no",
                "third_party": answers.supplier,
            },
            "description_and_rationale": {
                "detailed_description": use.how[lang],
                "scope": use.purpose[lang],
                "benefit": answers.benefit,
                "previous_process": answers.previously,
                "alternatives_considered": answers.alternatives,
            },
            "decision_making_process": {
                "process_integration": f"It may at most: {use.ceiling}. It is never the actor of an act.",
                "provided_information": use.purpose[lang],
                "frequency_and_scale_of_usage": _scale(entry),
                "human_decisions_and_review": answers.human,
                "required_training": answers.training,
                "appeals_and_review": use.objection[lang],
            },
            "tool_specification": {
                "system_architecture": use.how[lang],
                "phase": _PHASE[use.status],
                "maintenance": f"reviewed {use.reviewed}, again by {use.review_by}; measured every"
                f" {use.evaluation.every_days} days",
                "models": [
                    {
                        "model_name": use.model.name,
                        "model_version": use.model.version,
                        "model_task": use.task.value,
                        "model_architecture": _KINDS[use.model.kind][lang],
                        "model_performance": _performance(entry),
                        "datasets": use.evaluation.set,
                        "dataset_purposes": "evaluation",
                    }
                ],
                "data": [
                    {
                        "source_data_name": words(one.data, lang),
                        "sensitive_attributes": "yes" if one.sensitive else "no",
                        "personal": one.personal,
                        "masked": one.masked,
                        "data_access_and_storage": f"kept {one.kept_days} days",
                    }
                    for one in use.sees
                ],
            },
            "risks_mitigations_and_impact_assessments": _impact(use.impact, lang),
        },
    }


def dutch(entry: Entry, address: str) -> Export:
    """A delivery to the Dutch algorithm register, version 1.0, in English."""
    use, answers, lang = entry.use, _Answers(entry.use, "en"), "en"
    impact = use.impact
    return {
        "standard_version": "1.0",
        "lang": "ENG",
        "name": use.name[lang],
        "description_short": use.purpose[lang],
        "organization": use.owner[lang],
        "status": _STATUS_NL[use.status],
        "begin_date": None if use.since is None else f"{use.since:%Y-%m}",
        "end_date": None,
        "contact_email": answers.contact,
        "website": f"{address}/open/algorithms/{use.use}",
        "publication_category": "Impactvolle algoritmes" if impact else "Overige algoritmes",
        "url": f"{address}/open/algorithms/{use.use}.json",
        "goal": f"{use.purpose[lang]} {answers.benefit}".strip(),
        "proportionality": f"{answers.previously} {answers.alternatives}".strip(),
        "human_intervention": answers.human,
        "risks": "; ".join(words(one, lang) for one in impact.risks) if impact else "",
        "lawful_basis": "; ".join(cite(law)[lang] for law in use.law),
        "impacttoetsen": f"{_CHECKS_NL}: {impact.done}" if impact else "",
        "impacttoetsen_grouping": [{"title": _CHECKS_NL, "link": ""}] if impact else [],
        "source_data": "; ".join(words(one.data, lang) for one in use.sees),
        "methods_and_models": f"{use.how[lang]} ({_KINDS[use.model.kind][lang]}: {use.model.name})",
        "provider": answers.supplier,
        "source_id": f"{use.use}@{use.version}",
        "tags": use.task.value,
    }


def chinese(entry: Entry, address: str) -> Export:
    """备案、公示和影响评估的字段，连同各自的条文；在用情况一并列出."""
    use, answers, lang = entry.use, _Answers(entry.use, "zh"), "zh"
    filing = use.answerable.filing if use.answerable else None
    return {
        "算法名称": use.name[lang],
        "版本": use.version,
        "算法推荐管理规定": {
            "第二十四条 备案": {
                "服务提供者": use.owner[lang],
                "服务形式": f"{address}/open/algorithms/{use.use}",
                "应用领域": "政务服务",
                "算法类型": _KINDS[use.model.kind][lang],
                "模型": f"{use.model.name} {use.model.version}".strip(),
                "备案编号": (filing.number if filing else "") or use.model.filing,
                "备案日期": filing.filed if filing else None,
                "备案机关": words(filing.authority, lang) if filing else "",
                "不需要备案的理由": words(filing.not_needed, lang) if filing else "",
                "算法自评估报告": _performance(entry),
                "拟公示内容": use.purpose[lang],
            },
            "第十六条 公示": {"基本原理": use.how[lang], "目的意图": use.purpose[lang], "主要运行机制": use.how[lang]},
            "第十七条 选择": {"不针对个人特征的选项、关闭方式": answers.non_personal},
            "第二十二条 申诉": use.objection[lang],
            "第二十六条 标明备案编号": f"{address}/open/algorithms/{use.use}",
            "第二十七条 安全评估": filing.security_assessment if filing else None,
        },
        "生成式人工智能服务管理暂行办法": {
            "第十二条 标识": answers.label or "不生成内容",
            "第十七条 安全评估与备案": (filing.number if filing else "")
            or words(filing.not_needed if filing else "", lang),
        },
        "个人信息保护法": {
            "第五十五条、第五十六条 影响评估": _assessment(use.impact, lang),
            "第二十四条 说明和拒绝": use.objection[lang],
            "处理的个人信息": [
                {
                    "种类": words(one.data, lang),
                    "个人信息": one.personal,
                    "敏感个人信息": one.sensitive,
                    "遮盖": one.masked,
                    "保存天数": one.kept_days,
                }
                for one in use.sees
            ],
        },
        "运行": {
            "状态": use.status,
            "停用原因": "" if entry.stopped is None else entry.stopped.why.zh,
            "调用": entry.figures.calls,
            "采纳": entry.figures.accepted,
            "不采纳": entry.figures.declined,
            "请求人工复核": entry.objections.asked if entry.objections else None,
        },
    }


class _Answers:
    """The words of `answerable` in one language; empty where the file has none (a draft)."""

    def __init__(self, use: Use, lang: Lang) -> None:
        answers: Answerable | None = use.answerable

        def said(value: Words | None) -> str:
            return "" if value is None else words(value, lang)

        self.contact = said(answers and answers.contact)
        self.supplier = said(answers and answers.supplier)
        self.benefit = said(answers and answers.benefit)
        self.previously = said(answers and answers.previously)
        self.alternatives = said(answers and answers.alternatives)
        self.human = said(answers and answers.human)
        self.training = said(answers and answers.training)
        self.non_personal = said(answers and answers.non_personal)
        self.label = said(answers and answers.label)


def _scale(entry: Entry) -> dict[str, Any]:
    figures = entry.figures
    return {
        "since": figures.since,
        "calls": figures.calls,
        "suggestions": figures.suggested,
        "abstentions": figures.abstained,
        "accepted": figures.accepted,
        "declined": figures.declined,
    }


def _performance(entry: Entry) -> dict[str, Any]:
    measured = entry.measured
    if measured is None:
        return {}
    return {
        "measured": measured.on,
        "set": measured.set,
        "size": measured.size,
        "metrics": measured.metrics,
        "thresholds": [
            {"metric": one.metric, "at_least": one.at_least, "at_most": one.at_most}
            for one in entry.use.evaluation.thresholds
        ],
    }


def _impact(impact: Impact | None, lang: Lang) -> dict[str, Any]:
    if impact is None:
        return {"impact_assessment": "", "risks_and_mitigations": []}
    return {
        "impact_assessment": f"PIPL 55, {impact.done}, {words(impact.by, lang)}",
        "risks_and_mitigations": {
            "risks": [words(one, lang) for one in impact.risks],
            "mitigations": [words(one, lang) for one in impact.measures],
        },
    }


def _assessment(impact: Impact | None, lang: Lang) -> dict[str, Any] | str:
    if impact is None:
        return "不处理个人信息"
    return {
        "评估日期": impact.done,
        "评估人": words(impact.by, lang),
        "合法、正当、必要": words(impact.necessary, lang),
        "对个人权益的影响和风险": [words(one, lang) for one in impact.risks],
        "保护措施": [words(one, lang) for one in impact.measures],
        "敏感个人信息": impact.sensitive,
    }


SHAPES = {"atrs": atrs, "dutch": dutch, "chinese": chinese}
"""By the name in the address."""

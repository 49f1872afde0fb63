"""What is to be done with the thing: had anew, changed, prolonged, replaced, given up, moved, looked up.

Many services come in families (核发、变更、延续、补办、注销): the thing is the same, and one word of the question says
which member is meant. Tables of words, for questions as people put them and for names as the law puts them.
"""

import re
from enum import StrEnum

from tongban.base.i18n import Text


class Action(StrEnum):
    """The members of a family."""

    NEW = "new"
    CHANGE = "change"
    RENEW = "renew"
    REPLACE = "replace"
    CANCEL = "cancel"
    TRANSFER = "transfer"
    RESUME = "resume"
    LOOK_UP = "look-up"
    DISPUTE = "dispute"


NAMES: dict[Action, Text] = {
    Action.NEW: Text("第一次办", "for the first time"),
    Action.CHANGE: Text("信息变了，要改", "something has changed"),
    Action.RENEW: Text("到期了，要延期", "it runs out and must be prolonged"),
    Action.REPLACE: Text("丢了或坏了，要补", "it is lost or damaged"),
    Action.CANCEL: Text("不办了，要注销", "to give it up"),
    Action.TRANSFER: Text("转到别处或过户", "to move or transfer it"),
    Action.RESUME: Text("停过，要恢复", "to take it up again"),
    Action.LOOK_UP: Text("只是查一查、问一问", "only to look it up"),
    Action.DISPUTE: Text("有纠纷，要投诉或裁决", "there is a dispute"),
}

IN_NAMES: dict[Action, re.Pattern[str]] = {
    Action.NEW: re.compile(
        r"新办|核发|设立|申领|首次|签发|配发|成立登记|初次|初领|取证|新增|新设|新建|发放|开办|注册登记|筹建|筹设|筹备|入学办理|参保登记"
        r"|\bnew\b|registration|application|first"
    ),
    Action.CHANGE: re.compile(r"变更|更正|更名|修改|增加|减少|扩大|缩小|改建|扩建|重核|重新申报|change|correct"),
    Action.RENEW: re.compile(
        r"延续|延期|续期|换证|期满|到期|校验|复审|审验|再注册|换发|换领|复查|年检|renew|extension"
    ),
    Action.REPLACE: re.compile(r"补办|补领|补发|补证|补换|遗失|挂失|换领|换发|补、换发|replace|lost"),
    Action.CANCEL: re.compile(r"注销|终止|撤销|停业|歇业|报废|暂停|缴销|cancel|clos|deregist"),
    Action.TRANSFER: re.compile(r"转入|转出|转移|过户|迁移|转让|接续|互转|转诊|transfer"),
    Action.RESUME: re.compile(r"恢复|复业|解挂|解封|解除|启用|激活|继续经营|resum|restor"),
    Action.LOOK_UP: re.compile(r"查询|咨询|打印|查阅|明细|核查|查\(借\)阅|到档"),
    Action.DISPUTE: re.compile(r"投诉|裁决|调解|仲裁|争议|纠纷"),
}
"""Words of names. A name may be of several."""

_NOT = r"(?<![不没未别])"
IN_QUESTIONS: dict[Action, re.Pattern[str]] = {
    Action.NEW: re.compile(
        rf"{_NOT}(?:开(?!具|票|发票|证明|错|除|车|庭|学|始|张红|的)|设立|成立|新[办开]|注册|申领|第一次|首次|创办|想[办开搞弄]|准备[办开搞])"
        r"|\b(?:open|start|set up|register|get|obtain|apply)"
    ),
    Action.CHANGE: re.compile(
        rf"{_NOT}(?:变更|更[改名正换]|修改|改(?![造革建善])|换(?:了|个|一[个家下])?(?:法人|老板|地址|地方|名字?|股东|负责人|场地|经营|电话|手机|单位|校长|人)"
        r"|搬(?!迁)|[写弄登印填搞打录]错|错了|不对|有误|写成|增加|减少|扩大)|\b(?:change|correct|update|wrong|move)"
    ),
    Action.RENEW: re.compile(
        rf"{_NOT}(?:(?:到|过|满)期|期满|有效期|延[续期]|(?<![手继连后接陆断])续(?!接)|年[审检]|审验|复审|换证|换新|换一[张个本])|\b(?:renew|expire|extend)"
    ),
    Action.REPLACE: re.compile(
        rf"{_NOT}(?:丢(?!人|垃圾)|遗失|掉了|弄没|不见|找不[到着]|被偷|偷了|补(?=[办领发证一个张本卡开换回下做上一]|$)|[坏烂破旧]了|泡烂|换新|损坏|看不清|消磁|挂失|没了)|\b(?:lost|stolen|replace|damaged)"
    ),
    Action.CANCEL: re.compile(
        r"注销|销[户掉号]|不(?:想|打算|准备)?再?(?:做|干|开|办|经营|用|要|养|种|跑|卖|搞|弄)了?(?![起得])|关[门掉店停张了]|倒闭|停[业办掉用]|停(?:一下|几|一段|一阵|一年)|暂停|歇业|退[掉出]|取消|撤销|终止|结业|解散"
        r"|\b(?:cancel|close|closing|give up|deregister)"
    ),
    Action.TRANSFER: re.compile(
        rf"{_NOT}(?:转(?!告|弯|账|正)|过户|迁[移出入到走]|接续|卖[给掉了]|二手)|\b(?:transfer)"
    ),
    Action.RESUME: re.compile(
        r"恢复|重新(?:开|营业|启用|激活|领|用)|解[冻挂封锁除]|激活|启用|复[业工]|\b(?:resume|restore|reactivate)"
    ),
    Action.LOOK_UP: re.compile(
        r"查(?!封|处|酒)|看看|看自己|看一下|打印|明细|余额|多少(?:钱)?了|怎么知道|咨询|了解|政策"
        r"|\b(?:check|look up|print|balance)"
    ),
    Action.DISPUTE: re.compile(
        r"投诉|举报|(?<![报公广警劝])告(?!知|诉|别|示)|纠纷|仲裁|裁决|调解|不给(?:钱|工资)|拖欠|欠(?:薪|工资|我)|维权|扯皮|\b(?:complain|dispute)"
    ),
}
"""Words of questions. NEW is what is meant where nothing else is said."""


UNNAMED = -0.3
"""How well a name that says nothing of what is done answers a question that does."""


def of_name(name: str) -> frozenset[Action]:
    """What a service does, by its name; empty for a name that does not say."""
    return frozenset(action for action, words in IN_NAMES.items() if words.search(name))


def of_question(text: str) -> dict[Action, tuple[tuple[int, int], ...]]:
    """What a question asks to do, with the places of the words that say so."""
    found = {action: tuple(m.span() for m in words.finditer(text)) for action, words in IN_QUESTIONS.items()}
    return {action: places for action, places in found.items() if places}


def fit(asked: frozenset[Action], offered: frozenset[Action]) -> float:
    """How well a service's action answers the question's, from -1 (another one) to 1 (this one)."""
    wanted = asked - {Action.NEW}
    if wanted:
        if wanted & offered:
            return 1.0
        return UNNAMED if not offered else -0.6 if offered <= {Action.NEW} else -1.0
    if not offered:
        return 0.6
    if Action.NEW in offered:
        return 1.0 if Action.NEW in asked else 0.8
    return -0.4 if offered <= {Action.LOOK_UP} else -0.8

"""公开: everything that anyone may read without logging in, on one page, in the words of whoever looks for it."""

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

Line = tuple[str, Text, Text]
"""Where it is, what it is called, and what one finds there."""

GROUPS: tuple[tuple[Text, tuple[Line, ...]], ...] = (
    (
        Text("办得怎么样", "How the work goes"),
        (
            (
                "/open/performance",
                Text("办得快不快", "How fast it went"),
                Text(
                    "各单位、各事项按时办结多少，比承诺快多少。",
                    "How much was done in time, and how much faster than promised, by body and service.",
                ),
            ),
            (
                "/open/ratings",
                Text("大家怎么评", "How people rate us"),
                Text("每件事评一次；差评有没有改。", "One rating a case, and whether bad ones were put right."),
            ),
            (
                "/open/hotline",
                Text("12345办得怎么样", "How 12345 does"),
                Text("联系上了没有，解决了没有，满意不满意。", "Were people called back, helped, and satisfied?"),
            ),
            (
                "/open/improvements",
                Text("说了以后改了什么", "What changed after people spoke"),
                Text(
                    "很多人说到同一处，责任单位答应哪天改好，改成了什么样。",
                    "Where many said the same: by when it will change, and what it became.",
                ),
            ),
        ),
    ),
    (
        Text("一起商量", "Have a say"),
        (
            (
                "/open/consultations",
                Text("征求意见", "Consultations"),
                Text("新规定怎么写，您同意哪一条。", "How new rules are written: which statements you agree with."),
            ),
            (
                "/open/proposals",
                Text("提议和提问", "Proposals and questions"),
                Text(
                    "写下来，请大家联名，人数够了必须公开答复。",
                    "Write one, ask others to sign; when enough do, it must be answered in public.",
                ),
            ),
        ),
    ),
    (
        Text("谁有什么权，谁来检查", "Powers and inspections"),
        (
            (
                "/open/delegations",
                Text("委托和下放", "Moved powers"),
                Text("哪个单位的事交给了哪个单位办，依据是什么。", "Which body does what for which, and by which law."),
            ),
            (
                "/open/inspections",
                Text("入企检查", "Inspections of businesses"),
                Text(
                    "谁会来查、查什么、一年最多几次、怎么抽的。",
                    "Who comes, for what, how often a year at most, and how businesses are drawn.",
                ),
            ),
            (
                "/open/flexible",
                Text("柔性办事的件数", "How often rules were bent in favour"),
                Text(
                    "先承诺后补材料、从宽处理的，一个月有多少件。",
                    "How often in a month a promise was enough or a case was treated mildly.",
                ),
            ),
            (
                "/open/projects",
                Text("信息化项目的钱怎么审的", "How money for digital projects is reviewed"),
                Text(
                    "哪个单位要多少钱、和已有的重复多少、数据共享得怎么样、谁定的、为什么。",
                    "Who asked for how much, what overlaps, how the body shares its data, who decided and why.",
                ),
            ),
            (
                "/open/operators",
                Text("谁在运维这些系统", "Who keeps the systems running"),
                Text(
                    "哪家企业、做什么、看得到什么，走的时候删干净没有。",
                    "Which company, what it does and sees, and whether it kept anything when it left.",
                ),
            ),
        ),
    ),
    (
        Text("数据和机器", "Data and machines"),
        (
            (
                "/open/data",
                Text("数据共享清单", "Shared data"),
                Text(
                    "哪个单位有什么数据，给谁用，依据是什么。", "Which body holds what, who uses it, and by which law."
                ),
            ),
            (
                "/open/data/elements",
                Text("数据字典", "Dictionary of data"),
                Text("同一个词在每个单位是同一个意思。", "One word means the same in every body."),
            ),
            (
                "/open/once-only",
                Text("只填一次", "Asked once only"),
                Text(
                    "政府已有的不再要：每个事项还要您填几项。",
                    "What the state has is not asked again: what each service still asks.",
                ),
            ),
            (
                "/open/algorithms",
                Text("算法公示", "Algorithms we use"),
                Text(
                    "哪些地方用了机器，它只能做什么，怎么请人来看。",
                    "Where a machine helps, what it may do, and how to have a person look.",
                ),
            ),
            (
                "/open/algorithms/objections",
                Text("对机器的异议", "Objections to machines"),
                Text(
                    "有多少人不同意机器的建议，结果怎样。",
                    "How many objected to what a machine said, and what came of it.",
                ),
            ),
        ),
    ),
    (
        Text("自己核对", "Check it yourself"),
        (
            (
                "/verify",
                Text("证照是不是真的", "Is this certificate genuine?"),
                Text("扫码或者上传，当场告诉您。", "Scan or upload it; you are told at once."),
            ),
            (
                "/open/receipt",
                Text("查我的回执", "Check a receipt"),
                Text(
                    "您手里的回执和公开日志对不对得上，断网也能查。",
                    "Whether your receipt agrees with the public log, also without a network.",
                ),
            ),
            (
                "/open/log",
                Text("公开日志", "The public log"),
                Text(
                    "办过的每一步都记在里面，谁也改不了。",
                    "Every step that was taken is in it, and nobody can change it.",
                ),
            ),
            (
                "/open/certificates",
                Text("有哪些证照", "Types of certificates"),
                Text(
                    "每种证照长什么样、怎么查、什么时候失效。", "What each looks like, how to check it, when it ends."
                ),
            ),
            (
                "/open/indicators",
                Text("每个数怎么算", "How each figure is counted"),
                Text("公式、依据和下载，谁都能重算一遍。", "Formula, law and download: anyone can count again."),
            ),
        ),
    ),
    (
        Text("到大厅去", "Going to a hall"),
        (
            (
                "/open/halls",
                Text("办事大厅", "Service halls"),
                Text(
                    "在哪里、几点开门、现在排了多少人，可以约时间。",
                    "Where they are, when they open, how long the queue is; book a time.",
                ),
            ),
        ),
    ),
)


@get("/open")
async def front(site: Site, visitor: Visitor) -> Response[str]:
    """What is public, by what one wants to know."""
    return page(site, visitor, "open/front.html", groups=GROUPS)


ROUTES = [front]
"""Public: nothing in it is anybody's."""

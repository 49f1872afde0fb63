"""What machines did in a case, and a person's choice to have people only. A human look is applied for like any
service: `submitCase` with `human-look`."""

from litestar import get, post, put

from tongban.assist.account import MachineAccount
from tongban.web.api import case_answers as out
from tongban.web.api import shapes
from tongban.web.api.asked import PeopleOnly
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking
from tongban.web.api.operation import operation
from tongban.web.api.parameters import Key, Path

TAG = "cases"


@get(
    "/cases/{case:str}/machine",
    **operation("machineAccount", "这件事里机器做了什么", "What machines did in a case", TAG, 404),
)
async def machine(caller: Asking, case: Path) -> MachineAccount:
    """哪些步骤没有经过人、算法建议过什么、采纳没有、自动调取了什么、哪些是人做的。

    Steps that no person did, what algorithms suggested and whether it was taken, what was looked up, what people did.
    """
    return await caller.site.assist.account.of(await caller.site.cases.view(caller.actor, case))


@post(
    "/cases/{case:str}/people-only",
    status_code=200,
    **operation("askPeopleOnly", "这一件只由人来办", "People only for this case", TAG, 403, 404, 409),
)
async def people_only(caller: Asking, case: Path, key: Key = "") -> out.Receipt:
    """从现在起规则不自动办、算法不给建议；法定期限不变。重复提没有影响。

    From now on the rules do nothing by themselves and no algorithm is asked; the statutory time stays. Asking again is
    harmless.
    """
    return shapes.receipt(await caller.site.cases.people_only(caller.person, case, key=key))


@get("/people-only", **operation("getPeopleOnly", "是否只由人来办", "Whether people only", TAG))
async def chosen(caller: Asking) -> out.PeopleOnlyChosen:
    """读者自己的选择。

    The reader's own choice.
    """
    return out.PeopleOnlyChosen(people_only=await caller.site.assist.account.wants_people(caller.person))


@put(
    "/people-only",
    dto=Json[PeopleOnly],
    return_dto=None,
    **operation("choosePeopleOnly", "选择只由人来办", "Choose people only", TAG, 415),
)
async def choose(caller: Asking, data: PeopleOnly) -> out.PeopleOnlyChosen:
    """对以后申请的和正在办的都起作用；改回来只对以后申请的起作用。

    Holds for what is applied for from now on and for open cases; taking it back holds for later applications only.
    """
    told = await caller.site.assist.account.choose_people(caller.person, wanted=data.people_only)
    return out.PeopleOnlyChosen(people_only=data.people_only, told=told)


ROUTES = [machine, people_only, chosen, choose]

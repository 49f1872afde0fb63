"""Lists of what happened today: look-ups at other bodies, questions without an answer, people called in halls."""

from datetime import timedelta
from typing import Any

from tongban.base.i18n import Text
from tongban.oversight.watching.method import METHODS, Method, Name
from tongban.oversight.watching.store import behind
from tongban.web.bodies import body_name, post_name
from tongban.web.console.behind.model import FIRST, ROWS, Line, Listing, Show, Wanted, midnight
from tongban.web.desk.lists import service_names
from tongban.web.site import Site

_WHY: dict[str, Text] = {
    "source-away": Text("数据源连不上", "the source could not be reached"),
    "too-slow": Text("数据源太慢", "the source was too slow"),
}
_NO_USE = Text("答得不对", "no usable answer")


def _resource(site: Site, resource: str) -> Text:
    known = site.sharing.directory.now.resources.get(resource)
    return known.name if known else Text(resource, resource)


async def _looked_up(site: Site, wanted: Wanted) -> list[Line]:
    rows = await behind.looked_up(
        site.db,
        wanted.bodies,
        wanted.since(site, site.today),
        wanted.before(site),
        ROWS + 1,
        without_basis=wanted.show is Show.WITHOUT_BASIS,
    )
    return [_look(site, row) for row in rows]


async def _opened_by(site: Site, wanted: Wanted) -> list[Line]:
    day = wanted.day or site.today
    since, until = midnight(site, day), midnight(site, day + timedelta(days=1))
    rows = await behind.opened_by(
        site.db, wanted.bodies, wanted.post, since, until, wanted.after or (until, ""), ROWS + 1
    )
    name = post_name(site, wanted.post)
    return [
        Line(
            (row["at"], row["id"]),
            name,
            body_name(site, row["body"]),
            Text(
                f"这个人的信息，当天看了{row['looks']}次", f"one person's data, times opened that day: {row['looks']}"
            ),
            row["case_id"],
        )
        for row in rows
    ]


async def _never_a_basis(site: Site, wanted: Wanted) -> list[Line]:
    return [
        _look(site, row) for row in await behind.without_basis(site.db, wanted.bodies, wanted.before(site), ROWS + 1)
    ]


def _look(site: Site, row: Any) -> Line:
    said = post_name(site, row["post"]) if row["post"] else Text("平台代为查询", "by the platform")
    return Line(
        (row["at"], row["id"]), _resource(site, row["resource"]), body_name(site, row["body"]), said, row["case_id"]
    )


async def _failed(site: Site, wanted: Wanted) -> list[Line]:
    rows = await behind.failed(site.db, wanted.bodies, wanted.since(site, site.today), wanted.before(site), ROWS + 1)

    def said(row: Any) -> Text:
        why = _WHY.get(row["last_error"], _NO_USE)
        if row["ended"] == "answered":
            return Text(f"{why.zh}，后来答上了", f"{why.en}; answered later")
        return why

    return [
        Line(
            (row["at"], row["id"]),
            _resource(site, row["resource"]),
            body_name(site, row["body"]),
            said(row),
            row["case_id"],
        )
        for row in rows
    ]


async def _silent(site: Site, wanted: Wanted) -> list[Line]:
    rows = await behind.silent(site.db, wanted.bodies, wanted.resource, wanted.after or FIRST, ROWS + 1)
    name, waits = service_names(site), _resource(site, wanted.resource)
    said = Text(f"在等：{waits.zh}", f"waits for: {waits.en}")
    return [
        Line((row["at"], row["case_id"]), name(row["service"]), body_name(site, row["body"]), said, row["case_id"])
        for row in rows
    ]


async def _called(site: Site, wanted: Wanted) -> list[Line]:
    halls = {place.id: place for place in site.hall.places.all() if place.body in wanted.bodies}
    places = [(one.region, one.id, one.body) for one in halls.values()]
    rows = await behind.called(site.db, places, wanted.day or site.today, wanted.before(site), ROWS + 1)

    def line(row: Any) -> Line:
        minutes = round((row["at"] - row["since"]).total_seconds() / 60)
        return Line(
            (row["at"], row["id"]),
            Text(
                f"{halls[row['hall']].name.zh} {row['number']}号", f"{halls[row['hall']].name.en}, no. {row['number']}"
            ),
            body_name(site, row["body"]),
            Text(f"等了{minutes}分钟，{row['counter']}号窗口", f"waited {minutes} min, window {row['counter']}"),
        )

    return [line(row) for row in rows]


_SILENT = Method(
    Text("数据接口没有答复", "A data interface does not answer"),
    Text(
        "已经提交、现在还在等这个数据源答复的办件：最近一次问它，连不上或者太慢。",
        "Cases that were submitted and still wait for this source, which could not be reached or was too slow when it"
        " was last asked.",
    ),
    Text("政务数据共享条例22", "Government Data Sharing Regulations 22"),
)
_NEVER = Method(
    Text("没有写依据的旧记录", "Old lines without a basis"),
    Text(
        "要求写依据之前留下的查看记录，哪一种查看都算，不限日期。新的查看不写依据就查不了。",
        "Lines from before a basis was required, of every kind of look, of any day. Nobody can look without one now.",
    ),
    Text("个人信息保护法6、34", "Personal Information Protection Law 6, 34"),
)
_OPENED_BY = Method(
    Text("一个岗位一天看了几人", "How many people's data a post opened in a day"),
    Text(
        "这个岗位这一天打开过谁的信息，一个人一行，不写是谁；写的时间和办件是最后一次的。",
        "Whose data the post opened on that day: a line for each person, whom it does not name. Time and case are those"
        " of the last time.",
    ),
    Text("个人信息保护法51", "Personal Information Protection Law 51"),
)
LISTS: dict[Show, Listing] = {
    Show.CALLED: Listing(Text("今天叫到号的", "Called today"), METHODS[Name.WAITS], _called, of_day=True),
    Show.LOOKED_UP: Listing(METHODS[Name.LOOKED_UP].name, METHODS[Name.LOOKED_UP], _looked_up, of_day=True),
    Show.FAILED: Listing(METHODS[Name.FAILED].name, METHODS[Name.FAILED], _failed, of_day=True),
    Show.WITHOUT_BASIS: Listing(METHODS[Name.WITHOUT_BASIS].name, METHODS[Name.WITHOUT_BASIS], _looked_up, of_day=True),
    Show.NEVER_A_BASIS: Listing(_NEVER.name, _NEVER, _never_a_basis),
    Show.OPENED_BY: Listing(_OPENED_BY.name, _OPENED_BY, _opened_by, of_day=True),
    Show.SILENT: Listing(_SILENT.name, _SILENT, _silent),
}

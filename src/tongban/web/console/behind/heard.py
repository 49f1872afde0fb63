"""Lists of what people said: ratings, which lead to nobody, and requests to the hotline."""

from collections.abc import Mapping
from datetime import timedelta

from tongban.base.i18n import Text
from tongban.oversight.watching import figures
from tongban.oversight.watching.method import Method
from tongban.voice.hotline.model import SERVICE, URGENCY
from tongban.voice.ratings.model import LEVELS, Rating
from tongban.voice.store import hotline, ratings
from tongban.web.bodies import body_name
from tongban.web.console.behind.model import NO_SERVICE, ROWS, Line, Listing, Show, Wanted
from tongban.web.site import Site

_RATED: Mapping[Show, ratings.Behind] = {
    Show.RATED: "all",
    Show.RATED_GOOD: "good",
    Show.RATED_BAD: "bad",
    Show.RATED_OPEN: "open",
}


async def _rated(site: Site, wanted: Wanted) -> list[Line]:
    service = None if not wanted.service else "" if wanted.service == NO_SERVICE else wanted.service
    found = await ratings.behind(
        site.db,
        _RATED[wanted.show],
        wanted.regions(site),
        wanted.bodies,
        service,
        site.clock() - timedelta(days=figures.WINDOW),
        wanted.before(site),
        ROWS + 1,
    )
    return [
        Line(
            (one.at, one.id),
            one.name if one.name.zh else Text("来大厅办的", "a visit to the hall"),
            body_name(site, one.body),
            _became(one),
            one.cure,
            "hot" if one.bad and not one.cure_end else "calm",
            day_only=True,
        )
        for one in found
    ]


def _became(one: Rating) -> Text:
    level = LEVELS[one.level]
    if not one.bad:
        return level
    since = (
        Text("整改办结", "dealt with")
        if one.cure_end
        else Text("在整改", "being put right")
        if one.cure
        else Text("马上立件", "a case opens soon")
    )
    return Text(f"{level.zh}，{since.zh}", f"{level.en}, {since.en}")


_ASKED: Mapping[Show, hotline.Which] = {
    Show.ASKED: "requests",
    Show.ASKED_OPEN: "open",
    Show.SENT: "sent",
    Show.CONTACTED: "contacted",
    Show.REACHED: "reached",
    Show.SOLVED: "solved",
    Show.SATISFIED: "satisfied",
}


async def _asked(site: Site, wanted: Wanted) -> list[Line]:
    found = await site.voice.hotline.behind(
        _ASKED[wanted.show], wanted.regions(site), wanted.bodies, wanted.before(site), ROWS + 1
    )
    states = site.catalogue.procedure(SERVICE, None).states
    return [
        Line(
            (one.at, one.case_id),
            URGENCY.get(one.urgency, Text("诉求", "Request")),
            body_name(site, one.body),
            states[one.state].name if one.state in states else Text(one.state, one.state),
            one.case_id,
        )
        for one in found
    ]


_LAW = Text("国办发〔2019〕51号", "State Council Office 2019 no. 51")
_ORDER = Text("国办发〔2020〕53号；三率的算法是本平台定的", "State Council Office 2020 no. 53; the formulas are ours")


def _rating(name: Text, zh: str, en: str) -> Listing:
    formula = Text(
        f"近30天收到的评价里，{zh}。核过不计入的不算。只写哪天，不写是谁、是哪一件；点得开的是整改那一件。",
        f"Of the ratings of the last 30 days: {en}. Those set aside as mistaken do not count. The day alone is shown,"
        " not who or which case; what opens is the case that puts it right.",
    )
    return Listing(name, Method(name, formula, _LAW), _rated)


def _request(name: Text, zh: str, en: str) -> Listing:
    formula = Text(
        f"近90天提出、现在归这个单位的诉求里，{zh}。每分钟数一次，清单是现在的。",
        f"Of the requests of the last 90 days that the body now answers for: {en}. Counted each minute; the list is as"
        " of now.",
    )
    return Listing(name, Method(name, formula, _ORDER), _asked)


RATINGS: dict[Show, Listing] = {
    Show.RATED: _rating(Text("近30天的评价", "Ratings of 30 days"), "全部", "all"),
    Show.RATED_GOOD: _rating(
        Text("近30天的好评", "Good ratings of 30 days"),
        "基本满意和更好的；好评率是它除以全部",
        "fairly satisfied and better; the share of good ones is these divided by all",
    ),
    Show.RATED_BAD: _rating(Text("近30天的差评", "Bad ratings of 30 days"), "不满意和非常不满意的", "dissatisfied"),
    Show.RATED_OPEN: _rating(
        Text("近30天、还没整改好的差评", "Bad ratings of 30 days, not put right yet"),
        "不满意、整改还没有办结的",
        "dissatisfied ones whose case has not ended",
    ),
}
REQUESTS: dict[Show, Listing] = {
    Show.ASKED: _request(Text("近90天的诉求", "Requests of 90 days"), "全部", "all"),
    Show.ASKED_OPEN: _request(Text("近90天的诉求，在办", "Requests of 90 days, open"), "还没办结的", "not ended"),
    Show.SENT: _request(
        Text("派了单的诉求", "Requests sent on"),
        "派给单位办的（响应率的分母）",
        "sent to a body (below the response rate)",
    ),
    Show.CONTACTED: _request(
        Text("按时联系了的诉求", "Requests contacted in time"),
        "派了单、在期限内联系了本人的；响应率是它除以派了单的",
        "sent on, and the person contacted in time; the response rate is these divided by those sent on",
    ),
    Show.REACHED: _request(
        Text("回访到的诉求", "Requests called back"),
        "回访时问到本人的（解决率、满意率的分母）",
        "the person was reached afterwards (below the rates of solution and satisfaction)",
    ),
    Show.SOLVED: _request(
        Text("本人说解决了的诉求", "Requests solved, as the person says"),
        "本人说解决了的；解决率是它除以回访到的",
        "solved, as the person says; the rate is these divided by those called back",
    ),
    Show.SATISFIED: _request(
        Text("本人说满意的诉求", "Requests satisfied with"),
        "本人说满意或者基本满意的；满意率是它除以回访到的",
        "satisfied or fairly so; the rate is these divided by those called back",
    ),
}
LISTS: dict[Show, Listing] = {**RATINGS, **REQUESTS}

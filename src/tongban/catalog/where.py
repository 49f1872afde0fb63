"""去哪里办: which body answers, in words for everybody, before anything of a person is known."""

from typing import Final

from tongban.base.i18n import Text
from tongban.catalog.competence_row import Competence
from tongban.catalog.model import Service
from tongban.catalog.tables import both

_SITE: Final = Text("办事地点的{body}", "{body} of the place it is about")
_SEAT: Final = Text("单位登记地的{body}", "{body} where the business is registered")
_CHOICE: Final = Text("您选的地方的{body}", "{body} of the place that you choose")
PLACES: Final[dict[str, tuple[Text, Text]]] = {
    "residence": (
        Text("您居住地的{body}", "{body} where you live"),
        Text("{whose}居住地的{body}", "{body} at the residence of {whose}"),
    ),
    "household": (
        Text("您户口所在地的{body}", "{body} where your household is registered"),
        Text("{whose}户口所在地的{body}", "{body} at the registered home of {whose}"),
    ),
    "insured": (
        Text("您参保地的{body}", "{body} where you are insured"),
        Text("{whose}参保地的{body}", "{body} at the place of insurance of {whose}"),
    ),
    "account": (
        Text("您账户所在地的{body}", "{body} where your account is kept"),
        Text("{whose}账户所在地的{body}", "{body} where the account of {whose} is kept"),
    ),
    "work": (
        Text("您工作地的{body}", "{body} where you work"),
        Text("{whose}工作地的{body}", "{body} at the place of work of {whose}"),
    ),
    "site": (_SITE, _SITE),
    "seat": (_SEAT, _SEAT),
    "choice": (_CHOICE, _CHOICE),
}
"""By ground of a row: of who applies, and of another person."""
ANY_DOOR: Final = Text(
    "在别处申请也收下，转给它办，不用您再跑，也不用重新交。",
    "If you apply elsewhere it is taken in and handed on; you need not go or send again.",
)


def who_answers(service: Service) -> Text:
    """The body and, where the service has a rule of competence, the place that it names: 您居住地的公安机关."""
    body = both(service.authority.name)
    told = tuple(dict.fromkeys(_row(row, body) for row in service.competence))
    if not told:
        return body
    return Text("，或者".join(one.zh for one in told), ", or ".join(one.en for one in told))


def _row(row: Competence, body: Text) -> Text:
    own, other = PLACES[row.ground]
    return other.format(body=body, whose=row.whose) if row.whose else own.format(body=body)

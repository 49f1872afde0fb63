"""The people of the demonstration, as the log-in page offers them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.base.i18n import Text
from tongban.org import demo
from tongban.org.demo.provinces import Province
from tongban.web.site import Site


@dataclass(frozen=True, slots=True)
class Choice:
    """One person, or a person in a post. `id` is what the form sends: `person@post@mandate`."""

    id: str
    name: str
    note: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """Citizens, officials."""

    name: Text
    people: Sequence[Choice]


def choices(site: Site) -> Sequence[Group]:
    """Whom one can log in as; nobody where the installation is no demonstration."""
    if not site.settings.demo:
        return ()
    logins = demo.logins(Province(site.settings.province or Province.LAN))
    citizens = [_choice(login) for login in logins if not login.post]
    officials = [_choice(login) for login in logins if login.post]
    return (
        Group(Text("群众和企业", "Citizens and businesses"), citizens),
        Group(Text("工作人员", "Officials"), officials),
    )


def _choice(login: demo.Login) -> Choice:
    icon = "in" if login.post else "shop" if login.mandate else "me"
    return Choice("@".join((login.person, login.post, login.mandate)), login.name, login.about, icon)

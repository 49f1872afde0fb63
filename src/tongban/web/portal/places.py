"""Regions as a person chooses them, and the name of one."""

from tongban.base.errors import Refused
from tongban.base.i18n import Lang, Text
from tongban.org import Actor
from tongban.web.site import Site

Groups = list[tuple[str, list[tuple[str, str]]]]
"""A native list in groups: the city, and under it (code, name)."""


def grouped(site: Site, lang: Lang) -> Groups:
    """Every county of the installation under its city."""
    directory = site.directory
    cities = [city for province in directory.regions() for city in directory.regions(province.code)]
    return [
        (city.name[lang], [(county.code, county.name[lang]) for county in directory.regions(city.code)])
        for city in cities
    ]


def here(site: Site, actor: Actor) -> str:
    """The county of an official's own body; empty for anybody whose region is not a county of ours."""
    try:
        region = site.directory.current(actor.region) if actor.region else None
    except Refused:
        return ""
    return region.code if region and region.level == "county" else ""


def name(site: Site, code: str) -> Text | None:
    """The full name of a region; None where there is none of this code."""
    return site.directory.region_name(code) if code.isdigit() and len(code) == 6 else None

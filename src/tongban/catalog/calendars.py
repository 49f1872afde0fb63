"""The working calendar of an installation: what the yearly notices say, and what an officer has filed since.

A file `calendars/2027.yaml` in the data directory files the State Council's arrangement for a year (放假安排); it
replaces what the program knows of that year. The shape is that of `tongban.terms.notice_from_mapping`.
"""

from pathlib import Path
from typing import cast

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.catalog.findings import refused
from tongban.catalog.yaml_source import Source
from tongban.terms import Calendar, TermError, notice_from_mapping


def open_calendar(data_dir: Path) -> Calendar:
    """The calendar in force here.

    Raises Refused with every file that cannot be read, at its place: dates of running cases hang on it, so an
    installation does not start with half a calendar.
    """
    calendar = Calendar.china()
    problems: list[Problem] = []
    for path in sorted((data_dir / "calendars").glob("*.yaml")):
        try:
            calendar = calendar.with_filed(notice_from_mapping(_mapping(path)))
        except TermError as error:
            problems.append(Problem(error.code, Text(error.zh, error.en), str(path)))
        except Refused as refused:
            problems.extend(refused.problems)
    if problems:
        raise Refused(*problems)
    return calendar


def _mapping(path: Path) -> dict[str, object]:
    source = Source(path.read_text(encoding="utf-8"), str(path))
    if source.findings:
        raise refused(source.findings)
    return cast("dict[str, object]", source.data) if isinstance(source.data, dict) else {}

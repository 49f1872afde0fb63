"""Facts for tests: a case from the few words that matter, and a month's release of some."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from tongban.base.clock import ZONE
from tongban.oversight.computing import Period
from tongban.oversight.facts import CaseFact, EventFact, Moment
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened, replace
from tongban.oversight.opendata.making import Public, release
from tongban.web.site import Site

DAY = datetime.fromisoformat("2026-10-12T09:00:00")


def case_fact(number: int, body: str = "a", service: str = "s", channel: str = "online", used: int = 5) -> CaseFact:
    """A case decided after `used` days of twenty, ten of them promised; open if `used` is negative."""
    decided = DAY + timedelta(days=used) if used >= 0 else None
    return CaseFact(
        case_id=f"990101-261012-{number:08}",
        region="990101" if body < "c" else "990102",
        body=body,
        service=service,
        version="1",
        procedure="licensing",
        channel=channel,
        applicant="person",
        matter="service",
        part=False,
        seq=3,
        opened_at=DAY,
        accepted_at=DAY,
        decided_at=decided,
        ended_at=decided,
        stage="delivered" if decided else "accepted",
        outcome="favourable" if decided else "",
        statutory_due=DAY + timedelta(days=20),
        promised_due=DAY + timedelta(days=10),
        by_law=True,
        statutory_days=20,
        promised_days=10,
        used_days=max(used, 0),
        pauses=0,
        paused_days=0,
        extended=False,
        questions=4,
        materials=1,
        from_records=2,
        visits=int(channel == "counter"),
        corrections=number % 3 == 0,
        deemed=False,
        by_rules=False,
        cross_region=False,
        reopened=0,
        escalated=0,
    )


def event_fact(
    number: int,
    *,
    seq: int = 2,
    procedure: str = "hotline-request",
    act: str = "contact",
    kept: str = "",
    missed: str = "",
) -> EventFact:
    """An event of a case of October, and which times of the body it kept or is the first to come after."""
    return EventFact(
        case_id=f"990101-261012-{number:08}",
        region="990101",
        body="a",
        service=procedure,
        version="1",
        procedure=procedure,
        channel="online",
        applicant="person",
        matter="service",
        part=False,
        seq=seq,
        act=act,
        actor="clock" if act == "escalated" else "official",
        happened_at=DAY,
        stage="examined",
        ended=False,
        term="",
        started=None,
        statutory_due=None,
        promised_due=None,
        by_law=False,
        kept=kept,
        missed=missed,
        term_pauses=0,
        pauses=False,
        resumes=False,
        ground="",
        asks=0,
        chosen="",
        decides="",
        adverse=False,
        reopens=False,
    )


def moment(number: int, kind: str, body: str, value: int, service: str = "hotline-request") -> Moment:
    """Something of October that counts and is no event of a case."""
    return Moment(
        kind=kind,
        id=f"{kind}-{number}",
        case_id="",
        region="990101",
        body=body,
        service=service,
        channel="online",
        happened_at=DAY,
        value=value,
        code="",
    )


def called_back(number: int, body: str, solved: str) -> EventFact:
    """A call-back of October, with what the person said."""
    made = event_fact(number, act="call-back")
    return msgspec.structs.replace(made, body=body, chosen=f";contacted=yes;solved={solved};")


def october(
    site: Site, rows: Sequence[CaseFact], events: Sequence[EventFact] = (), moments: Sequence[Moment] = ()
) -> Path:
    """The release of October with these cases, events and moments in it, where the site keeps its releases."""
    data_dir = site.settings.data_dir
    replace(data_dir / "october", "cases", "990101", "2026-10", rows)
    replace(data_dir / "october", "events", "990101", "2026-10", events)
    if moments:
        replace(data_dir / "october", "moments", "990101", "2026-10", moments)
    with opened(data_dir / "october") as facts:
        public = Public(origin=site.settings.address, regions=(), services=())
        month, settled = Period.month(2026, 10), datetime(2026, 11, 10, 9, tzinfo=ZONE)
        return release(facts, read_indicators(), month, public, site.keys, max(settled, site.clock()), data_dir)

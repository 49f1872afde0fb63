"""Facts for tests: a case from the few words that matter."""

from datetime import datetime, timedelta

from tongban.oversight.facts import CaseFact

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

"""Figures as a busy city has them, put where the background job keeps them."""

from datetime import timedelta
from random import Random

from tongban.oversight.abuse import INDICES, judge
from tongban.oversight.abuse.generate import County, histories, planted
from tongban.oversight.watching.model import Answer, Kept
from tongban.oversight.watching.store import findings, turns
from tongban.web.site import Site

SERVICES = ("food-licence", "residence-permit", "subsistence-allowance", "construction-permit", "company-registration")
KINDS = ("market", "police", "civil", "housing", "hr", "planning", "health-insurance", "ecology")


async def busy(site: Site) -> None:
    """Open and ended cases, hours, waits, look-ups, one finding and its public answer, for every region."""
    random, now, today = Random(7), site.clock(), site.today
    regions = [one.code for one in site.directory.register.regions if one.until is None]
    bodies = [f"{region}.{kind}" for region in regions for kind in KINDS if site.directory.has(f"{region}.{kind}")]
    async with site.db.transaction() as db:
        await db.execute("DELETE FROM watched_now")
        for body in bodies:
            for service in SERVICES[:3]:
                red = random.choice((0, 0, 0, 0, 0, 3, 5))
                first = now - timedelta(days=random.randint(1, 6)) if red else None
                await db.execute(
                    "INSERT INTO watched_now VALUES ($1, $2, $3, $4, $5, $6)",
                    body, service, random.randint(60, 400), random.randint(0, 9), red, first,
                )  # fmt: skip
            for back in range(40):
                ended = random.randint(4, 30)
                promised = ended - (random.random() < 0.4) - (body.endswith("planning"))
                await db.execute(
                    "INSERT INTO watched_day VALUES ($1, $2, $3, $4, $5, $5, $6, $5) ON CONFLICT DO NOTHING",
                    body[:6], body, random.choice(SERVICES), today - timedelta(days=back), ended, promised,
                )  # fmt: skip
            for week in range(5):
                for hour in range(9, 18 if week else 16):
                    at = now.replace(hour=hour, minute=0, second=0, microsecond=0) - timedelta(weeks=week)
                    opened = random.randint(4, 16) if hour != 13 else 4
                    await db.execute(
                        "INSERT INTO watched_hour VALUES ($1, $2, $3) ON CONFLICT (body, hour) DO NOTHING",
                        body, at, opened,
                    )  # fmt: skip
            for name, value in (("looked-up", 812), ("failed", 2), ("without-basis", 0)):
                await db.execute(
                    "INSERT INTO watched_figure VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    body,
                    today,
                    name,
                    value,
                )
        for region in regions:
            hall = f"{region}.service-centre"
            if site.directory.has(hall):
                for name, value in (("waited", 90), ("seconds", 90 * 360), ("longest", random.randint(600, 2280))):
                    await db.execute(
                        "INSERT INTO watched_figure VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                        hall, today, name, value,
                    )  # fmt: skip
        await turns.done(db, "now", now)
        await turns.done(db, "abuse", now)
    await found(site)


async def found(site: Site) -> str:
    """One finding and one public answer to it; the finding's number."""
    made = judge(histories(101, County(bodies=30, planted=planted(30))), INDICES)
    one = next(one for one in made if one.index == "pauses-near-the-end" and one.service)
    key = "00000000-0000-4000-8000-000000000001"
    kept = Kept(
        region="990101", body="990101.market", id=key, index=one.index, service="food-licence", hits=one.hits,
        cases=one.cases, expected=one.expected, chance=one.chance, peers=one.peers,
        behind=tuple(f"990101-260901-{n:08}" for n in range(one.hits)),
        since=site.today - timedelta(days=180), until=site.today,
    )  # fmt: skip
    await findings.keep_findings(site.db, [kept])
    answer = Answer(
        region="990101", case_id="990101-261103-00000001", body="990101.market", index=one.index,
        service="food-licence", finding=key, outcome="tolerated",
        answer="现场核查排在期限最后两天，已经改为受理后五日内安排。", opened=site.today, ended=site.today,
    )  # fmt: skip
    await findings.keep_answer(site.db, answer)
    return key

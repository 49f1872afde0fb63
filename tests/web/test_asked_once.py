"""Who lost their job says how they want to be paid, and nothing that the state knows already."""

from datetime import datetime

import pytest
from tests.web.citizen import Person, let_stand

from tongban.base.clock import ZONE, SettableClock

ZHIYUAN = "p-chenzhiyuan@@"
APPLY = "/apply/unemployment-benefit"


@pytest.fixture
def clock() -> SettableClock:
    """A morning after the second version of the service came into force."""
    return SettableClock(datetime(2026, 11, 25, 9, 0, tzinfo=ZONE))


async def test_unemployment_benefit_asks_for_consent_and_an_account_and_for_nothing_else(anyone: Person) -> None:
    await anyone.log_in(ZHIYUAN)
    await anyone.get("/services/unemployment-benefit/start")
    await anyone.post("/services/unemployment-benefit/start", {"region": "990101", "lookups": "yes"})
    await let_stand(anyone)
    assert anyone.page.url.path == f"{APPLY}/q/bank_account", "the first question is the account"
    await anyone.post(f"{APPLY}/q/bank_account", {"bank_account": "9900000000004455667"})
    await let_stand(anyone)
    assert anyone.page.url.path == f"{APPLY}/check", "and there is no second one, and no paper"
    assert "按您填的，符合条件" in anyone.text
    for source in (
        "公安人口库",
        "社保参保记录",
        "失业登记时填的求职意愿",
        "社保经办机构的资格比对",
        "失业保险待遇发放记录",
    ):
        assert f"来自{source}" in anyone.text, source
    await anyone.post(f"{APPLY}/submit", {"key": anyone.hidden("key"), "truthful": "yes"})
    assert anyone.page.url.path.endswith("/receipt"), anyone.text


async def test_who_does_not_agree_is_asked_what_no_law_has_the_agency_check(anyone: Person) -> None:
    await anyone.log_in(ZHIYUAN)
    await anyone.get("/services/unemployment-benefit/start")
    await anyone.post("/services/unemployment-benefit/start", {"region": "990101", "lookups": "no"})
    await let_stand(anyone)
    assert anyone.page.url.path == f"{APPLY}/q/full_name"

"""The demonstration's registers: what they show agrees with what they are held against, and one operator has left."""

import pytest

from tongban.oversight.registers import demo
from tongban.oversight.registers.conformance.judging import READS
from tongban.oversight.registers.operators import Operators, State
from tongban.oversight.registers.projects.funding import Reviews
from tongban.sharing.node.demo.setup import columns, layout
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_an_operator_runs_one_left_with_proof_and_a_review_waits_for_a_decision(site: Site) -> None:
    registered = Operators(site.db, site.directory, site.keys, site.clock, site.settings.timezone)
    listed = site.sharing.directory.now
    assert await demo.seed(site.db, registered, site.cases, listed)
    assert not await demo.seed(site.db, registered, site.cases, listed)
    page = await registered.published(None, 20)
    assert {one.state(site.today) for one in page.items} == {State.RUNNING, State.GONE}
    assert any(window.open_at(site.clock()) for one in page.items for window in one.windows)
    (review,) = (await Reviews(site.db, site.cases, site.directory, listed).published(None, 20)).items
    assert review.overlap > 30 and review.state.zh == "有了意见，等另一个人决定" and review.words


async def test_the_nodes_of_the_demonstration_answer_in_the_types_of_the_dictionary(site: Site) -> None:
    listed = site.sharing.directory.now
    differ = [
        f"{record}#{field}"
        for kept in layout().values()
        for record, fields in kept.records.items()
        for field, column in columns(fields).items()
        if (entry := listed.resources.get(record.partition("/")[0]))
        and (item := entry.records[record.partition("/")[2]].elements.get(field))
        and listed.elements[item.element].type not in READS[column.kind]
    ]
    assert differ == []

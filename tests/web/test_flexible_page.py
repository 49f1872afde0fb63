"""The open page of flexible rules: counts for everybody, of nobody."""

import pytest
from tests.web.citizen import Person

from tongban.web.open.flexible import COUNTED

pytestmark = pytest.mark.database


async def test_everybody_sees_how_often_and_nothing_of_anybody(anyone: Person) -> None:
    await anyone.get("/open/flexible")
    assert anyone.page.status_code == 200
    assert anyone.text.count("0件") == len(COUNTED)
    assert "从宽办理" in anyone.text and "容错" in anyone.text and "990101-" not in anyone.text

"""Which columns of cases are sealed: what people said with the applicant's key, letters with their reader's."""

from __future__ import annotations

from tongban.base.sealing import SealedTable

_APPLICANT = (
    "coalesce((SELECT r.applicant FROM case_row r WHERE r.region = t.region AND r.case_id = t.case_id), t.case_id)"
)

EVENT = SealedTable(
    table="case_event", key=("region", "case_id", "seq"), owner=_APPLICANT, text=("said",), json=("event",)
)
ROW = SealedTable(table="case_row", key=("region", "case_id"), owner="applicant", text=("applicant_name",))
NOTICE = SealedTable(table="notice", key=("region", "case_id", "seq"), owner="person", json=("title", "body"))
DRAFT = SealedTable(table="draft", key=("region", "person", "service"), owner="person", json=("content",))
DOCUMENT = SealedTable(table="document", key=("region", "id"), owner="owner", text=("name",))

# What is said between installations was sealed from its first day: no row of before has to be looked for.
SAID = SealedTable(table="handover_out", key=("region", "message"), owner="person", text=("body", "receipt"))
HEARD = SealedTable(table="handover_in", key=("region", "message"), owner="person", text=("receipt",))

# Sealed from their first day as well.
PREPARED = SealedTable(table="prepared_part", key=("region", "case_id", "part"), owner="owner", json=("content",))
INVITATION = SealedTable(table="invitation", key=("region", "case_id", "part"), owner="owner", json=("content",))

SEALED = (EVENT, ROW, NOTICE, DRAFT, DOCUMENT)

"""Which columns of assist are sealed: with the key of the person whose case it is, or of the request itself.

Keys are fetched with `Store.owner` and `Store.ring`, under the program's own role: what goes into a transaction of
`acting` is sealed already, and what comes out of one is opened afterwards. The role of this package can read no key.
"""

from tongban.base.sealing import SealedTable

_OF_CASE = "(SELECT r.applicant FROM case_row r WHERE r.region = left({0}, 6) AND r.case_id = {0})"

CALL = SealedTable(
    table="assist_call",
    key=("region", "id"),
    owner=f"coalesce({_OF_CASE.format('t.subject')}, nullif(t.subject, ''), t.id)",
    json=("suggestion",),
)
SETTLED = SealedTable(
    table="assist_settled",
    key=("region", "call", "person"),
    owner="coalesce((SELECT coalesce((SELECT r.applicant FROM case_row r WHERE r.region = left(c.subject, 6)"
    " AND r.case_id = c.subject), nullif(c.subject, '')) FROM assist_call c"
    " WHERE c.region = t.region AND c.id = t.call), t.person)",
    text=("reason",),
)
DRAFT = SealedTable(
    table="assist_draft",
    key=("region", "call", "person"),
    owner=f"coalesce({_OF_CASE.format('t.subject')}, t.subject)",
    text=("offered", "sent"),
)
OWN_VIEW = SealedTable(
    table="assist_own_view",
    key=("region", "call", "person"),
    owner="coalesce((SELECT coalesce((SELECT r.applicant FROM case_row r WHERE r.region = left(c.subject, 6)"
    " AND r.case_id = c.subject), nullif(c.subject, '')) FROM assist_call c"
    " WHERE c.region = t.region AND c.id = t.call), t.person)",
    text=("view",),
)
PAPER = SealedTable(table="precheck_paper", key=("region", "case_id", "document"), owner="person", json=("extracted",))
REQUEST = SealedTable(table="routing_request", key=("region", "id"), owner="id", text=("said",))
MOVE = SealedTable(table="routing_move", key=("region", "request", "seq"), owner="request", text=("why",))
PAIR = SealedTable(table="routing_pair", key=("region", "id"), owner="one", text=("why",))

SEALED = (CALL, SETTLED, DRAFT, OWN_VIEW, PAPER, REQUEST, MOVE, PAIR)

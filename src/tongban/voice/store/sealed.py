"""Which columns are sealed."""

from tongban.base.sealing import SealedTable

RATING = SealedTable(
    table="rating",
    key=("region", "id"),
    owner="CASE WHEN t.person = '' THEN 'rating:' || t.id ELSE t.person END",
    text=("said",),
)

HOTLINE = SealedTable(table="hotline_row", key=("region", "case_id"), owner="applicant", text=("said",))

PLACE = SealedTable(
    table="hotline_place",
    key=("region", "case_id"),
    owner="(SELECT r.applicant FROM case_row r WHERE r.region = t.region AND r.case_id = t.case_id)",
    text=("point",),
)

SEALED = (RATING, HOTLINE, PLACE)

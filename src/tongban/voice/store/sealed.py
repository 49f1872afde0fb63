"""Which columns are sealed."""

from tongban.base.sealing import SealedTable

RATING = SealedTable(
    table="rating",
    key=("region", "id"),
    owner="CASE WHEN t.person = '' THEN 'rating:' || t.id ELSE t.person END",
    text=("said",),
)

HOTLINE = SealedTable(table="hotline_row", key=("region", "case_id"), owner="applicant", text=("said",))

SEALED = (RATING, HOTLINE)

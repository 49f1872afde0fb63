"""Which columns are sealed."""

from tongban.base.sealing import SealedTable

RATING = SealedTable(
    table="rating",
    key=("region", "id"),
    owner="CASE WHEN t.person = '' THEN 'rating:' || t.id ELSE t.person END",
    text=("said",),
)

SEALED = (RATING,)

"""Which columns of the hall are sealed, all with the key of the person they are about."""

from tongban.base.sealing import SealedTable

CHECK = SealedTable(table="identity_check", key=("region", "person", "id"), owner="person", text=("reason",))
RESULT = SealedTable(table="result", key=("person", "case_id"), owner="person", text=("receiver", "reason"))
PARCEL = SealedTable(table="parcel", key=("person", "case_id"), owner="person", json=("address",))

SEALED = (CHECK, RESULT, PARCEL)

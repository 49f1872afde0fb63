"""PostgreSQL: the embedded server, the pool, the migrations. Production names a server in `TONGBAN_DATABASE_URL`."""

from tongban.base.database.embedded import EmbeddedPostgres
from tongban.base.database.migrate import Migration, migrate, migrations
from tongban.base.database.operator import OPERATOR, let_operate
from tongban.base.database.pool import Connection, Counter, Database, Row

__all__ = [
    "OPERATOR",
    "Connection",
    "Counter",
    "Database",
    "EmbeddedPostgres",
    "Migration",
    "Row",
    "let_operate",
    "migrate",
    "migrations",
]

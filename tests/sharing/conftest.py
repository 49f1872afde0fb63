"""What tests of sharing share."""

from exchange_fixtures import exchange_db, exchange_keys, node_db

__all__ = ["exchange_db", "exchange_keys", "node_db"]

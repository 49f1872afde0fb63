"""All SQL of assist. Every statement runs in a transaction of `acting`, under a role that may touch no case."""

from tongban.assist.store.role import ROLE, Store

__all__ = ["ROLE", "Store"]

"""Programs of others: letting them in, their tokens, and pages of ours inside them (docs/apps.md)."""

from tongban.web.apps import authorize, embed, example, mine, token

ROUTES = [*authorize.ROUTES, *token.ROUTES, *embed.ROUTES, *mine.ROUTES, *example.ROUTES]

__all__ = ["ROUTES"]

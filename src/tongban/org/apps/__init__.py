"""Programs that people let act for them: phone apps and mini-programs, by OAuth 2.1 with PKCE."""

from tongban.org.apps.model import SCOPES, App, AppGrant, Issued, Scope
from tongban.org.apps.registered import EXAMPLE, Apps

__all__ = ["EXAMPLE", "SCOPES", "App", "AppGrant", "Apps", "Issued", "Scope"]

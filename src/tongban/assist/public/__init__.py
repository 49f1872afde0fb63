"""The register as the public reads it: each use with its measurement, its switches and what happened lately."""

from tongban.assist.public.entry import Entry, Figures, Objections
from tongban.assist.public.register import PublicRegister

__all__ = ["Entry", "Figures", "Objections", "PublicRegister"]

"""Kinds of text that fields of every file are made of."""

from typing import Annotated

from msgspec import Meta

from tongban.base.i18n import Text

Words = str | Text
"""Text for people. A plain string is Chinese only; the checker asks for English before publication."""

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
FactName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Feel = str
"""A FEEL expression over the facts of the case (DMN 1.5). `application_date` is the day of application."""

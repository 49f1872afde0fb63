"""Values in words, as pages of the portal and the desk show them: the catalogue's words, under the web's name."""

from tongban.catalog.tables import both
from tongban.catalog.wording import RegionName, said

__all__ = ["RegionName", "both", "said"]

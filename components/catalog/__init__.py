"""What can be asked for: the models' fields, limits, defaults and rules. Data, no I/O."""

from components.catalog.catalog import Catalog, open_catalog

__all__ = ["Catalog", "open_catalog"]

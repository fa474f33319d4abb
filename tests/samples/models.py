"""The catalogue as it is shipped, for tests that go through every model."""

from components.catalog import open_catalog

CATALOG = open_catalog()
MODELS = tuple(CATALOG)
model_by_id = CATALOG.by_id

"""One file a model; `open_catalog` reads them all."""

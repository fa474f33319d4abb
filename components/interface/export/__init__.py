"""Taking results out: a file that carries its settings, or many runs as one archive."""

from components.interface.export.export_routes import Source, export_router, source_of

__all__ = ["Source", "export_router", "source_of"]

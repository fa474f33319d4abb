"""Taking results out: a file that carries its settings, or many runs as one archive."""

from components.interface.export.export_routes import export_router

__all__ = ["export_router"]

"""The models there are, read from a folder with one file for each."""

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from components.catalog.request import ModelRequest

MODELS_FOLDER = Path(__file__).resolve().parent / "models"


class Catalog:
    """The models in tab order, by their ids and by the names of their forms and endpoints.

    One may be added while others use it.
    """

    def __init__(self, models: Iterable[type[ModelRequest]] = ()) -> None:
        self._models: tuple[type[ModelRequest], ...] = ()
        for model in models:
            self.add(model)

    def __iter__(self) -> Iterator[type[ModelRequest]]:
        """Every model, in tab order."""
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def add(self, model: type[ModelRequest]) -> None:
        """Offer one more model. Raises `ValueError` where its id or its name is taken."""
        for other in self._models:
            if model.model_id == other.model_id or model.api_name == other.api_name:
                raise ValueError(f"{model.__name__} and {other.__name__} are named alike.")
        self._models = tuple(
            sorted((*self._models, model), key=lambda it: (it.tab_order, it.title))
        )

    def by_id(self, model_id: str) -> type[ModelRequest]:
        """The model with this id. Raises `KeyError` where there is none."""
        if (model := self.find(model_id)) is None:
            raise KeyError(model_id)
        return model

    def find(self, model_id: str) -> type[ModelRequest] | None:
        """The model with this id; None for one that is not, or no longer, in the catalogue."""
        return next((it for it in self._models if it.model_id == model_id), None)

    def named(self, api_name: str) -> type[ModelRequest] | None:
        """The model whose form and endpoint have this name; None where there is none."""
        return next((it for it in self._models if it.api_name == api_name), None)

    def making(self, output: str) -> list[type[ModelRequest]]:
        """The models whose results are of this kind, "image" or "video"."""
        return [it for it in self._models if it.output == output]


def open_catalog(*folders: Path) -> Catalog:
    """Read the models of our own folder, and of others besides.

    Raises:
        ValueError: two models have the same id or the same name.
    """
    files = [file for folder in (MODELS_FOLDER, *folders) for file in sorted(folder.glob("*.py"))]
    modules = [_loaded(file) for file in files if file.stem != "__init__"]
    return Catalog(model for module in modules for model in _models_of(module))


def _models_of(module: ModuleType) -> list[type[ModelRequest]]:
    """What is defined there, and not only imported."""
    return [
        it
        for it in vars(module).values()
        if isinstance(it, type)
        and issubclass(it, ModelRequest)
        and it.__module__ == module.__name__
    ]


def _loaded(file: Path) -> ModuleType:
    if file.parent == MODELS_FOLDER:
        return importlib.import_module(f"components.catalog.models.{file.stem}")
    name = f"added_models.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} cannot be read as a module.")
    module = importlib.util.module_from_spec(spec)
    # Pydantic looks up where a class stands to resolve its annotations.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

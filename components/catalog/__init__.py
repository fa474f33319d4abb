"""What can be asked for: the models' fields, limits, defaults and rules. Data, no I/O."""

from components.catalog.kling_o1 import MODELS, model_by_id

__all__ = ["MODELS", "model_by_id"]

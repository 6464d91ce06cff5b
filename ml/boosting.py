"""LightGBM's names, loaded when the first of them is used: rules answer where it cannot be.

It wants an OpenMP runtime of the system, which bare ones lack; torch brings one along.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ml.errors import LibraryMissing

if TYPE_CHECKING:
    from lightgbm import Booster, Dataset, train
    from lightgbm.basic import LightGBMError

__all__ = ["Booster", "Dataset", "LightGBMError", "train"]


def __getattr__(name: str) -> object:
    """Raises LibraryMissing: there is no OpenMP runtime."""
    if name not in __all__:
        raise AttributeError(name)
    module = _loaded()
    return module.basic.LightGBMError if name == "LightGBMError" else getattr(module, name)


def _loaded() -> ModuleType:
    try:
        return import_module("lightgbm")
    except OSError as error:
        try:
            import_module("torch")
            return import_module("lightgbm")
        except (ModuleNotFoundError, OSError):
            raise LibraryMissing(reason=str(error)) from error

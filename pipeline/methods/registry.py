"""All scoring methods: a file in this package with a subclass of ``Method`` is a method that rule files may name."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated, Any, Union

from pydantic import Field

from pipeline import methods
from pipeline.methods.method import Method


def _discover() -> dict[str, type[Method]]:
    for module in pkgutil.iter_modules(methods.__path__):
        importlib.import_module(f"{methods.__name__}.{module.name}")
    return {cls.model_fields["method"].annotation.__args__[0]: cls for cls in Method.__subclasses__()}  # type: ignore[union-attr]


METHODS: dict[str, type[Method]] = dict(sorted(_discover().items()))
"""Name in a rule file -> class."""

AnyMethod: Any = Annotated[Union[tuple(METHODS.values())], Field(discriminator="method")]  # noqa: UP007  # made at run time
"""The pydantic type of a criterion's ``score``: whichever method its ``method`` key names."""

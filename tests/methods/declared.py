"""What the test file of each scoring method declares for the tests that hold for all methods alike.

``tests/methods/test_<name>.py`` needs no entry anywhere else: it declares the names of :data:`DECLARED`, and the tests
that are named there take them from it. The key ``method`` is left out in all of them.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from pipeline.methods.registry import METHODS

DECLARED = {
    "FORMULAS": "parameters and scale of rules whose live formula LibreOffice recalculates in test_formulas.py",
    "DESCRIBED": "parameters and scale of rules, and what describe() says of them in English, for test_method.py",
    "EXAMPLE": "a criterion as a rule file says it, which docs/CACH-CHAM.md shows",
}


def of_each_method(what: str) -> dict[str, Any]:
    """Method -> what its test file declares under this name, where it does."""
    files = {method: importlib.import_module(_file(method)) for method in METHODS if find_spec(_file(method))}
    return {method: getattr(file, what) for method, file in files.items() if hasattr(file, what)}


def undeclared(method: str) -> list[str]:
    """A sentence for each of them that is missing or empty in the method's test file."""
    path = f"tests/methods/test_{method}.py"
    return [
        f"{path} declares no {what}: {meaning}"
        for what, meaning in DECLARED.items()
        if not of_each_method(what).get(method)
    ]


def _file(method: str) -> str:
    return f"tests.methods.test_{method}"

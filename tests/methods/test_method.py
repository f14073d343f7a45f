"""What all methods share: how they are found, and what their formulas look like."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline import i18n
from pipeline.methods.method import Scale, formula, score
from pipeline.methods.registry import METHODS
from pipeline.rules.rubric_faults import bloc_faults
from tests.method_texts import example_bloc
from tests.methods.declared import of_each_method, undeclared
from tests.methods.worked import columns, rule, scale
from tests.test_messages import VIETNAMESE

ON_THE_FORM = {"target": "E7", "actual": "F7", "claimed": "H7"}

BANDS = [{"to": 80, "points": 1}, {"from": 80, "points": 5}]
LEVELS = [{"name": "Tốt", "points": 5}, {"name": 'Gọi là "khá"', "points": "2.5"}]

FORMULAS: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"method": "ratio", "zero_target": "none"},
        scale(5),
        '=IF(F7="",0,IF(E7="",0,IF(E7<=0,0,IF(ROUND(F7/E7*100,6)>100,5,ROUND(MAX(0,MIN(5,F7/E7*5)),2)))))',
    ),
    (
        {"method": "bands", "bands": BANDS, "zero_target": "none"},
        scale(5, penalty=True),
        '=IF(F7="",0,IF(E7="",0,IF(E7<=0,0,IF(ROUND(F7/E7*100,6)>=80,-5,-1))))',
    ),
    ({"method": "bands", "of": "actual", "bands": BANDS}, scale(5), '=IF(F7="",0,IF(ROUND(F7,6)>=80,5,1))'),
    ({"method": "choice", "levels": LEVELS}, scale(5), '=IF(F7="",0,IF(F7="Tốt",5,IF(F7="Gọi là ""khá""",2.5,0)))'),
    ({"method": "yes_no"}, scale(5, penalty=True), '=IF(F7="",0,IF(F7="Có",-5,0))'),
    ({"method": "per_case", "each": "0.5"}, scale(5), '=IF(F7="",0,ROUND(MAX(0,MIN(5,F7*0.5)),2))'),
    (
        {"method": "per_case", "each": "0.5", "start": "full"},
        scale(5),
        '=IF(F7="",0,ROUND(MAX(0,MIN(5,ROUND(5-F7*0.5,6))),2))',
    ),
    (
        {"method": "grade", "levels": [{"name": "A", "percent": 100}, {"name": "B", "percent": "62.5"}]},
        scale(5),
        '=IF(F7="",0,IF(F7="A",5,IF(F7="B",3.13,0)))',
    ),
    (
        {"method": "graded_deadline", "steps": [{"days_late": -2, "points": 5}, {"days_late": 3, "points": 2}]},
        scale(5),
        '=IF(F7="",0,IF(ROUND(F7,6)<=(-2),5,IF(ROUND(F7,6)<0,2,IF(ROUND(F7,6)=0,2,IF(ROUND(F7,6)<=3,2,0)))))',
    ),
    (
        {"method": "per_step", "above": 92, "each": "0.1", "of": "actual", "step": 2},
        scale("0.5"),
        '=IF(F7="",0,IF(INT(ROUND((F7-92)/2,6))<=0,0,ROUND(MAX(0,MIN(0.5,INT(ROUND((F7-92)/2,6))*0.1)),2)))',
    ),
    (
        {"method": "over_target_bonus", "of_points": 40, "zero_target": "none"},
        scale(4),
        '=IF(F7="",0,IF(E7="",0,IF(E7<=0,0,IF(INT(ROUND(F7/E7*100-100,6))<=0,0,'
        "ROUND(MAX(0,MIN(4,INT(ROUND(F7/E7*100-100,6))*0.4)),2)))))",
    ),
    ({"method": "formula", "formula": "=actual*2"}, scale(5), '=IF(F7="",0,ROUND(MAX(0,MIN(5,ROUND(F7*2,9))),2))'),
    ({"method": "appraised"}, scale(5), '=IF(H7="",0,ROUND(MAX(0,MIN(5,H7)),2))'),
    ({"method": "appraised"}, scale(5, 1, penalty=True), '=IF(H7="",0,0-ROUND(MAX(0,MIN(5,ABS(H7))),1))'),
]


@pytest.mark.parametrize(("keys", "of", "expected"), FORMULAS)
def test_the_live_formula(keys: dict[str, Any], of: Scale, expected: str) -> None:
    assert formula(rule(**keys), of, ON_THE_FORM) == expected
    assert formula(rule(**keys), of, ON_THE_FORM, blank="") == expected.replace('="",0,', '="","",', 1)


def test_no_units_no_points() -> None:
    for keys, of, _ in FORMULAS:
        nothing = score(rule(**keys), of, columns())
        assert (nothing.points.tolist(), nothing.words) == ([], [])


def test_a_file_that_declares_a_method_is_found_and_has_its_name() -> None:
    files = {path.stem: path.read_text("utf-8") for path in (Path(pipeline.__file__).parent / "methods").glob("*.py")}
    declaring = {name: re.findall(r'^    method: Literal\["(.*)"\]$', text, re.M) for name, text in files.items()}
    assert {name: methods for name, methods in declaring.items() if methods} == {name: [name] for name in METHODS}
    assert list(METHODS) == sorted(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_the_test_file_of_each_method_declares_what_the_tests_of_all_need(method: str) -> None:
    assert undeclared(method) == []


DESCRIBED = [(method, *each) for method, rules in of_each_method("DESCRIBED").items() for each in rules]


@pytest.mark.parametrize(("method", "parameters", "of", "words"), DESCRIBED)
def test_a_rule_is_described_with_its_parameters(
    method: str, parameters: dict[str, Any], of: Scale, words: str
) -> None:
    with i18n.using_language("en"):
        assert rule(method=method, **parameters).describe(of) == words


@pytest.mark.parametrize("method", METHODS)
def test_each_method_is_explained_to_officers_with_an_example_that_is_right(method: str) -> None:
    assert VIETNAMESE.get(METHODS[method].about), f"{method}: say about = N_(...), run make messages and translate it"
    bloc = example_bloc(of_each_method("EXAMPLE")[method])
    assert list(bloc.rubric.criteria.values())[-1][1].method.method == method
    assert list(bloc_faults(bloc, 2)) == []


NEW_METHOD = '''
from typing import Literal

from pipeline.methods.expression import ACTUAL
from pipeline.methods.method import Case, Method


class Squared(Method):
    """The result times itself."""

    method: Literal["squared"]

    def cases(self, scale):
        return (Case(None, ACTUAL * ACTUAL, "{actual} squared is {points}"),)
'''

USE_IT = """
from decimal import Decimal
import numpy as np
from pipeline.methods.method import Scale, formula, score
from pipeline.rules.rubric import Criterion

criterion = Criterion(code="X", name="X", points=10, score={"method": "squared"})
blank, text = np.full(3, np.nan), np.array([""] * 3, object)
columns = {"target": blank, "actual": np.array([2.5, 9, np.nan]), "claimed": blank, "choice": text}
print(*score(criterion.method, Scale(Decimal(10)), columns).points)
print(formula(criterion.method, Scale(Decimal(10)), {"target": "E7", "actual": "F7", "claimed": "H7"}))
"""


def test_a_file_dropped_in_is_a_method(tmp_path: Path) -> None:
    shutil.copytree(Path(pipeline.__file__).parent, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pipeline" / "methods" / "squared.py").write_text(NEW_METHOD, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", USE_IT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "6.25 10.0 0.0",
        '=IF(F7="",0,ROUND(MAX(0,MIN(10,F7*F7)),2))',
    ], done.stderr

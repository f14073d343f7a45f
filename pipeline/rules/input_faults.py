"""What can be wrong with the named inputs of a criterion in a rule file.

In: a criterion or a rubric. Out: a :class:`~pipeline.rule_model.Fault` for every input whose bounds or code do not fit,
that its scoring method does not use, or that the method names and nobody declares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipeline.i18n import _
from pipeline.methods.grammar import reserved
from pipeline.methods.inputs import Input, row_code
from pipeline.methods.method import Scale
from pipeline.rule_model import Fault, KeyPath, one_of, repeated
from pipeline.rules.rubric import Criterion, Rubric


def input_faults(
    criterion: Criterion, scale: Scale, place: KeyPath, already_wrong: Collection[KeyPath]
) -> Iterator[Fault]:
    """What is wrong with the inputs of the criterion at ``place``, and between its method and those of its scale.

    ``already_wrong``: where the method itself has a fault. A formula reports an unknown name by itself, with its place
    in the text, and of one that cannot be read nobody knows which inputs it uses.
    """
    yield from repeated(criterion.inputs, (*place, "inputs"))
    for n, each in enumerate(criterion.inputs):
        yield from _own_faults(each, (*place, "inputs", n))
    declared = {each.code.casefold(): each.code for each in scale.inputs}
    for path, name in criterion.method.inputs:
        if name.casefold() not in declared and path not in already_wrong:
            yield Fault(
                (*place, "score", *path),
                _("there is no input {code}").format(code=name),
                one_of(declared.values(), _("declare it under inputs of this criterion")),
            )
    used = {name.casefold() for _path, name in criterion.method.inputs}
    for n, each in enumerate(criterion.inputs):
        if each.code.casefold() not in used and not already_wrong:
            yield Fault(
                (*place, "inputs", n, "code"),
                _("the scoring method does not use input {code}").format(code=each.code),
                _("name it under score, or remove it here"),
            )


def _own_faults(each: Input, place: KeyPath) -> Iterator[Fault]:
    """What is wrong with one input, whatever the scoring method is."""
    if each.code.casefold() in reserved():
        yield Fault(
            (*place, "code"),
            _("{code} is a word of formulas").format(code=each.code),
            _("give the input another code, for example {code}1").format(code=each.code),
        )
    if each.high is not None and each.high <= each.low:
        yield Fault(
            (*place, "high"),
            _("high {high} is not above low {low}").format(high=each.high, low=each.low),
            _("write a value above {low}").format(low=each.low),
        )
    if each.yes_no and (each.unit or each.whole or each.high is not None or each.low):
        yield Fault(
            (*place, "yes_no"),
            _("an answer of yes or no has no unit of measure and no bounds"),
            _("remove unit, low, high and whole, or remove yes_no"),
        )


def clash_faults(rubric: Rubric) -> Iterator[Fault]:
    """A criterion whose code is that of another's input: both rows would carry it."""
    criteria = {code.casefold(): code for code in rubric.criteria}
    for g, group in enumerate(rubric.groups):
        for c, criterion in enumerate(group.criteria):
            for n, each in enumerate(criterion.inputs):
                code = row_code(criterion.code, each.code)
                if code.casefold() in criteria:
                    yield Fault(
                        ("groups", g, "criteria", c, "inputs", n, "code"),
                        _("the row {code} of this input has the code of a criterion").format(code=code),
                        _("give the input another code"),
                    )

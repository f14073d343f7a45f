"""An edited rubric brought into its rule file: only what differs is changed, and only if the result is sound.

In: the workbook's path and the year's rules. Out: the changes and the new text of the bloc's file
(:func:`plan_edit`), then the file itself, replaced in one step (:func:`apply_edit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.new_files import write_whole
from pipeline.rubric_workbook.entries import Address, entries, full_label
from pipeline.rubric_workbook.reading import (
    CellFault,
    EntryChange,
    ReturnedRubric,
    WorkbookWrong,
    find_changes,
    nearest_cells,
    read_rubric,
)
from pipeline.rubric_workbook.ruletext import replace_value
from pipeline.rules.rubric import Bloc
from pipeline.rules.yaml_file import Problem, RuleFilesWrong
from pipeline.rules.year import Rules, load_rules

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Edit:
    """What an import does: the bloc's file, its new text, and the changes; none where nothing differs."""

    file: Path
    text: str
    changes: tuple[EntryChange, ...]


def bloc_of(rules: Rules, code: str) -> Bloc:
    """The bloc of that code. Raises UserFault."""
    for bloc in rules.blocs:
        if bloc.code == code:
            return bloc
    raise UserFault(
        _("there is no bloc {code}").format(code=code),
        _("Use one of: {codes}").format(codes=", ".join(bloc.code for bloc in rules.blocs)),
    )


def plan_edit(workbook: Path, rules: Rules) -> Edit:
    """What the workbook changes. Writes nothing. Raises WorkbookWrong, UserFault or RuleFilesWrong."""
    returned = read_rubric(workbook, rules.plan.limits)
    bloc = bloc_of(rules, returned.bloc)
    changes = find_changes(returned, bloc)
    file = rules.bloc_files[bloc.code]
    text = file.read_bytes().removeprefix(BOM).decode()
    edit = Edit(file, _edited(text, changes, file), tuple(changes))
    if changes:
        _check(edit, rules, bloc, returned)
    return edit


def apply_edit(edit: Edit) -> None:
    """Put the new text into the rule file, in one step. Raises OSError."""
    mark = BOM if edit.file.read_bytes().startswith(BOM) else b""
    write_whole(edit.file, mark + edit.text.encode(), like=edit.file)


def _edited(text: str, changes: Sequence[EntryChange], file: Path) -> str:
    """The text with all changes. Raises WorkbookWrong where a value stands in another file."""
    faults = []
    for change in changes:
        new = replace_value(text, change.entry.address, change.value)
        if new is None:
            faults.append(_elsewhere(change, file))
        else:
            text = new
    if faults:
        raise WorkbookWrong(faults)
    return text


def _elsewhere(change: EntryChange, file: Path) -> CellFault:
    return change.cell.fault(
        _("{name} does not stand in {file} by itself").format(name=full_label(change.entry), file=file),
        _("change it by hand in the file that this one extends, or write it out in this one"),
    )


# --- is the result sound? -----------------------------------------------------------------------------


def _check(edit: Edit, rules: Rules, bloc: Bloc, returned: ReturnedRubric) -> None:
    """Read all rules with the new text in the file's place, and see that the changes, and nothing else, came about.

    Raises WorkbookWrong, or RuleFilesWrong where a problem belongs to no cell.
    """
    try:
        result = load_rules(rules.folder, {edit.file: edit.text})
    except RuleFilesWrong as wrong:
        faults = [_at_cell(problem, bloc, returned) for problem in wrong.problems]
        raise WorkbookWrong(faults) from wrong
    changed = {change.entry.address: change for change in edit.changes}
    expected = {address: entry.value for address, entry in entries(bloc).items()} | {
        address: change.value for address, change in changed.items()
    }
    actual = {address: entry.value for address, entry in entries(bloc_of(result, bloc.code)).items()}
    wrong_ones = [address for address in expected | actual if actual.get(address) != expected.get(address)]
    if wrong_ones or (result.plan, result.awards) != (rules.plan, rules.awards):
        blamed = [change for address, change in changed.items() if address in wrong_ones] or edit.changes
        raise WorkbookWrong(_elsewhere(change, edit.file) for change in blamed)


def _at_cell(problem: Problem, bloc: Bloc, returned: ReturnedRubric) -> CellFault:
    """A problem of the rule file at the cell that it comes from, as near as can be told."""
    address = _address(problem.place, bloc)
    cell = next(nearest_cells(returned, address), None)
    if cell is None:
        return CellFault("", "", f"{problem.file}:{problem.line}: {problem.what}", problem.remedy)
    return cell.fault(problem.what, problem.remedy)


def _address(place: Sequence[str | int], bloc: Bloc) -> Address:
    """Codes in the place of the positions of groups, criteria and inputs."""
    parts = list(map(str, place))
    if len(place) > 2 and place[1] == "groups" and isinstance(place[2], int):
        group = bloc.rubric.groups[place[2]]
        parts[2] = group.code
        if len(place) > 4 and place[3] == "criteria" and isinstance(place[4], int):
            criterion = group.criteria[place[4]]
            parts[4] = criterion.code
            if len(place) > 6 and place[5] == "inputs" and isinstance(place[6], int):
                parts[6] = criterion.inputs[place[6]].code
    return tuple(parts)

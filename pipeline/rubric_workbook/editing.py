"""An edited rubric brought into its rule file: only what differs is changed, and only if the result is sound.

In: the workbook's path and the year's rules. Out: the changes and the new text of the bloc's file (:func:`plan`),
then the file itself, replaced in one step (:func:`write`).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.rubric_workbook.entries import Address, entries, full_label
from pipeline.rubric_workbook.reading import CellFault, Change, Returned, WorkbookWrong, changes, located, read
from pipeline.rubric_workbook.ruletext import changed
from pipeline.rules.rubric import Bloc
from pipeline.rules.yaml_file import Problem, RuleFilesWrong
from pipeline.rules.year import Rules, load_rules

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Edit:
    """What an import does: the bloc's file, its new text, and the changes; none where nothing differs."""

    file: Path
    text: str
    changes: tuple[Change, ...]


def bloc_of(rules: Rules, code: str) -> Bloc:
    """The bloc of that code. Raises UserFault."""
    for bloc in rules.blocs:
        if bloc.code == code:
            return bloc
    raise UserFault(
        _("there is no bloc {code}").format(code=code),
        _("Use one of: {codes}").format(codes=", ".join(bloc.code for bloc in rules.blocs)),
    )


def plan(workbook: Path, rules: Rules) -> Edit:
    """What the workbook changes. Writes nothing. Raises WorkbookWrong, UserFault or RuleFilesWrong."""
    returned = read(workbook)
    bloc = bloc_of(rules, returned.bloc)
    found = changes(returned, bloc)
    file = rules.bloc_files[bloc.code]
    text = file.read_bytes().removeprefix(BOM).decode()
    new = _apply(text, found, file)
    if found:
        _check(new, file, rules, bloc, returned, found)
    return Edit(file, new, tuple(found))


def write(edit: Edit) -> None:
    """Put the new text into the rule file, in one step. Raises OSError."""
    mark = BOM if edit.file.read_bytes().startswith(BOM) else b""
    beside = edit.file.with_name(f".{edit.file.name}.moi")
    try:
        beside.write_bytes(mark + edit.text.encode())
        shutil.copymode(edit.file, beside)
        beside.replace(edit.file)
    finally:
        beside.unlink(missing_ok=True)


def _apply(text: str, found: Sequence[Change], file: Path) -> str:
    """The text with all changes. Raises WorkbookWrong where a value stands in another file."""
    faults = []
    for change in found:
        new = changed(text, change.entry.address, change.value)
        if new is None:
            faults.append(_elsewhere(change, file))
        else:
            text = new
    if faults:
        raise WorkbookWrong(faults)
    return text


def _elsewhere(change: Change, file: Path) -> CellFault:
    return change.cell.fault(
        _("{name} does not stand in {file} by itself").format(name=full_label(change.entry), file=file),
        _("change it by hand in the file that this one extends, or write it out in this one"),
    )


# --- is the result sound? -----------------------------------------------------------------------------


def _check(text: str, file: Path, rules: Rules, bloc: Bloc, returned: Returned, found: Sequence[Change]) -> None:
    """Read all rules with the new text in the file's place. Raises WorkbookWrong, or RuleFilesWrong where what is
    wrong belongs to no cell."""
    try:
        result = load_rules(rules.folder, {file: text})
    except RuleFilesWrong as wrong:
        faults = [_at_cell(problem, bloc, returned) for problem in wrong.problems]
        raise WorkbookWrong(faults) from wrong
    wanted = entries(bloc)
    said = {change.entry.address: change for change in found}
    now = {address: entry.value for address, entry in entries(bloc_of(result, bloc.code)).items()}
    expected = {address: said[address].value if address in said else each.value for address, each in wanted.items()}
    wrong_ones = [address for address in expected | now if now.get(address) != expected.get(address)]
    if wrong_ones or (result.plan, result.awards) != (rules.plan, rules.awards):
        blamed = [change for address, change in said.items() if address in wrong_ones] or list(found)
        raise WorkbookWrong(_elsewhere(change, file) for change in blamed)


def _at_cell(problem: Problem, bloc: Bloc, returned: Returned) -> CellFault:
    """A problem of the rule file at the cell that it comes from, as near as can be told."""
    address = _address(problem.place, bloc)
    cell = next(located(returned, address), None)
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

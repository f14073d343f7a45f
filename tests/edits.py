"""What people do to a form in a spreadsheet, at random: insert, copy, merge, paste, sort, rename, hide, format.

In: a form in which every number that a unit enters stands nowhere else. Out: the edited form, and of each place what
the unit typed there: a number that counts is that one, or something is said. Where an edit leaves two numbers in one
place, or shows another number than the file holds, the place has no number that may count in silence.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.declared import META_SHEET, TABLE, sheet_title
from pipeline.forms.writing.workbook import write_form
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests.filled import UNIT_SHEET

Place = tuple[str, str, str]
"""Table, code of the row (of a model its name), field."""

TYPED: dict[Place, float] = {
    ("results", "KT1", "target"): 311.5,
    ("results", "KT1", "actual"): 297.25,
    ("results", "KT2", "target"): 4.75,
    ("results", "KT2", "actual"): 3.85,
    ("results", "VH1", "actual"): 93.65,
    ("results", "AN1", "actual"): 13,
    ("results", "TD1", "claimed"): 8.35,
    ("results", "T1", "actual"): 17,
    ("models", "Đường hoa", "cost"): 37.45,
    ("models", "Đèn đường", "cost"): 58.15,
    ("movements", "PT1", "participants"): 127,
    ("movements", "PT2", "participants"): 83,
}
CHOSEN = {"VH2": "Tốt", "VH3": "Có", "P2": "Không"}
SHEETS = {sheet_title(TABLE[code]): code for code in ("results", "models", "movements")}
KEYS = {"results": "criterion", "models": "name", "movements": "movement"}


def original(rules: Rules, of: Round) -> bytes:
    """The form before the edits."""
    rows: dict[str, dict[str, dict[str, Any]]] = {code: {} for code in KEYS}
    for (table, key, name), value in TYPED.items():
        rows[table].setdefault(key, {KEYS[table]: key})[name] = value
    rows["results"] |= {code: {"criterion": code, "actual": level} for code, level in CHOSEN.items()}
    rows["results"]["TD1"]["evidence"] = "Kế hoạch số 01/KH-UBND"
    for row in rows["models"].values():
        row |= {"kind": "Mô hình", "content": "Nhân dân cùng làm"}
    for row in rows["movements"].values():
        row["activities"] = "Họp dân"
    entries = {"unit": [{"item": item, "value": value} for item, value in UNIT_SHEET.items()]}
    target = io.BytesIO()
    write_form(target, RoundContext(rules, of), "thon-1", entries | {code: list(rows[code].values()) for code in rows})
    return target.getvalue()


@dataclass
class Edited:
    """``typed``: place -> the number that stands there, NaN where it is blank; None: none may count in silence."""

    book: openpyxl.Workbook
    typed: dict[Place, float | None] = field(default_factory=lambda: dict(TYPED))
    unsettled: set[Place] = field(default_factory=set)
    steps: list[str] = field(default_factory=list)

    def unsettle(self, place: Place) -> None:
        """Two numbers stand for the place, or it shows another than it holds: typing into it settles nothing."""
        self.typed[place] = None
        self.unsettled.add(place)

    def sheets(self) -> list[Worksheet]:
        """The form's own sheets that hold numbers, by the names they were given first."""
        return [self.book[name] for name in self.book.sheetnames if name in SHEETS]


@dataclass(frozen=True)
class Lie:
    """Where a table lies on its sheet: the row of codes, field -> columns, key -> rows; all counted from 1."""

    table: str
    head: int
    columns: dict[str, list[int]]
    rows: dict[str, list[int]]

    @property
    def last(self) -> int:
        """The last row with a key."""
        return max((row for rows in self.rows.values() for row in rows), default=self.head + 2)


def lie_of(sheet: Worksheet) -> Lie | None:
    """None where the codes or the keys are lost."""
    table = SHEETS[sheet.title]
    codes = {each.code for each in TABLE[table].fields}
    for line in sheet.iter_rows(max_row=30):
        columns: dict[str, list[int]] = {}
        for cell in line:
            if cell.value in codes:
                columns.setdefault(str(cell.value), []).append(cell.column)
        if len(columns) > 2 and KEYS[table] in columns:
            keys = {key for place, key, _field in TYPED if place == table} | set(CHOSEN)
            rows: dict[str, list[int]] = {}
            for row in range(line[0].row + 1, sheet.max_row + 1):
                key = sheet.cell(row, columns[KEYS[table]][0]).value
                if key in keys:
                    rows.setdefault(str(key), []).append(row)
            return Lie(table, line[0].row, columns, rows)
    return None


Edit = Callable[[Edited, Worksheet, Lie, Random], str]


def _some_place(edited: Edited, lie: Lie, chance: Random) -> tuple[Place, int, int]:
    """A place that still is there, with its row and column."""
    there = [
        (place, chance.choice(lie.rows[place[1]]), chance.choice(lie.columns[place[2]]))
        for place in edited.typed
        if place[0] == lie.table and place[1] in lie.rows and place[2] in lie.columns
    ]
    return chance.choice(there)


def _retyped(edited: Edited, lie: Lie, place: Place, number: float | None) -> None:
    """The place has that number now; none that is certain where the place is there twice."""
    alone = len(lie.rows[place[1]]) == len(lie.columns[place[2]]) == 1
    edited.typed[place] = number if alone and place not in edited.unsettled else None


# --- rows and columns ---------------------------------------------------------------------------------


def insert_row(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A blank row somewhere."""
    at = chance.randint(1, lie.last + 1)
    sheet.insert_rows(at)
    return f"row {at}"


def insert_column(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A blank column somewhere."""
    at = chance.randint(1, sheet.max_column + 1)
    sheet.insert_cols(at)
    return f"column {at}"


def delete_row(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A row of the table, or of what stands above it."""
    if any(len(each) > 1 for each in (*lie.rows.values(), *lie.columns.values())):
        return "nothing"  # which of two was right is no longer to be seen
    at = chance.randint(1, lie.last)
    sheet.delete_rows(at)
    for place in edited.typed:
        if place[0] == "models" == lie.table and at in lie.rows.get(place[1], ()):
            edited.typed[place] = math.nan
    return f"row {at}"


def delete_column(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A column of the table."""
    if any(len(each) > 1 for each in (*lie.rows.values(), *lie.columns.values())):
        return "nothing"  # which of two was right is no longer to be seen
    at = chance.randint(1, sheet.max_column)
    sheet.delete_cols(at)
    return f"column {at}"


def copy_row(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A row with its code stands there again, before or after, perhaps with other numbers."""
    if lie.table == "models":
        return "nothing"  # two models of one name are two
    place, row, _column = _some_place(edited, lie, chance)
    values = [cell.value for cell in sheet[row]]
    changed = chance.random() < 0.6
    at = chance.choice((row, row + 1, lie.last + 1))
    sheet.insert_rows(at)
    for column, value in enumerate(values, start=1):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        sheet.cell(at, column).value = value + 0.5 if changed and is_number else value
    for each in edited.typed:
        if changed and each[:2] == place[:2]:
            edited.unsettle(each)
    return f"{place[1]} at {at}" + " changed" * changed


def copy_column(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A column with its code and heading stands there again, perhaps with another number in one of its rows."""
    place, row, column = _some_place(edited, lie, chance)
    values = {cell.row: cell.value for line in sheet.iter_rows(min_col=column, max_col=column) for cell in line}
    if chance.random() < 0.4:
        values[lie.head] = None  # the code is lost, the heading stays
    changed = chance.random() < 0.6
    at = chance.choice((column, column + 1, 1))
    sheet.insert_cols(at)
    for number, value in values.items():
        sheet.cell(number, at).value = value
    if changed:
        sheet.cell(row, at).value = 555
        edited.unsettle(place)
    return f"{place} at {at}" + " changed" * changed


def sort_rows(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """Rows of the table change places as wholes."""
    rows = [row for rows in lie.rows.values() for row in rows]
    lines = [[(cell.value, cell.number_format) for cell in sheet[row]] for row in rows]
    chance.shuffle(lines)
    for row, line in zip(rows, lines, strict=True):
        for column, (value, style) in enumerate(line, start=1):
            sheet.cell(row, column).value, sheet.cell(row, column).number_format = value, style
    return "all"


def swap_columns(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """Two columns change places as wholes."""
    one, other = (chance.choice(chance.choice(list(lie.columns.values()))) for _each in range(2))
    for row in range(lie.head, sheet.max_row + 1):
        left, right = sheet.cell(row, one), sheet.cell(row, other)
        left.value, right.value = right.value, left.value
        left.number_format, right.number_format = right.number_format, left.number_format
    return f"{one} and {other}"


def shift_down(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """The cells of a column move down by a row; the unit sees each beside the code of the next row, and leaves it."""
    place, _row, column = _some_place(edited, lie, chance)
    key_of = {rows[0]: key for key, rows in lie.rows.items() if len(rows) == 1}
    numbers = list(range(min(key_of, default=lie.last), lie.last + 1))
    values = [sheet.cell(row, column).value for row in numbers]
    typed = [edited.typed.get((lie.table, key_of.get(row, ""), place[2]), math.nan) for row in numbers]
    for row, value, number in zip(numbers, [None, *values], [math.nan, *typed], strict=False):
        sheet.cell(row, column).value = value
        each = (lie.table, key_of.get(row, ""), place[2])
        if each in edited.typed:
            _retyped(edited, lie, each, number)
    return f"{place[2]}"


# --- cells --------------------------------------------------------------------------------------------


def paste(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A number of another cell is pasted over one."""
    place, row, column = _some_place(edited, lie, chance)
    other, other_row, other_column = _some_place(edited, lie, chance)
    value = sheet.cell(other_row, other_column).value
    sheet.cell(row, column).value = value
    _retyped(edited, lie, place, edited.typed[other])
    return f"{place} = {value}"


def retype(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """The number as a text, as people type it."""
    place, row, column = _some_place(edited, lie, chance)
    value = sheet.cell(row, column).value
    if not isinstance(value, (int, float)):
        return "nothing"
    comma = f"{value}".replace(".", ",")
    text = chance.choice((comma, f" {comma} ", f"{value}", f"{comma}.", f"\u200b{comma}", f"{comma}\u00a0"))
    sheet.cell(row, column).value = text
    _retyped(edited, lie, place, value)
    return f"{place} = {text!r}"


def mistype(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """What is no number, or not that one, to a reader who guesses."""
    place, row, column = _some_place(edited, lie, chance)
    texts = ("1O", "4²", "khoảng 5", "5-6", "5/12", "#N/A", "=1+1", "=B3", "5 tỷ", "12 %", "1e3", "5.000")
    text = chance.choice(texts)
    sheet.cell(row, column).value = text
    edited.typed[place] = None
    return f"{place} = {text!r}"


LOOKS_ALIKE = ("General", "0.00", "#,##0.00", "@", "#,##0.0000", "0.0##", "0.00;[Red]-0.00", "_(* #,##0.00_)")
LOOKS_OTHERWISE = ("0%", "0.00%", "dd/mm/yyyy", "d/m", "0,", '0.00" tỷ"', ";;;", '"x"', "hh:mm", "0.0,,", '# ?/?"%"')


def reformat(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """Another number format; some show another number."""
    place, row, column = _some_place(edited, lie, chance)
    style = chance.choice(LOOKS_ALIKE + LOOKS_OTHERWISE)
    sheet.cell(row, column).number_format = style
    if style in LOOKS_OTHERWISE and isinstance(sheet.cell(row, column).value, (int, float)):
        edited.unsettle(place)
    return f"{place} {style}"


def merge(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A cell is merged with its neighbours; what stood in these is lost."""
    _place, row, column = _some_place(edited, lie, chance)
    top, left = row - chance.choice((0, 0, 1)), max(1, column - chance.choice((0, 0, 1)))
    bottom, right = row + chance.choice((0, 1, 2)), column + chance.choice((0, 1))
    try:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    except (AttributeError, ValueError):  # over another merge, which Excel does not do
        return "nothing"
    return f"{top},{left} to {bottom},{right}"


# --- sheets -------------------------------------------------------------------------------------------


def rename_sheet(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A sheet gets another name, perhaps that of a table it does not hold."""
    sheet.title = chance.choice(("Sheet1", "Bang 1", f"{sheet.title[:25]} (2)", "Kết quả"))
    return sheet.title


def hide(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A row, a column or a sheet is hidden, or the hidden ones are shown."""
    what = chance.randrange(4)
    if what == 0:
        sheet.row_dimensions[chance.randint(1, lie.last)].hidden = True
    elif what == 1:
        sheet.column_dimensions[openpyxl.utils.get_column_letter(chance.randint(1, sheet.max_column))].hidden = True
    elif what == 2:
        sheet.sheet_state = "hidden"
    else:
        sheet.row_dimensions[lie.head].hidden = False
    return str(what)


def copy_sheet(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """A sheet stands there again, before or after, with the same or another number, or the original left blank."""
    twin = edited.book.copy_worksheet(sheet)
    twin.title = chance.choice((f"{sheet.title[:25]} (2)", "Sheet1", "Bản sao"))
    if chance.random() < 0.5:
        edited.book.move_sheet(twin, -len(edited.book.sheetnames) + 1)
    changed = chance.random() < 0.6
    if changed:
        place, row, column = _some_place(edited, lie, chance)
        chance.choice((sheet, twin)).cell(row, column).value = chance.choice((777, None))
        edited.unsettle(place)
    return twin.title + " changed" * changed


def move_sheet(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """Sheets in another order."""
    edited.book.move_sheet(sheet, chance.randint(-8, 8))
    return sheet.title


def paste_table(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """The table stands once more on its sheet, below or beside, with another number in one place."""
    below = chance.random() < 0.5
    first = chance.choice((lie.head, lie.head + 1))  # with its codes, or with its headings alone
    down, right = (lie.last + 4 - first, 0) if below else (0, sheet.max_column + 1)
    place, row, column = _some_place(edited, lie, chance)
    for line in list(sheet.iter_rows(min_row=first, max_row=lie.last)):
        for cell in line:
            if cell.value is not None:
                sheet.cell(cell.row + down, cell.column + right).value = cell.value
    sheet.cell(row + down, column + right).value = 666
    if lie.table == "models":
        return "more models"
    edited.unsettle(place)
    return f"{place} {'below' if below else 'beside'} from {first}"


def lose_codes(edited: Edited, sheet: Worksheet, lie: Lie, chance: Random) -> str:
    """The hidden row of codes is cleared or deleted, or the hidden sheet is."""
    what = chance.randrange(3)
    if what == 0:
        sheet.delete_rows(lie.head)
    elif what == 1:
        for cell in sheet[lie.head]:
            cell.value = None
    elif META_SHEET in edited.book.sheetnames:
        del edited.book[META_SHEET]
    return str(what)


EDITS: tuple[Edit, ...] = (
    *(insert_row, insert_column, delete_row, delete_column, copy_row, copy_column, sort_rows, swap_columns),
    *(shift_down, paste, retype, mistype, reformat, merge, rename_sheet, hide, copy_sheet),
    *(move_sheet, paste_table, lose_codes),
)


def edited_at_random(content: bytes, chance: Random, most: int = 3, kinds: tuple[Edit, ...] = EDITS) -> Edited:
    """The form after one to so many edits."""
    edited = Edited(openpyxl.load_workbook(io.BytesIO(content)))
    for _time in range(chance.randint(1, most)):
        sheets = edited.sheets()
        sheet = chance.choice(sheets) if sheets else None
        lie = lie_of(sheet) if sheet else None
        if sheet is None or lie is None or not any(key in lie.rows for _table, key, _field in edited.typed):
            break
        edit = chance.choice(kinds)
        try:
            edited.steps.append(f"{edit.__name__} on {sheet.title}: {edit(edited, sheet, lie, chance)}")
        except (IndexError, AttributeError):  # nothing left to edit there
            break
    return edited


def saved(edited: Edited) -> bytes:
    """The edited form as a file."""
    target = io.BytesIO()
    edited.book.save(target)
    return target.getvalue()

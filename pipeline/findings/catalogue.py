"""The catalogue of findings: everything that can be wrong with what came in, each with a stable code.

An entry says what is wrong and what to do about it, in this order; the place comes from the finding
(:mod:`pipeline.findings.finding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.i18n import N_, _


class Severity(StrEnum):
    """``error`` sends the form back; ``warning`` accepts it and asks; ``note`` tells how a value was read."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Entry:
    """A catalogue entry: severity, what is wrong and the remedy (msgids with named placeholders)."""

    severity: Severity
    what: str
    remedy: str


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Code(StrEnum):
    """Stable codes, written to findings.csv."""

    # the file as a whole
    EMPTY_FILE = "empty-file"
    BROKEN_FILE = "broken-file"
    NOT_A_WORKBOOK = "not-a-workbook"
    ARCHIVE = "archive"
    NOT_A_FORM = "not-a-form"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too-large"
    TOO_MANY_PARTS = "too-many-parts"
    UNPACKS_TOO_LARGE = "unpacks-too-large"
    PACKED_TOO_TIGHTLY = "packed-too-tightly"
    FALSE_CONTENTS = "false-contents"
    OVERLAPPING_PARTS = "overlapping-parts"
    REPEATED_PART = "repeated-part"
    PART_OUTSIDE = "part-outside"
    DOCTYPE = "doctype"
    NESTED_ARCHIVE = "nested-archive"
    HUGE_RANGE = "huge-range"
    UNREADABLE = "unreadable"
    READER_TIMEOUT = "reader-timeout"
    READER_MEMORY = "reader-memory"
    READER_CRASH = "reader-crash"
    SECOND_READER = "second-reader"
    CHANGED_WHILE_READ = "changed-while-read"
    IN_USE = "in-use"
    PARTIAL_DOWNLOAD = "partial-download"
    FOLDER = "folder"
    LINK = "link"
    SPECIAL = "special-file"
    LOCK_FILE = "lock-file"
    SYSTEM_FILE = "system-file"
    NAME_LIES = "name-lies"
    ODD_NAME = "odd-name"
    ALIKE_NAMES = "alike-names"
    HAS_MACROS = "has-macros"
    EXTERNAL_LINKS = "external-links"
    EMBEDDED_OBJECTS = "embedded-objects"
    WRONG_PLAN = "wrong-plan"
    WRONG_YEAR = "wrong-year"
    WRONG_ROUND = "wrong-round"
    UNKNOWN_UNIT = "unknown-unit"
    OLD_VERSION = "old-version"
    OTHER_RULES = "other-rules"
    META_LOST = "meta-lost"
    UNIT_MISMATCH = "unit-mismatch"
    BLANK_FORM = "blank-form"
    SAME_MOMENT = "same-moment"
    # its parts
    MISSING_SHEET = "missing-sheet"
    REPEATED_SHEET = "repeated-sheet"
    MISSING_COLUMN = "missing-column"
    MISSING_ROW = "missing-row"
    UNKNOWN_ROW = "unknown-row"
    ROW_WITHOUT_CODE = "row-without-code"
    REPEATED_ROW = "repeated-row"
    # a cell
    BLANK_REQUIRED = "blank-required"
    NOT_A_NUMBER = "not-a-number"
    DATE_FOR_NUMBER = "date-for-number"
    NUMBER_NOTED = "number-noted"
    NUMBER_AMBIGUOUS = "number-ambiguous"
    NONE_AS_ZERO = "none-as-zero"
    OTHER_MEASURE = "other-measure"
    WRONG_MEASURE = "wrong-measure"
    PERCENT_AS_SHARE = "percent-as-share"
    NOT_WHOLE = "not-whole"
    TOO_LOW = "too-low"
    TOO_HIGH = "too-high"
    OVER_POINTS = "over-points"
    FAR_FROM_TARGET = "far-from-target"
    NOT_IN_LIST = "not-in-list"
    NOT_A_DATE = "not-a-date"
    DATE_OUT_OF_YEAR = "date-out-of-year"
    TOO_LONG = "too-long"
    NO_EVIDENCE = "no-evidence"
    OURS_CHANGED = "ours-changed"
    CLOSED_ROW = "closed-row"
    TOO_FEW_ROWS = "too-few-rows"
    # the receipt book
    RECEIPT_UNKNOWN = "receipt-unknown"
    RECEIPT_NO_TIME = "receipt-no-time"
    RECEIPT_TWICE = "receipt-twice"
    RECEIPT_UNLIKELY = "receipt-unlikely"
    RECEIPT_NO_HEADINGS = "receipt-no-headings"
    # appraisal and council papers
    PAPER_META_LOST = "paper-meta-lost"
    PAPER_UNKNOWN_BLOC = "paper-unknown-bloc"
    PAPER_SAME_MOMENT = "paper-same-moment"
    PAPER_OLDER = "paper-older"
    PAPER_NO_ROWS = "paper-no-rows"
    PAPER_UNKNOWN_UNIT = "paper-unknown-unit"
    PAPER_UNKNOWN_CRITERION = "paper-unknown-criterion"
    PAPER_REPEATED = "paper-repeated"
    PAPER_NO_POINTS = "paper-no-points"
    PAPER_CLOSED = "paper-closed"
    PAPER_BOUNDS = "paper-bounds"
    PAPER_DECIMALS = "paper-decimals"
    PAPER_CONFLICT = "paper-conflict"
    PAPER_NO_REASON = "paper-no-reason"
    PAPER_VOTES = "paper-votes"


CATALOGUE: dict[Code, Entry] = {
    Code.EMPTY_FILE: Entry(
        E,
        N_("the file is empty (0 bytes)"),
        N_("If it is still being copied, run again afterwards; else ask the unit to send it again."),
    ),
    Code.BROKEN_FILE: Entry(
        E,
        N_("the file is broken or was copied only in part"),
        N_("Copy it again; if it still does not open in Excel, ask the unit to send it again."),
    ),
    Code.NOT_A_WORKBOOK: Entry(
        E,
        N_("the file is no Excel workbook but {kind}"),
        N_("Keep it elsewhere, or ask the unit for the form itself (.xlsx, .xls or .ods)."),
    ),
    Code.ARCHIVE: Entry(
        E,
        N_("the file is {kind}; what is packed in it is not read"),
        N_("Unpack it and put the forms themselves into the inbox."),
    ),
    Code.NOT_A_FORM: Entry(
        E,
        N_("the workbook is not a form of this plan: no sheet carries the form's headings"),
        N_("Ask the unit to fill in the form that was issued to it."),
    ),
    Code.ENCRYPTED: Entry(
        E,
        N_("the workbook is protected by a password for opening"),
        N_("Ask the unit to send it without a password (File – Info – Protect Workbook – Encrypt, then clear it)."),
    ),
    Code.TOO_LARGE: Entry(
        E,
        N_("the file has {found} MB, more than the {limit} MB that a form can have"),
        N_("Ask the unit to remove pictures and send the form again; evidence is sent apart."),
    ),
    Code.TOO_MANY_PARTS: Entry(
        E,
        N_("inside, the file is made up of {found} parts, more than the {limit} that a form can have"),
        N_("It was not opened. Ask the unit to copy what it entered into a fresh form."),
    ),
    Code.UNPACKS_TOO_LARGE: Entry(
        E,
        N_("unpacked, the file would fill {found} MB, more than the {limit} MB that a form can have"),
        N_("It was not opened. Ask the unit to copy what it entered into a fresh form, without pictures."),
    ),
    Code.PACKED_TOO_TIGHTLY: Entry(
        E,
        N_("its part “{part}” is packed {found} to 1; a form reaches {limit} to 1 at most"),
        N_("It was not opened, for files made to fill the memory look like this. Ask the unit for a fresh form."),
    ),
    Code.FALSE_CONTENTS: Entry(
        E,
        N_("the file's inner table of contents does not agree with what it holds (part “{part}”)"),
        N_("It was not opened. Ask the unit to save the form anew in Excel or LibreOffice and to send it again."),
    ),
    Code.OVERLAPPING_PARTS: Entry(
        E,
        N_("its parts “{part}” and “{other}” lie in one another"),
        N_("It was not opened, for files made to fill the memory look like this. Ask the unit for a fresh form."),
    ),
    Code.REPEATED_PART: Entry(
        E,
        N_("its part “{part}” is there twice, so that two programs may read two different things"),
        N_("It was not opened. Ask the unit to save the form anew in Excel or LibreOffice and to send it again."),
    ),
    Code.PART_OUTSIDE: Entry(
        E,
        N_("its part “{part}” is named so that unpacking it would write outside the file's own folder"),
        N_("It was not opened. Ask the unit for a fresh form, and where this file comes from."),
    ),
    Code.DOCTYPE: Entry(
        E,
        N_("its part “{part}” declares a document type of its own, which no spreadsheet program does"),
        N_("It was not opened, for this can be used to read other files. Ask the unit for a fresh form."),
    ),
    Code.NESTED_ARCHIVE: Entry(
        E,
        N_("the workbook hides another archive inside it (part “{part}”)"),
        N_("It was not opened. Ask the unit to send the form without it; evidence is sent apart."),
    ),
    Code.HUGE_RANGE: Entry(
        E,
        N_("sheet “{sheet}” claims cells as far as {found}, far beyond a form"),
        N_("Ask the unit to copy what it entered into a fresh form."),
    ),
    Code.UNREADABLE: Entry(
        E,
        N_("the file could not be read: {detail}"),
        N_("Close it in other programs, check its permissions, and run again."),
    ),
    Code.READER_TIMEOUT: Entry(
        E,
        N_("reading the file took longer than a form can take, and was stopped"),
        N_("Run again; if this is told once more, ask the unit to copy what it entered into a fresh form."),
    ),
    Code.READER_MEMORY: Entry(
        E,
        N_("reading the file needed more memory than a form can need, and was stopped"),
        N_("Ask the unit to copy what it entered into a fresh form."),
    ),
    Code.READER_CRASH: Entry(
        E,
        N_("the program that reads the file failed on it"),
        N_("Ask the unit to use a fresh form; send this file to whoever looks after the program."),
    ),
    Code.SECOND_READER: Entry(
        N,
        N_("the usual reader could not read the workbook, and a second one did"),
        N_("Compare the results with the file; a form saved anew in Excel or LibreOffice is usually read as usual."),
    ),
    Code.CHANGED_WHILE_READ: Entry(
        W,
        N_("the file changed while it was read: it is still being copied or saved"),
        N_("Wait until it is copied, then run again; until then it counts as not received."),
    ),
    Code.IN_USE: Entry(
        W,
        N_("another program holds the file, so it cannot be read yet"),
        N_("Save and close it in Excel, then run again; until then it counts as not received."),
    ),
    Code.PARTIAL_DOWNLOAD: Entry(
        W,
        N_("the file's name is that of a download or a save that has not ended"),
        N_("Wait until it has ended, then run again; a file that is whole should be renamed to end in .xlsx."),
    ),
    Code.FOLDER: Entry(
        N, N_("this is a folder, not a file; what lies in it is read on its own"), N_("Nothing needs to be done.")
    ),
    Code.LINK: Entry(
        W, N_("this is a link to another place, and links are not followed"), N_("Copy the file itself here.")
    ),
    Code.SPECIAL: Entry(W, N_("this is no ordinary file"), N_("Remove it from the inbox.")),
    Code.LOCK_FILE: Entry(
        N,
        N_("Excel keeps this file while somebody has the form open"),
        N_("Make sure that the form is saved and closed, then run again."),
    ),
    Code.SYSTEM_FILE: Entry(N, N_("the system keeps this file for itself"), N_("Nothing needs to be done.")),
    Code.NAME_LIES: Entry(
        N,
        N_("the name ends in {suffix}, the content is {kind}; it was read by its content"),
        N_("Nothing needs to be done."),
    ),
    Code.ODD_NAME: Entry(
        N,
        N_("the file's name holds characters that cannot be shown; each is written as a code such as \\u202e"),
        N_("Give the file a plain name. Beware: such a name may hide what kind of file it is."),
    ),
    Code.ALIKE_NAMES: Entry(
        N,
        N_("the name looks like that of {other}, but for capitals or the way in which accents are stored"),
        N_("Give each file a name of its own, for on another computer one may replace the other."),
    ),
    Code.HAS_MACROS: Entry(
        W,
        N_("the workbook holds macros; only its values were read, no macro is run or passed on"),
        N_("Ask the unit to use the form as issued, without macros."),
    ),
    Code.EXTERNAL_LINKS: Entry(
        N,
        N_("the workbook takes values from other files; only what stands in its cells was read"),
        N_("Nothing needs to be done if the values are right; nothing was fetched from elsewhere."),
    ),
    Code.EMBEDDED_OBJECTS: Entry(
        N,
        N_("the workbook holds other documents as objects; they were not opened or passed on"),
        N_("Ask the unit to send evidence apart."),
    ),
    Code.WRONG_PLAN: Entry(
        E, N_("this form belongs to plan {found}, not to {expected}"), N_("Ask the unit for the form of this plan.")
    ),
    Code.WRONG_YEAR: Entry(
        E, N_("this form belongs to the year {found}, not to {expected}"), N_("Ask the unit for this year's form.")
    ),
    Code.WRONG_ROUND: Entry(
        E,
        N_("this form belongs to round {found}, not to {expected}"),
        N_("Move it to the inbox of its round, or ask the unit for the form of this round."),
    ),
    Code.UNKNOWN_UNIT: Entry(
        E,
        N_("no unit of the plan has the code “{found}”"),
        N_("Check the code on the sheet “{sheet}”, or add the unit to the rules."),
    ),
    Code.OLD_VERSION: Entry(
        E,
        N_("this form is version {found}; the version in use is {expected}"),
        N_("Send the unit the new form and ask it to copy its entries."),
    ),
    Code.OTHER_RULES: Entry(
        W,
        N_(
            "the rules have changed since this form was issued "
            "(its fingerprint is {found}, that of the rules {expected})"
        ),
        N_("Check the criteria that changed; issue the form anew if the change matters."),
    ),
    Code.META_LOST: Entry(
        W,
        N_("the form's hidden sheet is gone; it was recognised by its headings and codes"),
        N_("Check that the unit and the round are right."),
    ),
    Code.UNIT_MISMATCH: Entry(
        E,
        N_("the form was issued to {expected}, but its unit sheet says {found}"),
        N_("Ask whose form it is; each unit fills in its own."),
    ),
    Code.BLANK_FORM: Entry(
        E, N_("the form came back without any result filled in"), N_("Ask the unit to fill it in and send it again.")
    ),
    Code.SAME_MOMENT: Entry(
        W,
        N_("another file of the same unit was received at the same moment; the one whose name sorts last counts"),
        N_("Write the true times into the receipt book."),
    ),
    Code.MISSING_SHEET: Entry(
        E, N_("sheet “{sheet}” is missing"), N_("Copy the entries into a fresh form; do not delete its sheets.")
    ),
    Code.REPEATED_SHEET: Entry(
        W,
        N_("this sheet is a copy; only sheet “{other}” was read"),
        N_("Delete the copy, after moving to sheet “{other}” what stands only here."),
    ),
    Code.MISSING_COLUMN: Entry(
        E, N_("column “{column}” is missing"), N_("Copy the entries into a fresh form; do not delete its columns.")
    ),
    Code.MISSING_ROW: Entry(
        E, N_("the row of “{name}” is missing"), N_("Copy the entries into a fresh form; do not delete its rows.")
    ),
    Code.UNKNOWN_ROW: Entry(
        W,
        N_("the form knows no code “{entered}”, so this row was not read"),
        N_("Restore the code as issued, or delete the row."),
    ),
    Code.ROW_WITHOUT_CODE: Entry(
        W,
        N_("entries stand in a row that has no code, so they were not read"),
        N_("Enter them in the row that they belong to, and clear this row."),
    ),
    Code.REPEATED_ROW: Entry(
        E, N_("code “{entered}” stands in an earlier row too (row {other})"), N_("Keep one of the two rows.")
    ),
    Code.BLANK_REQUIRED: Entry(E, N_("nothing is entered"), N_("Enter {expected}.")),
    Code.NOT_A_NUMBER: Entry(
        E,
        N_("“{entered}” is not a number"),
        N_("Enter digits only, for example {example}; if there is none, enter 0."),
    ),
    Code.DATE_FOR_NUMBER: Entry(
        E,
        N_("the cell holds a date ({entered}) where a number belongs; Excel makes one of 5/12"),
        N_("Enter a number, for example {example}."),
    ),
    Code.NUMBER_NOTED: Entry(N, N_("“{entered}” was read as {read}"), N_("Nothing needs to be done if that is right.")),
    Code.NUMBER_AMBIGUOUS: Entry(
        W,
        N_("“{entered}” can be read in two ways; it was read as {read}, not as {other}"),
        N_("Enter the number without a thousands separator, for example {example}."),
    ),
    Code.NONE_AS_ZERO: Entry(
        W, N_("“{entered}” was read as 0"), N_("Enter 0 if there is none; if the figure is not known yet, ask for it.")
    ),
    Code.OTHER_MEASURE: Entry(
        W,
        N_("“{entered}” names another unit of measure than “{measure}”; it was read as {read}"),
        N_("Enter the figure in “{measure}”, digits only."),
    ),
    Code.WRONG_MEASURE: Entry(
        E,
        N_("“{entered}” is not given in “{measure}”"),
        N_("Enter the figure in “{measure}”, digits only, for example {example}."),
    ),
    Code.PERCENT_AS_SHARE: Entry(
        W, N_("“{entered}” was read as {read} %"), N_("Enter percentages as 65, not as 0.65.")
    ),
    Code.NOT_WHOLE: Entry(
        E, N_("“{entered}” is not a whole number"), N_("Enter a whole number, for example {example}.")
    ),
    Code.TOO_LOW: Entry(
        E, N_("{entered} is less than {expected}, the least possible"), N_("Check the figure and its unit of measure.")
    ),
    Code.TOO_HIGH: Entry(
        E, N_("{entered} is more than {expected}, the most possible"), N_("Check the figure and its unit of measure.")
    ),
    Code.OVER_POINTS: Entry(
        E, N_("{entered} points are claimed, the standard is {expected}"), N_("Enter at most {expected}.")
    ),
    Code.FAR_FROM_TARGET: Entry(
        W,
        N_("the result {entered} is {times} times the target {expected}"),
        N_("Check both figures and the unit of measure ({measure})."),
    ),
    Code.NOT_IN_LIST: Entry(E, N_("“{entered}” is not in the list"), N_("Choose one of: {expected}.")),
    Code.NOT_A_DATE: Entry(E, N_("“{entered}” is not a date"), N_("Enter day/month/year, for example {example}.")),
    Code.DATE_OUT_OF_YEAR: Entry(
        W, N_("the date {entered} lies outside the plan's time ({expected})"), N_("Check day, month and year.")
    ),
    Code.TOO_LONG: Entry(
        E, N_("the text has {found} characters, at most {expected} fit"), N_("Shorten it; send details apart.")
    ),
    Code.NO_EVIDENCE: Entry(
        W, N_("points are counted without evidence"), N_("Name the document that proves it: number, date, issuer.")
    ),
    Code.OURS_CHANGED: Entry(
        W,
        N_("the prefilled value was changed to “{entered}”; the rubric's {expected} counts"),
        N_("Leave prefilled cells as they were issued."),
    ),
    Code.CLOSED_ROW: Entry(
        W,
        N_("“{entered}” does not count: the unit enters nothing in this row"),
        N_("Leave the row blank, as it was issued."),
    ),
    Code.TOO_FEW_ROWS: Entry(E, N_("at least {expected} row must be filled in, none is"), N_("Fill in the first row.")),
    Code.RECEIPT_UNKNOWN: Entry(
        W,
        N_("“{entered}” is neither a file in the inbox nor the code of a unit"),
        N_("Correct the name, or delete the row."),
    ),
    Code.RECEIPT_NO_TIME: Entry(
        W,
        N_("“{entered}” cannot be read as the day or the time of receipt"),
        N_("Enter the day as 05/12/2023 and the time as 16:05."),
    ),
    Code.RECEIPT_NO_HEADINGS: Entry(
        W,
        N_("the receipt book has no row of headings that names the file (or the unit) and the day"),
        N_("Use the book that lies in the outbox; it has the headings."),
    ),
    Code.RECEIPT_TWICE: Entry(W, N_("“{entered}” stands in the book twice; the last row counts"), N_("Keep one row.")),
    Code.RECEIPT_UNLIKELY: Entry(
        W,
        N_(
            "the day of receipt {entered} of “{file}” is doubtful: the round opened on {opened}, "
            "and on {seen} the file already lay in the inbox"
        ),
        N_("Check the day in the receipt book; until it is corrected, it counts as it stands there."),
    ),
    Code.PAPER_META_LOST: Entry(
        E,
        N_(
            "this seems to be a paper of ours (“{paper}”), but the hidden sheet is missing that says from which data "
            "it was made; nothing in it counts"
        ),
        N_(
            "Enter the points into the file that lies in {folder}/ of the outbox itself; do not copy it into a new one."
        ),
    ),
    Code.PAPER_UNKNOWN_BLOC: Entry(
        E,
        N_("the paper is of bloc “{entered}”, which the plan does not have"),
        N_("Use the paper that lies in the outbox."),
    ),
    Code.PAPER_SAME_MOMENT: Entry(
        W,
        N_("another paper of the same bloc was received at the same moment; the one whose name sorts last counts"),
        N_("Write the true times into the receipt book, or keep one of the papers."),
    ),
    Code.PAPER_OLDER: Entry(
        W,
        N_("since this paper was made, something has changed ({changed})"),
        N_("Entries that it does not touch count; the others are told at their cells."),
    ),
    Code.PAPER_NO_ROWS: Entry(
        E,
        N_("no sheet of the paper carries the hidden codes of its columns, so nothing was read"),
        N_("Enter the points into the paper that lies in the outbox."),
    ),
    Code.PAPER_UNKNOWN_UNIT: Entry(
        E,
        N_("no unit “{entered}” of this bloc has a form that counts, so its points were not taken over"),
        N_("Use the paper that lies in the outbox; leave its hidden columns as they are."),
    ),
    Code.PAPER_UNKNOWN_CRITERION: Entry(
        E,
        N_("the rubric has no criterion “{entered}”, so these points were not taken over"),
        N_("Restore the code as issued, or delete the row."),
    ),
    Code.PAPER_REPEATED: Entry(
        E,
        N_("the points {entered} were not taken over, for this criterion of the unit stands further up too ({other})"),
        N_("Keep one of the two rows."),
    ),
    Code.PAPER_NO_POINTS: Entry(
        W,
        N_("there is a reason or a vote, but no points; nothing was changed"),
        N_("Enter the points, or clear the row."),
    ),
    Code.PAPER_CLOSED: Entry(
        E,
        N_("the points {entered} were not taken over: {why}"),
        N_("Clear the cell."),
    ),
    Code.PAPER_BOUNDS: Entry(
        E,
        N_("{entered} points were not taken over: this criterion allows {low} to {high}"),
        N_("Enter a number from {low} to {high}."),
    ),
    Code.PAPER_DECIMALS: Entry(
        E,
        N_("{entered} points were not taken over: the plan rounds points to {decimals} decimals"),
        N_("Round the points."),
    ),
    Code.PAPER_CONFLICT: Entry(
        W,
        N_("{entered} points were not taken over, for they were given on other data: then {issued}; now {now}"),
        N_("Judge this row again in the paper that lies in the outbox."),
    ),
    Code.PAPER_NO_REASON: Entry(
        E,
        N_("{points} points instead of {before} were not taken over, for there is no reason"),
        N_("Write the reason beside the points."),
    ),
    Code.PAPER_VOTES: Entry(
        E,
        N_("“{entered}” is not a number of votes, so the decided points were not taken over"),
        N_("Enter a whole number from 0 to {members}."),
    ),
}


def where(sheet: str, cell: str, criterion: str) -> str:
    """The place in words: ``Sheet “Tự chấm”, cell F12 (KT1)``."""
    if not sheet:
        return ""
    text = _("Sheet “{sheet}”").format(sheet=sheet)
    if cell:
        text += _(", cell {cell}").format(cell=cell)
    return f"{text} ({criterion})" if criterion else text

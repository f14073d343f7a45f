"""The catalogue of findings: everything that can be wrong with what came in, one entry each, grouped by stage.

An entry has a stable code, its severity, what is wrong, what to do about it, and for a finding that settles by itself
what becomes of a file also that status; the place comes from the finding (:mod:`pipeline.findings.finding`).

The entries are the members of an enum: one search for a code or a name finds all of it, mypy knows every name, the
messages are extracted as everywhere (``N_``), and workers, which start with it, parse no file. An enum cannot be
continued in another module, so it is one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pipeline.code_lists import Severity, Status
from pipeline.i18n import N_


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of a finding. ``what`` and ``remedy``: msgids with named placeholders.

    ``status``: that of a file with this finding; without one, an error returns the form and anything else lets it
    count. ``to_officer``: it says what the officer can do, and does not go into what a unit gets back.
    """

    code: str
    severity: Severity
    what: str
    remedy: str
    status: Status | None = None
    to_officer: bool = False


ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Code(StrEnum):
    """The codes of findings, as ``Findings.code`` has them, each with its ``entry``."""

    entry: Entry

    def __new__(cls, entry: Entry) -> Self:
        """The member with that entry."""
        member = str.__new__(cls, entry.code)
        member._value_, member.entry = entry.code, entry
        return member

    # fmt: off

    # --- the file as a whole

    EMPTY_FILE = Entry("empty-file", ERROR, status=Status.UNREADABLE,
        what=N_("the file is empty (0 bytes)"),
        remedy=N_("If it is still being copied, run again afterwards; else ask the unit to send it again."))
    BROKEN_FILE = Entry("broken-file", ERROR, status=Status.UNREADABLE,
        what=N_("the file is broken or was copied only in part"),
        remedy=N_("Copy it again; if it still does not open in Excel, ask the unit to send it again."))
    NOT_A_WORKBOOK = Entry("not-a-workbook", ERROR, status=Status.NOT_A_FORM,
        what=N_("the file is no Excel workbook but {kind}"),
        remedy=N_("Keep it elsewhere, or ask the unit for the form itself (.xlsx, .xls or .ods)."))
    ARCHIVE = Entry("archive", ERROR, status=Status.NOT_A_FORM,
        what=N_("the file is {kind}; what is packed in it is not read"),
        remedy=N_("Unpack it and put the forms themselves into the inbox."))
    OTHER_SPREADSHEET = Entry("other-spreadsheet", ERROR, status=Status.NOT_A_FORM,
        what=N_("the file is {kind}, which is not read"),
        remedy=N_("{steps}; put that file into the inbox, or ask the unit to do so and to send it again."))
    LETTER = Entry("letter", ERROR, status=Status.NOT_A_FORM,
        what=N_("the file is {kind}; what is attached to it is not read here"),
        remedy=N_(
            "Take its attachments into the inbox with the command: thidua fetch --round {round} --from \"{path}\" – if "
            "that does not succeed, ask the sender to attach the form itself and to send it again."
        ))
    LIKE_RECEIPT_BOOK = Entry("like-receipt-book", ERROR, status=Status.NOT_A_FORM,
        what=N_("the file looks like the receipt book, but is not called {book}; no time was taken from it"),
        remedy=N_(
            "If it is yours, put it into the folder hoi-dong/ of the inbox under the name {book}, and it counts; if "
            "there is one already, copy its rows there."
        ))
    NOT_A_FORM = Entry("not-a-form", ERROR, status=Status.NOT_A_FORM,
        what=N_("the workbook is not a form of this plan: no sheet carries the form's headings"),
        remedy=N_("Ask the unit to fill in the form that was issued to it."))
    ENCRYPTED = Entry("encrypted", ERROR, status=Status.UNREADABLE,
        what=N_("the workbook is protected by a password for opening"),
        remedy=N_(
            "Ask the unit to send it without a password (File – Info – Protect Workbook – Encrypt, then clear it)."
        ))
    TOO_LARGE = Entry("too-large", ERROR, status=Status.UNREADABLE,
        what=N_("the file has {found} MB, more than the {limit} MB that a form can have"),
        remedy=N_("Ask the unit to remove pictures and send the form again; evidence is sent apart."))
    TOO_MANY_PARTS = Entry("too-many-parts", ERROR, status=Status.UNREADABLE,
        what=N_("inside, the file is made up of {found} parts, more than the {limit} that a form can have"),
        remedy=N_("It was not opened. Ask the unit to copy what it entered into a fresh form."))
    UNPACKS_TOO_LARGE = Entry("unpacks-too-large", ERROR, status=Status.UNREADABLE,
        what=N_("unpacked, the file would fill {found} MB, more than the {limit} MB that a form can have"),
        remedy=N_("It was not opened. Ask the unit to copy what it entered into a fresh form, without pictures."))
    PACKED_TOO_TIGHTLY = Entry("packed-too-tightly", ERROR, status=Status.UNREADABLE,
        what=N_("its part “{part}” is packed {found} to 1; a form reaches {limit} to 1 at most"),
        remedy=N_(
            "It was not opened, for files made to fill the memory look like this. Ask the unit for a fresh form."
        ))
    FALSE_CONTENTS = Entry("false-contents", ERROR, status=Status.UNREADABLE,
        what=N_("the file's inner table of contents does not agree with what it holds (part “{part}”)"),
        remedy=N_(
            "It was not opened. Ask the unit to save the form anew in Excel or LibreOffice and to send it again."
        ))
    OVERLAPPING_PARTS = Entry("overlapping-parts", ERROR, status=Status.UNREADABLE,
        what=N_("its parts “{part}” and “{other}” lie in one another"),
        remedy=N_(
            "It was not opened, for files made to fill the memory look like this. Ask the unit for a fresh form."
        ))
    REPEATED_PART = Entry("repeated-part", ERROR, status=Status.UNREADABLE,
        what=N_("its part “{part}” is there twice, so that two programs may read two different things"),
        remedy=N_(
            "It was not opened. Ask the unit to save the form anew in Excel or LibreOffice and to send it again."
        ))
    PART_OUTSIDE = Entry("part-outside", ERROR, status=Status.UNREADABLE,
        what=N_("its part “{part}” is named so that unpacking it would write outside the file's own folder"),
        remedy=N_("It was not opened. Ask the unit for a fresh form, and where this file comes from."))
    DOCTYPE = Entry("doctype", ERROR, status=Status.UNREADABLE,
        what=N_("its part “{part}” declares a document type of its own, which no spreadsheet program does"),
        remedy=N_("It was not opened, for this can be used to read other files. Ask the unit for a fresh form."))
    NESTED_ARCHIVE = Entry("nested-archive", ERROR, status=Status.UNREADABLE,
        what=N_("the workbook hides another archive inside it (part “{part}”)"),
        remedy=N_("It was not opened. Ask the unit to send the form without it; evidence is sent apart."))
    HUGE_RANGE = Entry("huge-range", ERROR, status=Status.UNREADABLE,
        what=N_("sheet “{sheet}” claims cells as far as {found}, far beyond a form"),
        remedy=N_("Ask the unit to copy what it entered into a fresh form."))
    SHEET_LEFT_OUT = Entry("sheet-left-out", NOTE,
        what=N_("sheet “{sheet}” is the unit's own and reaches as far as {found}; it was not read, the form was"),
        remedy=N_("Nothing needs to be done if the form is complete without it."))
    STRANGE_SHEETS = Entry("strange-sheets", ERROR, status=Status.UNREADABLE,
        what=N_("the workbook has more sheets than {most}, or one whose name no program allows ({sheet})"),
        remedy=N_("It was not read. Ask the unit to copy what it entered into a fresh form."))
    TOO_MUCH_CONTENT = Entry("too-much-content", ERROR, status=Status.UNREADABLE,
        what=N_("the tables hold {found} kB, more than the {limit} kB that a workbook of its kind can hold"),
        remedy=N_("It was not read. Ask the unit to copy what it entered into a fresh form."))
    TOO_MANY_ROWS = Entry("too-many-rows", ERROR,
        what=N_("on sheet “{sheet}” {found} rows hold something; from row {row} on, after {limit} rows, none was read"),
        remedy=N_("Delete the rows that do not belong to the form, and send it again."))
    MORE_FINDINGS = Entry("more-findings", NOTE,
        what=N_("there are {n} more findings; {limit} of a file are listed, errors first"),
        remedy=N_("Correct those that are listed; the others are told when the form comes back."))
    TEXTS_CUT = Entry("texts-cut", WARNING,
        what=N_("texts of more than {limit} characters, which no cell of Excel holds, were cut: {cells}"),
        remedy=N_("Shorten them, and run again."))
    UNREADABLE = Entry("unreadable", ERROR, status=Status.UNREADABLE,
        what=N_("the file could not be read: {detail}"),
        remedy=N_("Close it in other programs, check its permissions, and run again."))
    READER_TIMEOUT = Entry("reader-timeout", ERROR, status=Status.UNREADABLE,
        what=N_("reading the file took longer than a form can take, and was stopped"),
        remedy=N_("Ask the unit to copy what it entered into a fresh form."))
    READER_MEMORY = Entry("reader-memory", ERROR, status=Status.UNREADABLE,
        what=N_("reading the file needed more memory than a form can need, and was stopped"),
        remedy=N_("Ask the unit to copy what it entered into a fresh form."))
    LEFT_FOR_LATER = Entry("left-for-later", WARNING, status=Status.WAITING,
        what=N_("the file was not read yet, for others of the same sender or folder took too long"),
        remedy=N_("Run again: those are not tried twice, and this file is read then."))
    READER_CRASH = Entry("reader-crash", ERROR, status=Status.UNREADABLE,
        what=N_("the program that reads the file failed on it"),
        remedy=N_("Ask the unit to use a fresh form; send this file to whoever looks after the program."))
    SECOND_READER = Entry("second-reader", NOTE,
        what=N_("the usual reader could not read the workbook, and a second one did"),
        remedy=N_(
            "Compare the results with the file; a form saved anew in Excel or LibreOffice is usually read as usual."
        ))
    CHANGED_WHILE_READ = Entry("changed-while-read", WARNING, status=Status.WAITING,
        what=N_("the file changed while it was read: it is still being copied or saved"),
        remedy=N_("Wait until it is copied, then run again; until then it counts as not received."))
    IN_USE = Entry("in-use", WARNING, status=Status.WAITING,
        what=N_("another program holds the file, so it cannot be read yet"),
        remedy=N_("Save and close it in Excel, then run again; until then it counts as not received."))
    PARTIAL_DOWNLOAD = Entry("partial-download", WARNING, status=Status.WAITING,
        what=N_("the file's name is that of a download or a save that has not ended"),
        remedy=N_("Wait until it has ended, then run again; a file that is whole should be renamed to end in .xlsx."))
    FOLDER = Entry("folder", NOTE, status=Status.IGNORED,
        what=N_("this is a folder, not a file; what lies in it is read on its own"),
        remedy=N_("Nothing needs to be done."))
    LINK = Entry("link", WARNING, status=Status.IGNORED,
        what=N_("this is a link to another place, and links are not followed"),
        remedy=N_("Copy the file itself here."))
    SPECIAL = Entry("special-file", WARNING, status=Status.IGNORED,
        what=N_("this is no ordinary file"),
        remedy=N_("Remove it from the inbox."))
    LOCK_FILE = Entry("lock-file", NOTE, status=Status.IGNORED,
        what=N_("Excel keeps this file while somebody has the form open"),
        remedy=N_("Make sure that the form is saved and closed, then run again."))
    SYSTEM_FILE = Entry("system-file", NOTE, status=Status.IGNORED,
        what=N_("the system keeps this file for itself"),
        remedy=N_("Nothing needs to be done."))
    NAME_LIES = Entry("name-lies", NOTE,
        what=N_("the name ends in {suffix}, the content is {kind}; it was read by its content"),
        remedy=N_("Nothing needs to be done."))
    ODD_NAME = Entry("odd-name", NOTE,
        what=N_("the file's name holds characters that cannot be shown; each is written as a code such as \\u202e"),
        remedy=N_("Give the file a plain name. Beware: such a name may hide what kind of file it is."))
    ALIKE_NAMES = Entry("alike-names", NOTE,
        what=N_("the name looks like that of {other}, but for capitals or the way in which accents are stored"),
        remedy=N_("Give each file a name of its own, for on another computer one may replace the other."))
    HAS_MACROS = Entry("has-macros", WARNING,
        what=N_("the workbook holds macros; only its values were read, no macro is run or passed on"),
        remedy=N_("Ask the unit to use the form as issued, without macros."))
    MANUAL_CALCULATION = Entry("manual-calculation", NOTE,
        what=N_("formulas in the workbook are calculated only on request, so that what they show may be out of date"),
        remedy=N_("Set Formulas – Calculation Options to Automatic, and check the cells with formulas."))
    EXTERNAL_LINKS = Entry("external-links", NOTE,
        what=N_("the workbook takes values from other files; only what stands in its cells was read"),
        remedy=N_("Nothing needs to be done if the values are right; nothing was fetched from elsewhere."))
    EMBEDDED_OBJECTS = Entry("embedded-objects", NOTE,
        what=N_("the workbook holds other documents as objects; they were not opened or passed on"),
        remedy=N_("Ask the unit to send evidence apart."))
    WRONG_PLAN = Entry("wrong-plan", ERROR, status=Status.WRONG_ROUND,
        what=N_("this form belongs to plan {found}, not to {expected}"),
        remedy=N_("Ask the unit for the form of this plan."))
    WRONG_YEAR = Entry("wrong-year", ERROR, status=Status.WRONG_ROUND,
        what=N_("this form belongs to the year {found}, not to {expected}"),
        remedy=N_("Ask the unit for this year's form."))
    WRONG_ROUND = Entry("wrong-round", ERROR, status=Status.WRONG_ROUND,
        what=N_("this form belongs to round {found}, not to {expected}"),
        remedy=N_("Move it to the inbox of its round, or ask the unit for the form of this round."))
    UNKNOWN_UNIT = Entry("unknown-unit", ERROR, status=Status.UNKNOWN_UNIT,
        what=N_("no unit of the plan has the code “{found}”"),
        remedy=N_("Check the code on the sheet “{sheet}”, or add the unit to the rules."))
    OLD_VERSION = Entry("old-version", ERROR, status=Status.OLD_VERSION,
        what=N_("this form is version {found}; the version in use is {expected}"),
        remedy=N_("A new form that holds the old entries goes back to the unit; the yellow cells are to be filled in."))
    OTHER_RULES = Entry("other-rules", WARNING, to_officer=True,
        what=N_(
            "the rules have changed since this form was issued (its fingerprint is {found}, that of the rules "
            "{expected})"
        ),
        remedy=N_("Check the criteria that changed; issue the form anew if the change matters."))
    META_LOST = Entry("meta-lost", WARNING, to_officer=True,
        what=N_("the form's hidden sheet is gone; it was recognised by its headings and codes"),
        remedy=N_("Check that the unit and the round are right."))
    UNIT_MISMATCH = Entry("unit-mismatch", ERROR, status=Status.UNCLEAR_UNIT,
        what=N_("this form was issued to {expected} but names {found}; nothing in it counts"),
        remedy=N_("Ask the unit to confirm whose form it is and to fill in its own form."))
    SEVERAL_UNITS = Entry("several-units", ERROR, status=Status.UNCLEAR_UNIT,
        what=N_("this file names several units: {found}; nothing in it counts"),
        remedy=N_("Ask each unit to confirm what is its own and to fill in its own form."))
    REPEATED_FACTS = Entry("repeated-facts", ERROR, status=Status.UNCLEAR_UNIT,
        what=N_("in the form's hidden sheet “{sheet}” an item stands twice ({found}); nothing in the form counts"),
        remedy=N_("Ask the unit to confirm whose form it is and to fill in its own form."))
    UNNAMED_UNIT = Entry("unnamed-unit", ERROR, status=Status.UNKNOWN_UNIT,
        what=N_("the hidden sheet is gone, and no place says whose form it is"),
        remedy=N_("Ask the sender for the code and the name of the unit on the sheet “{sheet}”."))
    NO_UNIT_SHEET = Entry("no-unit-sheet", ERROR, status=Status.UNKNOWN_UNIT,
        what=N_("the sheet “{sheet}” is missing, so that it is not known whose form it is; missing: {sheets}"),
        remedy=N_("Ask the sender for the whole form with all its sheets."))
    STRANGE_NAME = Entry("strange-name", NOTE, to_officer=True,
        what=N_("the name “{found}” ({places}) is that of no unit; the form was issued to {expected}"),
        remedy=N_("If this is another name of the unit, it may be added to the rules (aliases)."))
    SEAL_BROKEN = Entry("seal-broken", ERROR, status=Status.UNCLEAR_UNIT, to_officer=True,
        what=N_(
            "the seal does not fit: since this form was issued, somebody changed in its hidden sheet for which unit, "
            "round or version it is; nothing in it counts"
        ),
        remedy=N_("Ask the unit where the file comes from, and to fill in the form that was issued to it."))
    UNSEALED = Entry("unsealed", WARNING, to_officer=True,
        what=N_("the form does not carry the seal of this office, as others of this round do: {why}"),
        remedy=N_("Ask the unit where the file comes from; it counts in the meantime."))
    SENDER_OF_OTHER = Entry("sender-of-other", WARNING, to_officer=True,
        what=N_("the form of {unit} came by mail from the address of {other}"),
        remedy=N_("Ask whether the form is that of {unit}; it counts in the meantime."))
    SENDER_UNKNOWN = Entry("sender-unknown", NOTE, to_officer=True,
        what=N_("the form of {unit} came by mail from another address than its own, {known}"),
        remedy=N_("Nothing needs to be done if the sender is known; it counts in the meantime."))
    TIME_UNPROVED = Entry("time-unproved", WARNING, to_officer=True,
        what=N_(
            "that the form came on {entered} is said by its saved letter alone, which can have been changed; it was "
            "first seen on {seen}, after the due time {due}"
        ),
        remedy=N_("Compare with the mailbox and write the time into the receipt book; it counts in the meantime."))
    PARTIAL_FORM = Entry("partial-form", WARNING,
        what=N_("the unit's form came in parts: this file lacks {lacks}; what stands in another file: {others}"),
        remedy=N_("Put all sheets into one form and send that one file."))
    BLANK_FORM = Entry("blank-form", ERROR, status=Status.BLANK_FORM,
        what=N_("the form came back without any result filled in"),
        remedy=N_("Ask the unit to fill it in and send it again."))
    NOT_CALCULATED = Entry("not-calculated", ERROR,
        what=N_("all results of the form are formulas that no program has calculated yet"),
        remedy=N_("Open the file in Excel, let it calculate, save it and send it again."))
    WAITS = Entry("waits", WARNING, status=Status.TO_DECIDE, to_officer=True,
        what=N_("the form does not take the place of {other}, which counts already: {why}"),
        remedy=N_(
            "Ask the unit which one is right; then write “yes” or “no” into the column “{column}” of the receipt book, "
            "in the row of this file, and run again."
        ))
    DECISION_UNCLEAR = Entry("decision-unclear", WARNING,
        what=N_("“{entered}” is neither yes nor no"),
        remedy=N_("Write “yes” where the form may take the place of the one that counts, else “no”."))
    SAME_MOMENT = Entry("same-moment", WARNING, to_officer=True,
        what=N_("{other} came at the same moment; by {witnesses} this file is the later one, and it counts"),
        remedy=N_("If it is not the later one, write the true times into the receipt book."))
    UNCLEAR_ORDER = Entry("unclear-order", ERROR,
        what=N_(
            "{other} came at the same moment, with other entries, and nothing says for certain which file is the later "
            "one; none of them counts"
        ),
        remedy=N_("Name the right file and send it again; who knows the true times writes them into the receipt book."))

    # --- its parts

    MISSING_SHEET = Entry("missing-sheet", ERROR,
        what=N_("sheet “{sheet}” is missing"),
        remedy=N_("Copy the entries into a fresh form; do not delete its sheets."))
    REPEATED_SHEET = Entry("repeated-sheet", WARNING,
        what=N_("this sheet is a copy; only sheet “{other}” was read"),
        remedy=N_("Delete the copy, after moving to sheet “{other}” what stands only here."))
    OTHER_COPY = Entry("other-copy", ERROR,
        what=N_("this table stands in the file twice, with other entries in {other}; it is unclear which count"),
        remedy=N_("Keep the table with the right entries on the form's own sheet, and delete the other."))
    BLANK_ORIGINAL = Entry("blank-original", ERROR,
        what=N_("this table is blank, and the entries stand in a second one ({other})"),
        remedy=N_("Enter them on the form's own sheet, and delete the second table."))
    MISSING_COLUMN = Entry("missing-column", ERROR,
        what=N_("column “{column}” is missing"),
        remedy=N_("Copy the entries into a fresh form; do not delete its columns."))
    REPEATED_COLUMN = Entry("repeated-column", ERROR,
        what=N_("column “{column}” stands in the table more than once, with other entries ({other}); none was read"),
        remedy=N_("Keep the column with the right entries, and delete the other."))
    COPIED_COLUMN = Entry("copied-column", NOTE,
        what=N_("column “{column}” stands there more than once; {other} was read, this one says the same or nothing"),
        remedy=N_("Delete the column that is too many."))
    MISSING_ROW = Entry("missing-row", ERROR,
        what=N_("the row of “{name}” is missing"),
        remedy=N_("Copy the entries into a fresh form; do not delete its rows."))
    UNKNOWN_ROW = Entry("unknown-row", WARNING,
        what=N_("the form knows no code “{entered}”, so this row was not read"),
        remedy=N_("Restore the code as issued, or delete the row."))
    ROW_WITHOUT_CODE = Entry("row-without-code", WARNING,
        what=N_("entries stand in a row that has no code, so they were not read"),
        remedy=N_("Enter them in the row that they belong to, and clear this row."))
    REPEATED_ROW = Entry("repeated-row", ERROR,
        what=N_("code “{entered}” stands in another row too (row {other}), with other entries; neither was read"),
        remedy=N_("Keep the row with the right entries, and delete the other."))
    COPIED_ROW = Entry("copied-row", NOTE,
        what=N_("code “{entered}” stands in another row too; row {other} was read, this one says the same or nothing"),
        remedy=N_("Delete the row that is too many."))

    LEGACY_TEXT = Entry("legacy-text", NOTE,
        what=N_("text typed in a font of {encoding} was put into Unicode (cells: {n}; {cells})"),
        remedy=N_("Compare it with the form; henceforth use a Unicode font such as Times New Roman."))
    LEGACY_DOUBTFUL = Entry("legacy-doubtful", WARNING,
        what=N_(
            "text seems to be typed in a font of before Unicode (.VnTime, VNI-Times) and cannot be put into Unicode "
            "with certainty (cells: {n}; {cells})"
        ),
        remedy=N_("Type it anew in a Unicode font such as Times New Roman."))

    # --- a cell

    BLANK_REQUIRED = Entry("blank-required", ERROR,
        what=N_("nothing is entered"),
        remedy=N_("Enter {expected}."))
    NOT_A_NUMBER = Entry("not-a-number", ERROR,
        what=N_("“{entered}” is not a number"),
        remedy=N_("Enter digits only, for example {example}; 0 means that nothing of the kind occurred."))
    NO_DATA = Entry("no-data", NOTE,
        what=N_("“{entered}” was understood as {means}"),
        remedy=N_("Nothing needs to be done if that is right; if there are data, enter the figure."))
    NO_DATA_NOT_ALLOWED = Entry("no-data-not-allowed", ERROR,
        what=N_("“{entered}” stands where the rules of the year ask for a figure"),
        remedy=N_("Enter the figure; where you have none, do not enter 0 but ask the office that issued the form."))
    DATE_FOR_NUMBER = Entry("date-for-number", ERROR,
        what=N_("the cell holds a date ({entered}) where a number belongs; {cause}"),
        remedy=N_("Set the cell's format to General and enter the number, for example {example}."))
    NUMBER_NOTED = Entry("number-noted", NOTE,
        what=N_("“{entered}” was read as {read}"),
        remedy=N_("Nothing needs to be done if that is right."))
    NUMBER_AMBIGUOUS = Entry("number-ambiguous", WARNING,
        what=N_("“{entered}” can be read in two ways; it was read as {read}, not as {other}"),
        remedy=N_("Enter the number without a thousands separator, for example {example}."))
    SHARE_FOR_NUMBER = Entry("share-for-number", WARNING,
        what=N_("“{entered}” can be read in two ways; it was read as {read}, not as {other}"),
        remedy=N_("Enter the number alone, for example {example}."))
    NONE_AS_ZERO = Entry("none-as-zero", WARNING,
        what=N_("“{entered}” was read as 0"),
        remedy=N_("Enter 0 if nothing of the kind occurred; if you have no data, that is not 0: enter “No data” where "
            "the cell allows it, else ask the office that issued the form."))
    OTHER_MEASURE = Entry("other-measure", WARNING,
        what=N_("“{entered}” names another unit of measure than “{measure}”; it was read as {read}"),
        remedy=N_("Enter the figure in “{measure}”, digits only."))
    WRONG_MEASURE = Entry("wrong-measure", ERROR,
        what=N_("“{entered}” is not given in “{measure}”"),
        remedy=N_("Enter the figure in “{measure}”, digits only, for example {example}."))
    PERCENT_SHOWN = Entry("percent-shown", NOTE,
        what=N_("the cell shows “{entered}”, which was read as {read}"),
        remedy=N_("Nothing needs to be done if that is right."))
    MAYBE_SHARE = Entry("maybe-share", WARNING,
        what=N_("“{entered}” was read as {read} %; if {other} % is meant, its points are not counted yet"),
        remedy=N_("If {other} % is meant, enter {example} instead of {entered}."))
    SHOWN_OTHERWISE = Entry("shown-otherwise", WARNING,
        what=N_("the cell shows “{entered}”, which can be read in two ways; it was read as {read}, not as {other}"),
        remedy=N_("Set the cell's format to General and enter the number, for example {example}."))
    NUMBER_HIDDEN = Entry("number-hidden", ERROR,
        what=N_("the cell holds the number {entered}, which its format does not show"),
        remedy=N_("Set the cell's format to General, then enter the number again or leave the cell blank."))
    ERROR_VALUE = Entry("error-value", ERROR,
        what=N_("the cell shows the error {entered}"),
        remedy=N_("Enter the value itself, or correct the formula."))
    NO_RESULT = Entry("no-result", ERROR,
        what=N_("the cell holds a formula that has not been calculated yet"),
        remedy=N_("Open the file in Excel, let it calculate, save it and send it again; or enter the value itself."))
    PILED_MARKS = Entry("piled-marks", ERROR,
        what=N_("the text piles up accents on one letter as no language does, so it was not read"),
        remedy=N_("Type the text again."))
    PICTURE_IN_CELL = Entry("picture-in-cell", WARNING,
        what=N_("the cell holds a picture, which is not read"),
        remedy=N_("Enter the content in words; for evidence the document's number, date and issuer."))
    MERGED_CELL = Entry("merged-cell", ERROR,
        what=N_("the cell is merged with cell {into}, so that it has no value of its own"),
        remedy=N_("Unmerge the cells and enter the value of each row in its own cell."))
    MERGED_TEXT = Entry("merged-text", WARNING,
        what=N_("the cell is merged with cell {into}; what stands there was taken for this row too"),
        remedy=N_("If that is not meant, unmerge the cells and enter the content of each row."))
    LEGACY_CHOICE = Entry("legacy-choice", NOTE,
        what=N_("“{entered}” was read as “{read}”, as a font of before Unicode (.VnTime, VNI-Times) shows it"),
        remedy=N_("Choose it from the list of the cell if that is not right."))
    NOT_WHOLE = Entry("not-whole", ERROR,
        what=N_("“{entered}” is not a whole number"),
        remedy=N_("Enter a whole number, for example {example}."))
    TOO_LOW = Entry("too-low", ERROR,
        what=N_("{entered} is less than {expected}, the least possible"),
        remedy=N_("Check the figure and its unit of measure."))
    TOO_HIGH = Entry("too-high", ERROR,
        what=N_("{entered} is more than {expected}, the most possible"),
        remedy=N_("Check the figure and its unit of measure."))
    OVER_POINTS = Entry("over-points", ERROR,
        what=N_("{entered} points are claimed, the standard is {expected}"),
        remedy=N_("Enter at most {expected}."))
    FAR_FROM_TARGET = Entry("far-from-target", WARNING,
        what=N_("the result {entered} is {ratio} the target {expected}"),
        remedy=N_("Check both figures and the unit of measure ({measure})."))
    DATE_SERIAL = Entry("date-serial", WARNING,
        what=N_("{entered} may be the day {day}, which a spreadsheet keeps as that number"),
        remedy=N_("If a day was typed or pasted here, enter the figure itself; if the figure is right, leave it."))
    FAR_ABOVE_OTHERS = Entry("far-above-others", WARNING,
        what=N_("{entered} is about {times} times what other units enter here (mostly about {median}){guess}"),
        remedy=N_("Check the figure and its unit of measure ({measure}); enter for example {example}."))
    FAR_BELOW_OTHERS = Entry("far-below-others", WARNING,
        what=N_("{entered} is only about 1/{times} of what other units enter here (mostly about {median}){guess}"),
        remedy=N_("Check the figure and its unit of measure ({measure}); enter for example {example}."))
    COUNT_DIFFERS = Entry("count-differs", WARNING,
        what=N_("{entered} are claimed, but the sheet “{list}” lists {found}"),
        remedy=N_("List each of them on the sheet “{list}”, or correct the number."))
    NOT_IN_LIST = Entry("not-in-list", ERROR,
        what=N_("“{entered}” is not in the list"),
        remedy=N_("Choose one of: {expected}."))
    NOT_A_DATE = Entry("not-a-date", ERROR,
        what=N_("“{entered}” is not a date"),
        remedy=N_("Enter day/month/year, for example {example}."))
    DATE_OUT_OF_YEAR = Entry("date-out-of-year", WARNING,
        what=N_("the date {entered} lies outside the plan's time ({expected})"),
        remedy=N_("Check day, month and year."))
    SIGNED_BEFORE_OPENING = Entry("signed-before-opening", WARNING,
        what=N_("the form is dated {entered}, before its round opened on {opened}"),
        remedy=N_("Check day, month and year; if the form was filled in earlier, date it anew."))
    SIGNED_AFTER_RECEIPT = Entry("signed-after-receipt", WARNING,
        what=N_("the form is dated {entered}, later than it was received, on {received}"),
        remedy=N_("Check day, month and year, and the day of receipt."))
    TOO_LONG = Entry("too-long", ERROR,
        what=N_("the text has {found} characters, at most {expected} fit"),
        remedy=N_("Shorten it; send details apart."))
    NO_EVIDENCE = Entry("no-evidence", WARNING,
        what=N_("points are counted without evidence"),
        remedy=N_("Name the document that proves it: number, date, issuer."))
    NO_DOCUMENT = Entry("no-document", WARNING,
        what=N_("“{entered}” names no document, so points are counted without evidence"),
        remedy=N_("Name the document that proves it: number, date, issuer."))
    OURS_CHANGED = Entry("ours-changed", WARNING,
        what=N_("the prefilled value was changed to “{entered}”; the rubric's {expected} counts"),
        remedy=N_("Leave prefilled cells as they were issued."))
    CLOSED_ROW = Entry("closed-row", WARNING,
        what=N_("“{entered}” does not count: the unit enters nothing in this row"),
        remedy=N_("Leave the row blank, as it was issued."))
    SAYS_NONE = Entry("says-none", NOTE,
        what=N_("the row says that there is none, so it is not an entry"),
        remedy=N_("Nothing needs to be done if that is right; a table without entries is best left blank."))
    BELOW_TABLE = Entry("below-table", WARNING,
        what=N_("from here on stand a sum, a date or a signature and no entries, so these rows were not read"),
        remedy=N_("Nothing needs to be done if that is right; else enter the rows without a gap, every column filled."))
    PERSON_TWICE = Entry("person-twice", WARNING,
        what=N_("the person of this row is proposed in row {other} too, for “{award}”"),
        remedy=N_("Keep one of the two rows; if they are two persons, tell them apart by their positions."))
    PERSON_ELSEWHERE = Entry("person-elsewhere", WARNING, to_officer=True,
        what=N_("a person of the same name is proposed by {other} too"),
        remedy=N_("Ask the units which of them proposes the person; two persons of one name are no mistake."))
    TITLE_THOUGH_EXCLUDED = Entry("title-though-excluded", WARNING,
        what=N_("“{entered}” is proposed, but by criterion {criterion} the unit is not ranked ({reason})"),
        remedy=N_("Check the answer to criterion {criterion}, or take the proposal back."))
    TOO_FEW_ROWS = Entry("too-few-rows", ERROR,
        what=N_("at least {expected} row must be filled in, none is"),
        remedy=N_("Fill in the first row."))

    # --- the receipt book

    RECEIPT_UNKNOWN = Entry("receipt-unknown", WARNING,
        what=N_("“{entered}” is neither a file in the inbox nor the code of a unit"),
        remedy=N_("Correct the name, or delete the row."))
    RECEIPT_NO_TIME = Entry("receipt-no-time", WARNING,
        what=N_("“{entered}” cannot be read as the day or the time of receipt"),
        remedy=N_("Enter the day as 05/12/2023 and the time as 16:05."))
    RECEIPT_NO_HEADINGS = Entry("receipt-no-headings", WARNING,
        what=N_("the receipt book has no row of headings that names the file (or the unit) and the day"),
        remedy=N_("Use the book that lies in the outbox; it has the headings."))
    RECEIPT_TWICE = Entry("receipt-twice", WARNING,
        what=N_("“{entered}” stands in the book twice; the last row counts"),
        remedy=N_("Keep one row."))
    RECEIPT_UNLIKELY = Entry("receipt-unlikely", WARNING,
        what=N_(
            "the day of receipt {entered} of “{file}” is doubtful: the round opened on {opened}, and on {seen} the "
            "file already lay in the inbox"
        ),
        remedy=N_("Check the day in the receipt book; until it is corrected, it counts as it stands there."))

    # --- appraisal and council papers

    PAPER_META_LOST = Entry("paper-meta-lost", ERROR, status=Status.NOT_A_FORM,
        what=N_(
            "this seems to be a paper of ours (“{paper}”), but the hidden sheet is missing that says from which data "
            "it was made; nothing in it counts"
        ),
        remedy=N_(
            "Enter the points into the file that lies in {folder}/ of the outbox itself; do not copy it into a new "
            "one."
        ))
    PAPER_MISPLACED = Entry("paper-misplaced", ERROR, status=Status.MISPLACED, to_officer=True,
        what=N_("“{paper}” lies where anybody's files come in; nothing was taken from it"),
        remedy=N_(
            "Ask the person named in it whether it is theirs, not by answering the letter; if it is, move it into the "
            "folder {folder} of the inbox and run again. What is not theirs is kept as evidence."
        ))
    PAPER_SEAL_BROKEN = Entry("paper-seal-broken", ERROR, status=Status.NOT_A_FORM, to_officer=True,
        what=N_(
            "the seal does not fit: since this paper was made, somebody changed in its hidden sheet of which bloc, "
            "round or data it is; nothing in it counts"
        ),
        remedy=N_("Enter the points into the paper that lies in the outbox."))
    PAPER_UNSEALED = Entry("paper-unsealed", WARNING, to_officer=True,
        what=N_("the paper does not carry the seal of this office: {why}"),
        remedy=N_(
            "It counts, for it lies in the officer's own folder; if you do not know who made it, move it away and run "
            "again."
        ))
    PAPER_UNKNOWN_BLOC = Entry("paper-unknown-bloc", ERROR, status=Status.NOT_A_FORM,
        what=N_("the paper is of bloc “{entered}”, which the plan does not have"),
        remedy=N_("Use the paper that lies in the outbox."))
    PAPER_OLDER_BASIS = Entry("paper-older-basis", WARNING, to_officer=True,
        what=N_("this paper came later than {other}, but was made from older data; {other} counts"),
        remedy=N_("Copy what is to count into {other}, or into the paper that lies in the outbox."))
    PAPER_SAME_MOMENT = Entry("paper-same-moment", WARNING,
        what=N_("another paper of the same bloc came at the same moment; by the names this one is the later one"),
        remedy=N_("Write the true times into the receipt book, or keep one of the papers."))
    PAPER_OLDER = Entry("paper-older", WARNING,
        what=N_("since this paper was made, something has changed ({changed})"),
        remedy=N_("Entries that it does not touch count; the others are told at their cells."))
    PAPER_NO_ROWS = Entry("paper-no-rows", ERROR,
        what=N_("no sheet of the paper carries the hidden codes of its columns, so nothing was read"),
        remedy=N_("Enter the points into the paper that lies in the outbox."))
    PAPER_UNKNOWN_UNIT = Entry("paper-unknown-unit", ERROR,
        what=N_("no unit “{entered}” of this bloc has a form that counts, so its points were not taken over"),
        remedy=N_("Use the paper that lies in the outbox; leave its hidden columns as they are."))
    PAPER_UNKNOWN_CRITERION = Entry("paper-unknown-criterion", ERROR,
        what=N_("the rubric has no criterion “{entered}”, so these points were not taken over"),
        remedy=N_("Restore the code as issued, or delete the row."))
    PAPER_REPEATED = Entry("paper-repeated", ERROR,
        what=N_(
            "the points {entered} were not taken over, for this criterion of the unit stands further up too "
            "({other})"
        ),
        remedy=N_("Keep one of the two rows."))
    PAPER_NO_POINTS = Entry("paper-no-points", WARNING,
        what=N_("there is a reason or a vote, but no points; nothing was changed"),
        remedy=N_("Enter the points, or clear the row."))
    PAPER_CLOSED = Entry("paper-closed", ERROR,
        what=N_("the points {entered} were not taken over: {why}"),
        remedy=N_("Clear the cell."))
    PAPER_BOUNDS = Entry("paper-bounds", ERROR,
        what=N_("{entered} points were not taken over: this criterion allows {low} to {high}"),
        remedy=N_("Enter a number from {low} to {high}."))
    PAPER_DECIMALS = Entry("paper-decimals", ERROR,
        what=N_("{entered} points were not taken over: the plan rounds points to {decimals} decimals"),
        remedy=N_("Round the points."))
    PAPER_CONFLICT = Entry("paper-conflict", WARNING,
        what=N_("{entered} points were not taken over, for they were given on other data: then {issued}; now {now}"),
        remedy=N_("Judge this row again in the paper that lies in the outbox."))
    PAPER_NO_REASON = Entry("paper-no-reason", ERROR,
        what=N_("{points} points instead of {before} were not taken over, for there is no reason"),
        remedy=N_("Write the reason beside the points."))
    PAPER_VOTES = Entry("paper-votes", ERROR,
        what=N_("“{entered}” is not a number of votes, so the decided points were not taken over"),
        remedy=N_("Enter a whole number from 0 to {members}."))
    # fmt: on

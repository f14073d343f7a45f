"""Whose form is it, and is it for this round?

In: what :mod:`pipeline.intake.take` read. Out: a :class:`Recognised` for each file: the :class:`Submission` where it is
a form that belongs here, and a finding for what does not. All that names a unit in a form must agree, or nothing in it
counts for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.findings.finding import Code, Finding, within_sentence
from pipeline.forms.declared import META_SHEET, RESULTS, TABLES, UNIT, sheet_title
from pipeline.forms.raw_form import Named, RawForm
from pipeline.forms.repeated import is_filled, is_not_calculated
from pipeline.intake.received import ReceivedFile
from pipeline.intake.unit_names import UnitNames
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules


@dataclass
class Submission:
    """A form of one unit for this round, before it is known whether it is accepted."""

    file: str  # its path below the inbox
    form: RawForm
    unit: str
    bloc: str
    version: str


@dataclass(frozen=True)
class Recognised:
    """What is known of a file by what it holds. ``unit``: whose it is, "" where it is no form or that is unclear;
    ``lacks``: the sheets of a form that are not in it, or blank though they must be filled."""

    submission: Submission | None
    findings: list[Finding]
    unit: str = ""
    lacks: Sequence[str] = ()


Fault = tuple[Code, dict[str, str]]
"""What is to be said of a form as a whole: the code of a finding and its facts."""

Owner = tuple[str, list[Fault]]
"""The unit whose form it is, "" where that is unclear, and what is odd about it."""


def recognise(file: ReceivedFile, context: RoundContext, names: UnitNames) -> Recognised:
    """Whose form a file holds, the submission if it can count, and the findings about the file as a whole."""
    of_letters = {"round": context.round.code}
    about_file = [
        Finding(code, file.name, facts=facts | of_letters if code is Code.LETTER else facts)
        for code, facts in file.reasons
    ]
    form = file.form
    if form is None:
        return Recognised(None, about_file)
    unit, reasons, is_submission = _judged(form, context, names)
    findings = [*about_file, *(Finding(code, file.name, unit, facts=facts) for code, facts in reasons)]
    if not is_submission:
        return Recognised(None, findings, unit, _lacks(form))
    bloc, _unit = context.rules.units[unit]
    submission = Submission(file.name, form, unit, bloc.code, form.meta.get("form_version", ""))
    return Recognised(submission, findings, unit, _lacks(form))


def _judged(form: RawForm, context: RoundContext, names: UnitNames) -> tuple[str, list[Fault], bool]:
    """The unit, what is to be said of the form as a whole, and whether it can count."""
    if not form.meta and not form.tables:
        return "", [(Code.NOT_A_FORM, {})], False
    if wrong := other_form(form.meta, context):
        return "", [wrong], False
    unit, faults = _owner(form, context.rules, names)
    if not unit:
        is_some_list = not form.meta and RESULTS.code not in form.tables and faults[-1][0] is not Code.SEVERAL_UNITS
        return "", [(Code.NOT_A_FORM, {})] if is_some_list else faults, False
    if fault := _other_version(form, context):
        return unit, [*faults, fault], False
    if RESULTS.code not in form.tables:
        absent = [table for table in TABLES if table.code not in form.tables]
        return unit, [*faults, *((Code.MISSING_SHEET, {"sheet": sheet_title(table)}) for table in absent)], False
    current = context.fingerprint(context.rules.units[unit][0])
    if form.meta and form.meta["fingerprint"] != current:
        faults.append((Code.OTHER_RULES, {"found": form.meta["fingerprint"] or "–", "expected": current}))
    if not is_filled(RESULTS.code, form.tables[RESULTS.code]):
        return unit, [*faults, (Code.BLANK_FORM, {})], False
    if is_not_calculated(RESULTS.code, form.tables[RESULTS.code]):
        return unit, [*faults, (Code.NOT_CALCULATED, {})], False
    return unit, faults, True


def _other_version(form: RawForm, context: RoundContext) -> Fault | None:
    found, expected = form.meta.get("form_version", ""), str(context.round.form_version)
    return (Code.OLD_VERSION, {"found": found, "expected": expected}) if found and found != expected else None


def _lacks(form: RawForm) -> list[str]:
    """The sheets that are not there, or blank though something must stand in them."""
    must = {UNIT.code, RESULTS.code, *(table.code for table in TABLES if table.at_least)}
    return [
        sheet_title(table)
        for table in TABLES
        if table.code not in form.tables or (table.code in must and not is_filled(table.code, form.tables[table.code]))
    ]


def other_form(meta: Mapping[str, str], context: RoundContext) -> tuple[Code, dict[str, str]] | None:
    """What is wrong with a form of another year, plan or round, told by its hidden sheet; the widest first."""
    plan = context.plan
    expected = {"year": str(plan.year), "plan": plan.code, "round": context.round.code}
    codes = {"year": Code.WRONG_YEAR, "plan": Code.WRONG_PLAN, "round": Code.WRONG_ROUND}
    for key, value in expected.items():
        if meta and meta[key] != value:
            return codes[key], {"found": meta[key] or "–", "expected": value}
    return None


# --- whose form it is ---------------------------------------------------------------------------------


def _owner(form: RawForm, rules: Rules, names: UnitNames) -> Owner:
    """The unit that the hidden sheet names, or without it all other places; none where two places disagree."""
    if form.repeated_facts:
        facts = {"sheet": META_SHEET, "found": ", ".join(form.repeated_facts)}
        return "", [(Code.REPEATED_FACTS, facts)]
    issued = form.meta.get("unit", "")
    if not issued:
        return _by_what_is_seen(form, rules, names)
    if issued not in rules.units:
        return "", [(Code.UNKNOWN_UNIT, {"found": issued, "sheet": sheet_title(UNIT)})]
    if others := _others(issued, form, names):
        facts = {"expected": _named(issued, rules), "found": _named_where(others, rules)}
        return "", [(Code.UNIT_MISMATCH, facts)]
    return issued, _strange_names(issued, form, rules, names)


def _by_what_is_seen(form: RawForm, rules: Rules, names: UnitNames) -> Owner:
    """The unit that all visible places name which name one at all."""
    named: dict[str, list[Named]] = {}
    for place in form.named:
        for code in units if len(units := names.meant(place.text)) == 1 else ():
            named.setdefault(code, []).append(place)
    for code in list(named):
        named = _others(code, form, names) | named
    if len(named) > 1:
        return "", [(Code.SEVERAL_UNITS, {"found": _named_where(named, rules)})]
    for unit in named:
        return unit, [(Code.META_LOST, {}), *_strange_names(unit, form, rules, names)]
    return "", [(Code.META_LOST, {}), _why_unnamed(form)]


def _why_unnamed(form: RawForm) -> Fault:
    """Why no unit of the plan can be told from what the sheets say."""
    if shown := next((place.text for place in form.named), ""):
        return Code.UNKNOWN_UNIT, {"found": shown, "sheet": sheet_title(UNIT)}
    if UNIT.code in form.tables:
        return Code.UNNAMED_UNIT, {"sheet": sheet_title(UNIT)}
    absent = ", ".join(f"“{sheet_title(table)}”" for table in TABLES if table.code not in form.tables)
    return Code.NO_UNIT_SHEET, {"sheet": sheet_title(UNIT), "sheets": absent}


def _others(unit: str, form: RawForm, names: UnitNames) -> dict[str, list[Named]]:
    """The other units that the form names -> where."""
    others: dict[str, list[Named]] = {}
    for place in form.named:
        if other := names.other(place.text, unit):
            others.setdefault(other, []).append(place)
    return others


def _strange_names(unit: str, form: RawForm, rules: Rules, names: UnitNames) -> list[Fault]:
    """Names that are neither this unit's nor another's: each text once, with where it stands."""
    texts: dict[str, list[Named]] = {}
    for place in form.named:
        if not names.fits(place.text, unit):
            texts.setdefault(place.text, []).append(place)
    return [
        (Code.STRANGE_NAME, {"found": text, "expected": _named(unit, rules), "places": _places(places)})
        for text, places in texts.items()
    ]


def _named_where(named: Mapping[str, Sequence[Named]], rules: Rules) -> str:
    """Units with the places that name them."""
    return ", ".join(f"{rules.units[code][1].name} ({code}; {_places(places)})" for code, places in named.items())


def _named(code: str, rules: Rules) -> str:
    """``Thôn 5 (thon-5)``."""
    return f"{rules.units[code][1].name} ({code})"


_SHOWN = 4
"""So many sheets are listed."""


def _places(places: Sequence[Named]) -> str:
    """Where they are, in words: the cells of each sheet."""
    cells: dict[str, list[str]] = {}
    for place in places:
        cells.setdefault(place.sheet, []).append(place.cell)
    listed = [within_sentence(sheet, ", ".join(dict.fromkeys(each))) for sheet, each in cells.items()]
    return "; ".join(listed[:_SHOWN]) + ("; …" if len(listed) > _SHOWN else "")

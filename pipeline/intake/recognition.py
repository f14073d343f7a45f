"""Whose form is it, and is it for this round?

In: what :mod:`pipeline.intake.take` read. Out: a :class:`Submission` for each form that belongs here, and a finding for
each file that does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.findings.finding import Code, Finding
from pipeline.forms.declared import RESULTS, UNIT
from pipeline.forms.reading import RawForm
from pipeline.i18n import _
from pipeline.intake.received import ReceivedFile
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.text import same, text_of


@dataclass
class Submission:
    """A form of one unit for this round, before it is known whether it is accepted."""

    file: str  # its path below the inbox
    form: RawForm
    unit: str
    bloc: str
    version: str


def recognise(file: ReceivedFile, context: RoundContext) -> tuple[Submission | None, list[Finding]]:
    """The submission that a file holds, and the findings about the file as a whole."""
    rules, name, form = context.rules, file.name, file.form
    of_letters = {"round": context.round.code}
    findings = [
        Finding(code, name, facts=facts | of_letters if code is Code.LETTER else facts) for code, facts in file.reasons
    ]
    if form is None:
        return None, findings
    if "results" not in form.tables:
        missing = form.meta and (Code.MISSING_SHEET, {"sheet": _(RESULTS.sheet)})
        code, facts = missing or (Code.NOT_A_FORM, {})
        unit = form.meta.get("unit", "") if form.meta.get("unit") in rules.units else ""
        return None, [*findings, Finding(code, name, unit, facts=facts)]
    if wrong := other_form(form.meta, context):
        return None, [*findings, Finding(wrong[0], name, facts=wrong[1])]
    unit, trouble = _whose(form, rules)
    findings += [Finding(code, name, unit, facts=facts) for code, facts in trouble]
    if unit not in rules.units:
        return None, findings
    bloc, _unit = rules.units[unit]
    version = form.meta.get("form_version", "")
    if version and version != str(context.round.form_version):
        facts = {"found": version, "expected": str(context.round.form_version)}
        return None, [*findings, Finding(Code.OLD_VERSION, name, unit, facts=facts)]
    current = context.fingerprint(bloc)
    if form.meta and form.meta["fingerprint"] != current:
        facts = {"found": form.meta["fingerprint"] or "–", "expected": current}
        findings.append(Finding(Code.OTHER_RULES, name, unit, facts=facts))
    if _is_blank(form):
        return None, [*findings, Finding(Code.BLANK_FORM, name, unit)]
    return Submission(name, form, unit, bloc.code, version), findings


def other_form(meta: Mapping[str, str], context: RoundContext) -> tuple[Code, dict[str, str]] | None:
    """What is wrong with a form of another year, plan or round, told by its hidden sheet; the widest first."""
    plan = context.plan
    expected = {"year": str(plan.year), "plan": plan.code, "round": context.round.code}
    codes = {"year": Code.WRONG_YEAR, "plan": Code.WRONG_PLAN, "round": Code.WRONG_ROUND}
    for key, value in expected.items():
        if meta and meta[key] != value:
            return codes[key], {"found": meta[key] or "–", "expected": value}
    return None


def _whose(form: RawForm, rules: Rules) -> tuple[str, list[tuple[Code, dict[str, str]]]]:
    """The unit's code, by the hidden sheet and the visible one, which must agree; and what is odd about it."""
    visible, name = _unit_sheet(form)
    if form.meta:
        unit = form.meta["unit"]
        if visible and unit and same(visible) != same(unit):
            return unit, [(Code.UNIT_MISMATCH, {"expected": unit, "found": visible})]
        trouble: list[tuple[Code, dict[str, str]]] = []
    else:
        unit, trouble = visible or _unit_named(name, rules), [(Code.META_LOST, {})]
    if unit not in rules.units:
        shown = unit or name or "–"
        trouble.append((Code.UNKNOWN_UNIT, {"found": shown, "sheet": _(UNIT.sheet)}))
    return unit, trouble


def _unit_sheet(form: RawForm) -> tuple[str, str]:
    """The code and the name that stand on the unit sheet, "" where they do not."""
    table = form.tables.get("unit")
    if not table or "value" not in table.columns:
        return "", ""
    keys = list(table.columns)
    item, value = keys.index("item") if "item" in keys else 0, keys.index("value")
    facts = {text_of(cells[item]): text_of(cells[value]) for _row, cells in table.rows}
    return facts.get("unit_code", ""), facts.get("unit_name", "")


def _unit_named(name: str, rules: Rules) -> str:
    """The code of the unit of that name or alias; "" where none or several have it."""
    known = [
        code
        for code, (_bloc, unit) in rules.units.items()
        if name and same(name) in {same(spelling) for spelling in (unit.name, *unit.aliases)}
    ]
    return known[0] if len(known) == 1 else ""


_ENTERED = ("target", "actual", "claimed")


def _is_blank(form: RawForm) -> bool:
    """Whether no row of the results holds anything that only a unit enters."""
    table = form.tables["results"]
    places = [place for place, key in enumerate(table.columns) if key in _ENTERED]
    last = places[-1:] if len(places) == 1 else [place for place in places if list(table.columns)[place] != "target"]
    return not any(cells[place] != "" for _row, cells in table.rows for place in last)

"""The rules of a rubric in words, for whoever reads them: a criterion's rule, classes, ties, exclusions, caps.

In: the models of the rule files. Out: sentences in the language in use.
"""

from __future__ import annotations

from pipeline.i18n import N_, _, number
from pipeline.methods.inputs import Takes
from pipeline.methods.method import FINE
from pipeline.rules.links import no_data, points_needed, scale_of, what_is_asked
from pipeline.rules.plan import Plan
from pipeline.rules.rubric import ClassLevel, Condition, Criterion, Exclusion, Rubric, TieBreak


def class_words(level: ClassLevel) -> str:
    """A class with its conditions."""
    conditions = []
    if level.each_group:
        conditions.append(_("each group at least {percent} %").format(percent=number(float(level.each_group))))
    if level.no_penalty:
        conditions.append(_("no points off under {codes}").format(codes=", ".join(level.no_penalty)))
    if level.quota:
        conditions.append(_("at most {percent} % of the ranked units").format(percent=number(float(level.quota))))
    if level.places:
        conditions.append(_("at most {places} units").format(places=number(float(level.places))))
    words = _("{name} from {points}").format(name=level.name, points=number(float(level.from_)))
    return f"{words} ({', '.join(conditions)})" if conditions else words


_TIES = {
    "criterion": N_("more points in {code} ({name})"),
    "group": N_("more points in group {code} ({name})"),
    "penalty": N_("fewer penalty points"),
    "received": N_("sent earlier"),
}


def tie_words(tie: TieBreak, rubric: Rubric) -> str:
    """What goes first where totals are equal, in words."""
    names = {group.code: group.name for group in rubric.groups}
    if tie.by == "criterion":
        names = {code: criterion.name for code, (_group, criterion) in rubric.criteria.items()}
    return _(_TIES[tie.by]).format(code=tie.code, name=names.get(tie.code or "", ""))


def exclusion_words(exclusion: Exclusion) -> str:
    """Why a unit is not ranked, with the answer that leads to it."""
    answers = list(exclusion.one_of)
    if exclusion.at_least is not None:
        answers.append(_("from {value}").format(value=number(float(exclusion.at_least))))
    if exclusion.when == "no_report" or not answers:
        return exclusion.reason
    return f"{exclusion.reason} ({exclusion.criterion}: {', '.join(answers)})"


def rule_words(rubric: Rubric, criterion: Criterion, decimals: int) -> str:
    """The whole rule of a criterion in words, for whoever reads the rubric."""
    if criterion.from_council:
        words = [_("given by the council alone")]
    else:
        words = [criterion.method.describe(scale_of(rubric, criterion, decimals))]
    if criterion.of:
        taken = _("target and result are those of {code}")
        if criterion.method.takes is Takes.INPUTS:
            taken = _("the inputs are those of {code}")
        words.append(taken.format(code=criterion.of))
    if criterion.only_if:
        words.append(condition_words(rubric, criterion.only_if))
    if criterion.lowest is not None:
        words.append(_("down to {points} points").format(points=number(float(criterion.lowest))))
    if criterion.not_for:
        words.append(_("does not apply to: {units}").format(units=", ".join(criterion.not_for)))
    if rule := no_data(rubric, criterion):
        words.append(_(rule.label))
    return "; ".join(words)


def no_data_reason(criterion: Criterion) -> str:
    """Why a unit without data in the criterion has no rank."""
    return _("No data in criterion {code} ({name})").format(code=criterion.code, name=criterion.name)


def arithmetic_words(plan: Plan, rubric: Rubric) -> list[str]:
    """How points, comparisons and days late are counted, a sentence each."""
    rounding = {
        "criterion": N_("The points of each criterion are rounded half up to {decimals} decimals, and then added."),
        "group": N_("Points are added unrounded; the sum of each group is rounded half up to {decimals} decimals."),
        "total": N_("Points are added unrounded; only the total is rounded half up to {decimals} decimals."),
    }
    sentences = [_(rounding[rubric.round_at]).format(decimals=plan.decimals)]
    if any(criterion.inputs for _group, criterion in rubric.criteria.values()):
        sentences.append(
            _("A criterion with several numbers or answers is computed from all of them, not rounded in between.")
        )
    sentences.append(
        _("Percentages and results are compared with limits at {decimals} decimals; “from” includes the limit.").format(
            decimals=FINE
        )
    )
    if any(criterion.source == "days_late" for _group, criterion in rubric.criteria.values()):
        days = {
            "started": N_("Days late are counted by 24 hours from the due time on; a day that has begun counts whole."),
            "calendar": N_("Days late are the days of the calendar after the due day, at least 1 for a late form."),
        }
        sentences.append(_(days[plan.days_late]))
    return sentences


def condition_words(rubric: Rubric, condition: Condition) -> str:
    """What must be reached."""
    needed = number(float(points_needed(rubric, condition)))
    return _("only if {what} reaches {points} points").format(what=what_is_asked(condition), points=needed)


def conversion_words(applicable: float, total: float, *, points: float, base: float) -> str:
    """How base points were converted for a unit to which not all standard points apply."""
    words = _("{applicable} of {total} standard points apply: {points} × {total} / {applicable} = {base}")
    facts = {"applicable": applicable, "total": total, "points": points, "base": base}
    return words.format(**{name: number(value) for name, value in facts.items()})


def cap_words(added: float) -> str:
    """That a group's cap took some of what its criteria add up to."""
    return _("The criteria add up to {added}; the group's cap applies").format(added=number(added))

"""All rules of a year, loaded and checked together: ``rules/<year>/``.

In: a folder with ``plan.yaml``, ``awards.yaml`` and ``blocs/*.yaml``, and the files that these extend
(:mod:`pipeline.rules.inheritance`). Out: :class:`Rules`, or :class:`~pipeline.rules.yaml_file.RuleFilesWrong` with
every problem of every file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from pipeline.code_lists import GroupKind
from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.methods.method import Scale
from pipeline.rule_model import Fault, RuleModel
from pipeline.rules.awards import Awards, award_faults
from pipeline.rules.inheritance import Library
from pipeline.rules.plan import Plan, Round, plan_faults, round_faults
from pipeline.rules.rubric import Bloc, Criterion, Rubric, Unit
from pipeline.rules.rubric_faults import bloc_faults, criterion_faults, rubric_faults
from pipeline.rules.rubric_warnings import bloc_warnings
from pipeline.rules.unread_files import BLOCS, unread_files
from pipeline.rules.yaml_file import KeyPathLike, Problem, RuleFile, RuleFilesWrong, parse


@dataclass(frozen=True)
class Extended:
    """That ``file`` extends ``parent``: what it says in all (``whole``), and what the parent says (``base``)."""

    file: Path
    parent: Path
    whole: RuleModel
    base: RuleModel


@dataclass(frozen=True)
class Rules:
    """A year's plan, awards and blocs.

    ``files`` are the rule files themselves, also those that they extend, for the manifest; ``extended`` says what is
    extended, for whoever shows what differs; ``bloc_files`` is each bloc's own rule file by the bloc's code;
    ``warnings`` is what may be meant, and seldom is.
    """

    folder: Path
    plan: Plan
    awards: Awards
    blocs: tuple[Bloc, ...]
    files: tuple[Path, ...]
    extended: tuple[Extended, ...] = ()
    bloc_files: Mapping[str, Path] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def units(self) -> dict[str, tuple[Bloc, Unit]]:
        """Unit code -> its bloc and itself, in the order of the files."""
        return {unit.code: (bloc, unit) for bloc in self.blocs for unit in bloc.units}

    def bloc(self, code: str) -> Bloc:
        """The bloc of that code. Raises KeyError."""
        return next(bloc for bloc in self.blocs if bloc.code == code)

    def fingerprint(self, bloc: Bloc, of: Round) -> str:
        """What a form of this bloc and round was made from, as 16 hexadecimal digits of a SHA-256.

        It is taken over the values, not the text: a comment, or the line endings of another system, changes nothing;
        a point, a criterion or a movement does. The due date is left out, so that it can be put off.
        """
        key = (bloc.code, of.code)
        if key not in self._fingerprints:
            self._fingerprints[key] = self._fingerprint(bloc, of)
        return self._fingerprints[key]

    @cached_property
    def _fingerprints(self) -> dict[tuple[str, str], str]:
        return {}

    def _fingerprint(self, bloc: Bloc, of: Round) -> str:
        meaning = {
            "plan": self.plan.code,
            "year": self.plan.year,
            "round": of.code,
            "form_version": of.form_version,
            "movements": [each.model_dump(mode="json") for each in self.plan.movements],
            "awards": self.awards.model_dump(mode="json"),
            "rubric": bloc.rubric.model_dump(mode="json"),
        }
        text = json.dumps(meaning, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def newest_rules(rules_root: Path) -> Path:
    """The folder of the newest year below ``rules/``. Raises UserFault where there is none."""
    # A plan of a wrong name makes a year too, or last year's rules would count in silence.
    years = [each for each in rules_root.glob("[0-9]*") if any(each.glob("[Pp][Ll][Aa][Nn].[Yy]*"))]
    if not years:
        raise UserFault(
            _("there are no rules in {folder}").format(folder=rules_root),
            _("Start in the project's folder, or name the rules: --rules rules/2023"),
        )
    return max(years, key=lambda each: int(each.name) if each.name.isdecimal() else 0)


MOST_BLOCS = 100
"""Bloc files of a year: a commune has four."""


def load_rules(folder: Path, texts: Mapping[Path, str] | None = None) -> Rules:
    """Load and check a year's rules. Raises RuleFilesWrong with every problem found, or UserFault.

    ``texts``: path -> a text to be checked in place of the file's own, before it is written.
    """
    if not folder.is_dir():
        raise UserFault(
            _("there is no folder {folder}").format(folder=folder),
            _("Name the year's rules, for example --rules rules/2023"),
        )
    library = Library(texts or {}, folder.absolute())
    plan_file, awards_file = library.resolved(folder / "plan.yaml"), library.resolved(folder / "awards.yaml")
    # What begins with a dot or "~" a system or an editor lays beside: "._thon.yaml" of a Mac.
    paths = sorted(path for path in (folder / BLOCS).glob("*.yaml") if not path.name.startswith((".", "~")))
    bloc_files = [library.resolved(path) for path in paths[:MOST_BLOCS]]
    plan, awards = _load_plan(plan_file, folder), parse(awards_file, Awards)
    if awards:
        awards_file.add_faults(award_faults(awards))
    unread = unread_files(folder, library.files)
    missing = {each.target: each.problem for each in unread if each.is_missing}
    for file in (plan_file, awards_file):
        if file.path in missing:
            file.problems = []  # that the file is not there
    if len(paths) > MOST_BLOCS:
        what = _("there are {n} bloc files beside this plan").format(n=len(paths))
        plan_file.add_problem((), what, _("leave at most {n}").format(n=MOST_BLOCS))
    if not bloc_files and not missing:
        plan_file.add_problem((), _("there is no bloc beside this plan"), _("add a file such as blocs/thon.yaml"))
    blocs = [_load_bloc(file, plan.decimals if plan else DEFAULT_DECIMALS) for file in bloc_files]
    _check_shared_codes(bloc_files)
    extended = [
        *_extended(plan_file, Plan, plan),
        *_extended(awards_file, Awards, awards),
        *(each for file, bloc in zip(bloc_files, blocs, strict=True) for each in _extended(file, Bloc, bloc)),
    ]
    problems = [*_once(library.files.values()), *missing.values()]
    if problems or plan is None or awards is None:
        raise RuleFilesWrong(problems)
    warnings = [each.problem for each in unread if not each.is_missing]
    for file, bloc in zip(bloc_files, blocs, strict=True):
        warnings += [file.problem(fault) for fault in bloc_warnings(bloc)] if bloc else []
    own_files = {bloc.code: file.path for bloc, file in zip(blocs, bloc_files, strict=True) if bloc}
    return Rules(
        folder,
        plan,
        awards,
        tuple(filter(None, blocs)),
        tuple(library.files),
        tuple(extended),
        own_files,
        tuple(warnings),
    )


def _extended(file: RuleFile, model: type[RuleModel], whole: RuleModel | None) -> Iterator[Extended]:
    """What the file extends. Each is checked by itself too, so that a problem of its own is reported under its name."""
    for part, parent in file.extended:
        base = parse(parent, model)
        if whole and base:
            yield Extended(file.path, parent.path, _part(whole, part), _part(base, part))


def _part(model: RuleModel, place: KeyPathLike) -> RuleModel:
    for key in place:
        model = getattr(model, str(key))
    return model


def _once(files: Iterable[RuleFile]) -> list[Problem]:
    """Every problem once. One that several files have from the same line is reported as that of the file that has the
    line."""
    problems = [(problem.file != file.path, problem) for file in files for problem in file.problems]
    once = {(each.file, each.line, each.what): each for _of_other_file, each in sorted(problems, reverse=True)}
    return list(once.values())


DEFAULT_DECIMALS: int = Plan.model_fields["decimals"].default


def _load_plan(file: RuleFile, folder: Path) -> Plan | None:
    plan = parse(file, Plan)
    if plan is None:
        for place in range(len(file.entries(("rounds",)))):
            each = file.part(("rounds", place), Round)
            file.add_faults(round_faults(each, ("rounds", place)) if each else ())
        return None
    file.add_faults(plan_faults(plan))
    if folder.name.isdecimal() and int(folder.name) != plan.year:
        file.add_problem(
            ("year",),
            _("the plan is of {year}, its folder of {folder}").format(year=plan.year, folder=folder.name),
            _("write year: {folder}, or rename the folder").format(folder=folder.name),
        )
    return plan


def _load_bloc(file: RuleFile, decimals: int) -> Bloc | None:
    bloc = parse(file, Bloc)
    file.add_faults(bloc_faults(bloc, decimals) if bloc else _faults_of_parts(file, decimals))
    return bloc


def _faults_of_parts(file: RuleFile, decimals: int) -> Iterator[Fault]:
    """The faults of a bloc that is not valid as a whole: those of its rubric, or else of each valid criterion."""
    rubric = file.part(("rubric",), Rubric)
    if rubric:
        yield from rubric_faults(rubric, decimals, ("rubric",))
        return
    for g in range(len(file.entries(("rubric", "groups")))):
        penalty = file.at(("rubric", "groups", g, "kind")) == GroupKind.PENALTY
        for c in range(len(file.entries(("rubric", "groups", g, "criteria")))):
            place = ("rubric", "groups", g, "criteria", c)
            criterion = file.part(place, Criterion)
            if criterion and criterion.of is None:
                lowest = criterion.lowest or Decimal(0)
                scale = Scale(criterion.points, decimals, penalty, criterion.inputs, lowest)
                yield from criterion_faults(criterion, scale, place)


def _check_shared_codes(files: list[RuleFile]) -> None:
    """Report codes of units or blocs that stand in several files: forms are distinguished by these codes.

    Looks at the files as read, so that a bloc with other problems takes part.
    """
    seen: dict[str, Path] = {}
    for file in files:
        units = file.entries(("units",))
        for place in (("code",), *(("units", number, "code") for number in range(len(units)))):
            code = file.at(place)
            other = seen.setdefault(code.casefold(), file.path) if isinstance(code, str) else file.path
            if other != file.path:
                own = file.origin_of(place)[0] == file.path
                file.add_problem(
                    place if own else (),
                    _("code {code} stands in {other} too").format(code=code, other=other.name),
                    _("give each bloc and each unit its own code"),
                )

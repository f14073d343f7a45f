"""Somebody else's rule files, letter templates and workbooks of rubrics."""

from __future__ import annotations

import io
import json
import re

import xlsxwriter

from tests.attack.office import Office

REMIND = ("remind", "--rules", "rules/2023", "--round", "tong-ket", "--now", "2023-12-08T12:00")


def _remind(office: Office, template: str) -> str:
    """What ``remind`` says to a template of that text."""
    office.run()
    folder = office.rules / "thu"
    folder.mkdir()
    (folder / "nhac-nho.txt").write_text(template, encoding="utf-8")
    office.done.clear()
    done = office.thidua(*REMIND)
    assert done.code == 2, f"exit code {done.code}: {done.output[-300:]}"
    assert done.seconds < 30, f"{done.seconds:.0f} s"
    assert "nhac-nho.txt:" in done.output, done.output
    return done.output


def template_that_runs_code(office: Office) -> None:
    """C2: out of the sandbox through pydantic and pickle."""
    victim = office.base / "PWNED"
    load = f"cos\\nsystem\\n(S'id > {victim}'\\ntR."
    _remind(office, f"{{{{ plan.parse_raw(\"{load}\", content_type='x/pickle', allow_pickle=True) }}}}\n\nx\n")
    assert not victim.exists(), "the template ran code"


def template_without_end(office: Office) -> None:
    """C2: loops in loops."""
    loops = "".join(f"{{% for a{n} in '{'x' * 400}' %}}" for n in range(6))
    _remind(office, f"x\n\n{loops}x{'{% endfor %}' * 6}\n")


def template_that_fills_the_memory(office: Office) -> None:
    """C2: a text of ten gigabytes."""
    _remind(office, "x\n\n{{ 'x' * 99999999 * 100 }}\n")


def _checked(office: Office, text: str) -> None:
    """``check`` says in a sentence what is wrong with the plan."""
    (office.rules / "plan.yaml").write_text(text, encoding="utf-8")
    done = office.thidua("check", "--rules", "rules/2023")
    assert done.code == 2, f"exit code {done.code}: {done.output[-300:]}"
    assert done.seconds < 15, f"{done.seconds:.0f} s"
    assert "plan.yaml:" in done.output, done.output[:300]


def billion_laughs(office: Office) -> None:
    """L4: lists of lists of aliases."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    _checked(office, "\n".join(lines) + "\n")


def many_keys(office: Office) -> None:
    """L4: 300,000 keys."""
    _checked(office, "".join(f"k{n}: 1\n" for n in range(300_000)))


def deep_lists(office: Office) -> None:
    """L4: 5,000 lists in one another."""
    _checked(office, "code: " + "[" * 5000 + "]" * 5000 + "\n")


def huge_number(office: Office) -> None:
    """L4: a year of 5,000 digits, and points of 1e999999."""
    plan = (office.rules / "plan.yaml").read_text(encoding="utf-8")
    bloc = office.rules / "blocs" / "thon.yaml"
    data = json.loads(bloc.read_text(encoding="utf-8"))
    text = re.sub(r'"points": \d+', '"points": 1e999999', json.dumps(data, ensure_ascii=False), count=1)
    assert "1e999999" in text
    bloc.write_text(text, encoding="utf-8")
    done = office.thidua("check", "--rules", "rules/2023")
    assert done.code == 2, f"exit code {done.code}: {done.output[-300:]}"
    _checked(office, plan.replace("2023", "9" * 5000, 1))


def far_cell_in_a_rubric(office: Office) -> None:
    """M7: a workbook for ``rubric import`` with one cell at the end of the sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("Thang điểm").write("XFD1048576", 1)
    (office.base / "thang.xlsx").write_bytes(target.getvalue())
    before = (office.rules / "blocs" / "thon.yaml").read_bytes()
    done = office.thidua("rubric", "import", "thang.xlsx", "--rules", "rules/2023")
    assert done.code == 2, f"exit code {done.code}: {done.output[-300:]}"
    assert done.peak < 700, f"{done.peak:.0f} MB in the main process"
    assert (office.rules / "blocs" / "thon.yaml").read_bytes() == before


ATTACKS = (
    template_that_runs_code,
    template_without_end,
    template_that_fills_the_memory,
    billion_laughs,
    many_keys,
    deep_lists,
    huge_number,
    far_cell_in_a_rubric,
)

"""A stranger's template of a letter: it reaches nothing, never ends the program, and ends."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from pipeline.errors import UserFault
from pipeline.mail.letters import compose
from pipeline.mail.template_language import LONGEST_LETTER, LONGEST_TEMPLATE, fill, template

FACTS = {"name": "Thôn 1", "plan": {"title": "Kế hoạch", "items": 3}, "findings": ["a", "b", "c"], "late": 2}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ plan.title }}, {{ plan['title'] }}", "Kế hoạch, Kế hoạch"),
        ("{{ plan.items }}", "3"),  # a name that dicts have themselves
        ("{% for each in findings[:2] %}{{ loop.index }}/{{ loop.length }} {{ each }};{% endfor %}", "1/2 a;2/2 b;"),
        ("{% for each in findings if each != 'b' %}{{ each }}{% else %}none{% endfor %}", "ac"),
        ("{{ findings|join(', ') }}", "a, b, c"),
        ("{{ findings|length - 1 + late }}", "4"),
        ("{{ 'late' if late > 1 and not name is none else 'in time' }}", "late"),
        ("{{ nobody|default('-') }}{% if nobody is defined %}x{% endif %}", "-"),
    ],
)
def test_what_officers_write_is_filled_in(text: str, filled: str) -> None:
    assert fill(template(text), FACTS) == filled


@pytest.mark.parametrize(
    "text",
    [
        # calls, whatever is called
        "{{ plan.parse_raw(\"cos\\nsystem\\n(S'id'\\ntR.\", content_type='x/pickle', allow_pickle=True) }}",
        "{{ plan.parse_file('/etc/passwd') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ 'x'.format(1) }}",
        "{{ 'x'.join(findings) }}",
        "{{ range(9) }}",
        "{{ cycler('a').next() }}",
        "{{ joiner() }}",
        "{{ namespace(a=1) }}",
        "{{ lipsum() }}",
        "{{ self.body() }}",
        "{% for a in findings recursive %}{{ loop(findings) }}{% endfor %}",
        "{% call name() %}{% endcall %}",
        # growth
        "{{ 'x' * 99999999 * 100 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%099999999d' % 1 }}",
        "{{ '%099999999d'|format(1) }}",
        "{{ 'x'|center(99999999) }}",
        "{{ [1] * 99999999 }}",
        "{{ name ~ name }}",
        "{% for a in [name, name] %}{% endfor %}",
        "{{ {'a': name} }}",
        "{% set a = name %}{{ a }}",
        "{% set a %}{{ name }}{% endset %}",
        "{% with a = name %}{{ a }}{% endwith %}",
        "{{ name|replace('a', 'aaaaaaaa') }}",
        "{{ name|indent(99999999) }}",
        "{{ findings|map('upper') }}",
        "{{ findings|map(attribute='__class__') }}",
        "{{ name|attr('__class__') }}",
        "{% filter upper %}x{% endfilter %}",
        "{{ late is divisibleby(0) }}",
        # other files, and pieces of their own
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as a %}",
        "{% from '/etc/passwd' import a %}",
        "{% extends '/etc/passwd' %}",
        "{% block a %}{% endblock %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    ],
)
def test_what_a_letter_does_not_need_is_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(TemplateSyntaxError) as raised:
        template(f"Tiêu đề\n\n{text}")
    assert raised.value.lineno == 3


EACH = "{% for each in findings %}"
END = "{% endfor %}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name.__class__ }}",
        "{{ plan.keys }}",
        "{{ plan['__class__'] }}",
        "{{ findings.append }}",
        "{{ cycler }}",
        "{{ lipsum.__globals__ }}",
        "{{ name + name }}",
        "{{ findings + findings }}",
        "{{ late[0] }}",
        "{{ findings['%s'] }}",
        "{{ findings[::0] }}",
        "{{ " + "9" * 5000 + " }}",
        "{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}",
        "{{ " + "-" * 15_000 + "1 }}",
        EACH * 18 + END * 18,  # 387 million steps, nothing written
        EACH * 90 + END * 90,
        EACH * 10 + "{{ name }}" * 200 + END * 10,
        "{{ " + "findings" + f"|join('{'x' * 900}')" * 3 + " }}",
        "{% if name %}" * 900 + "{% endif %}" * 900,
        "x" * (LONGEST_TEMPLATE + 1),
        "{{ name",
        "{# ",
    ],
    ids=lambda text: text[:20],
)
def test_a_wrong_or_endless_template_is_told_with_file_and_line_and_soon(tmp_path: Path, text: str) -> None:
    own = tmp_path / "thu" / "nhac-nho.txt"
    own.parent.mkdir()
    own.write_text(text, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(UserFault) as raised:
        compose("nhac-nho", FACTS, tmp_path)
    assert time.process_time() - began < 6
    assert str(raised.value.message).startswith(f"{own}:1: ")
    assert "\n" not in str(raised.value.message)


def test_a_letter_is_no_longer_than_it_can_be(tmp_path: Path) -> None:
    (tmp_path / "thu").mkdir()
    (tmp_path / "thu" / "nhac-nho.txt").write_text("{% for each in long %}{{ each }}{% endfor %}", encoding="utf-8")
    facts = {"long": ["x" * 1000] * (LONGEST_LETTER // 1000)}
    compose("nhac-nho", facts, tmp_path)
    facts["long"].append("x")
    with pytest.raises(UserFault, match="200000"):
        compose("nhac-nho", facts, tmp_path)


def test_what_is_no_template_is_told(tmp_path: Path) -> None:
    (tmp_path / "thu" / "nhac-nho.txt").mkdir(parents=True)
    with pytest.raises(UserFault, match=r"nhac-nho\.txt:1:"):
        compose("nhac-nho", FACTS, tmp_path)


@pytest.mark.parametrize("value", [Path("a"), b"a", {1, 2}, print, ("a", "b")])
def test_nothing_but_plain_data_reaches_a_template(tmp_path: Path, value: object) -> None:
    with pytest.raises(AssertionError, match="no plain data"):
        compose("nhac-nho", {"list": [{"value": value}]}, tmp_path)

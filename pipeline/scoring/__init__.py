"""Scoring: what every unit's results are worth under its bloc's rubric.

In: ``Results`` and ``Roster``. Out: ``Scores``, with an explanation for each point, and ``GroupPoints``. Promises: a
criterion is scored for all units at once, and sums are exact, for only whole ticks are added. Start with ``points.py``.
May import: register, checking, intake, forms, findings, tables, rules, methods, sheets, and the ground.
"""

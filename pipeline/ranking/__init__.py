"""Ranking: totals, ties, classes and exclusions, and how firm a rank is.

In: ``Scores``, ``GroupPoints``, ``Roster``. Out: ``Standings``; and, for whoever reads them, which changes moved a
rank, totals by each of the scores, and how ranks vary with the weights. Promises: equal totals are equal to the tick,
every tie-break and exclusion says what decided. Start with ``standings.py``, then ``totals.py``, ``ties.py`` and
``classes.py``.
May import: scoring, register, checking, intake, forms, findings, tables, rules, methods, sheets, and the ground.
"""

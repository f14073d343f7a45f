"""Methods: one file for each scoring method; ``ratio.py`` is the method that rule files call ``ratio``.

In: a method's parameters, as a rule file says them, and what units entered. Out: points, the live Excel formula and an
explanation in words, all from one list of cases. Promises: a spreadsheet that recalculates the formula gets the points
that we computed. Start with ``method.py``, then ``ratio.py``; ``registry.py`` finds the files.
May import: sheets, and the ground.
"""

"""A bloc's rubric as an Excel workbook: written, read back, and tried out.

``entries`` says what may be changed, ``writing`` writes it down, ``reading`` finds what was changed, ``editing``
brings that into the rule file (its text in ``ruletext``), ``trial`` gives the points of possible results.
"""

"""Rules: a year's YAML files become a plan, awards, and one rubric for each bloc.

In: ``rules/<year>/`` (:func:`pipeline.rules.year.load_rules`). Out: :class:`~pipeline.rules.year.Rules`, or every
problem with file, line and remedy. Promises: whatever is wrong in a rule file is found before a unit sees a form, and
every value knows the file and line that it came from, also across years. Start with ``year.py``, then ``rubric.py``.
May import: methods, sheets, and the ground.
"""

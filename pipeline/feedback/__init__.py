"""Feedback: a unit gets its own file back, every finding marked at its cell and listed on a first sheet.

In: the files that go back and their findings. Out: an .xlsx for each unit. Promises: nothing that runs, fetches or
points elsewhere goes out; where a file cannot be marked safely, a fresh form holds what the unit entered. Start with
``feedback.py``, then ``resaving.py`` (a worker's part, light).
May import: state and all that it may import; not outputs, mail, rubric_workbook, screens.
"""

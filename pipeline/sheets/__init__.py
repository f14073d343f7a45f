"""Sheets: what every workbook of ours is made with.

In: values, and what they look like. Out: sheets in a workbook of XlsxWriter. Promises: a text stays a text, never a
formula, a link or markup; the same content gives the same bytes; what does not fit is refused, not left out. Start with
``styles.py`` (workbook, formats, page), then ``grid.py`` (live tables) and ``lists.py`` (long plain ones).
May import: the ground.
"""

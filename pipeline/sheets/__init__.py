"""Writing .xlsx files: what all our workbooks share.

In: values, and what they look like. Out: sheets in a workbook of XlsxWriter.
Promises: a text stays a text, never a formula, a link or markup; the same content gives the same bytes.
Begin with :mod:`styles` (workbook, formats, page), then :mod:`grid` (live tables) and :mod:`lists` (long plain ones).
Imports nothing of ours but the ground: errors, i18n.
"""

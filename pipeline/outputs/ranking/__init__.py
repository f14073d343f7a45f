"""The ranking workbook (``xep-hang.xlsx``) for the council; start with ``workbook.py``, then ``detail.py``."""

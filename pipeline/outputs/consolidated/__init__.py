"""The consolidated workbook (``tong-hop.xlsx``) for the superior level; start with ``workbook.py``."""

"""The papers that appraisers and the council fill in; start with ``workbook.py``."""

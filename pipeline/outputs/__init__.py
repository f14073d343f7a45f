"""What a run writes for people, one module for each workbook, page or folder."""

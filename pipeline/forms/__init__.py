"""Writing the form (phiếu) of a unit: :mod:`workbook` puts it together, :mod:`issue` hands a round's forms out.

What a form consists of is declared in :mod:`pipeline.forms.declared`, which its reader reads too.
"""

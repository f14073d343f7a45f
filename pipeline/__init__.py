"""thidua: forms out, inbox in, ranking and consolidated workbooks out.

The story of one run is told in :mod:`pipeline.run`; the commands are in :mod:`pipeline.cli`.
"""

__version__ = "0.1.0"

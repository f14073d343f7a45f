"""Timings, printed as ratios within one run: ``make bench``. Nothing here asserts; numbers drift with the machine."""

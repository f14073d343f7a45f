"""The hostile year, played against the real command: ``make attack`` prints what was tried and whether it held.

Each attack is a function of an :class:`~tests.attack.office.Office`: it lays its trap, runs commands as an officer
would, and raises AssertionError where the attacker gets what they want. Kinds of attack lie in ``orders.py`` (who may
change points), ``bombs.py`` (files that hold the program), ``letters.py`` (mail), ``rulebooks.py`` (rule files,
templates, workbooks of rubrics) and ``races.py`` (processes, links, clocks, disks). Everything stays on this machine.
"""

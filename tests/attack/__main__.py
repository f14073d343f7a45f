"""``python -m tests.attack [NAME …] [--all]``: play the attacks, print a table; exit code 1 where one did not hold.

``--all`` adds those that take minutes by themselves.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.attack import bombs, letters, orders, races, rulebooks
from tests.attack.office import Office

Attack = Callable[[Office], None]
KINDS = {
    "orders": orders.ATTACKS,
    "bombs": bombs.ATTACKS,
    "letters": letters.ATTACKS,
    "rule books": rulebooks.ATTACKS,
    "races": races.ATTACKS,
}


def main() -> None:
    """Play the attacks that are named, or all."""
    wanted = [each for each in sys.argv[1:] if not each.startswith("-")]
    kinds = KINDS | ({"slow": races.SLOW} if "--all" in sys.argv else {})
    began, lost = time.monotonic(), 0
    print(f"{'attack':<34}{'what':<10}{'s':>6}{'MB of main':>12}  result")
    for kind, attacks in kinds.items():
        for attack in attacks:
            if not wanted or attack.__name__ in wanted or kind in wanted:
                lost += not _played(attack, kind)
    print(f"\n{time.monotonic() - began:.0f} s; not held: {lost}")
    sys.exit(1 if lost else 0)


def _played(attack: Attack, kind: str) -> bool:
    """Whether it held; prints its line."""
    name = attack.__name__.replace("_", " ")
    print(f"{name:<34}{kind:<10}", end="", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="thidua-attack-", ignore_cleanup_errors=True) as folder:
        office = Office(Path(folder))
        try:
            attack(office)
            result = "held"
        except AssertionError as error:
            result = f"NOT HELD: {' '.join(str(error).split())[:200]}"
        except Exception:  # the attack itself fell over: that proves nothing
            result = f"NOT PLAYED: {traceback.format_exc(limit=-1).splitlines()[-1][:200]}"
    peak = max((done.peak for done in office.done), default=0.0)
    print(f"{time.monotonic() - began:>6.1f}{peak:>12.0f}  {result}", flush=True)
    return result == "held"


if __name__ == "__main__":
    main()

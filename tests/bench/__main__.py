"""Our run beside the bare cost of the same work, and beside what one would write without us.

``python -m tests.bench [FORMS]``: each measurement is a process of its own, so that its time and peak memory are
its own. The bare cost is python-calamine reading the same files and XlsxWriter writing the same cells.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import alternatives
from tests.bench.forms import fill_inbox, rules_for

ROUNDS = 3


def main() -> None:
    """Print the table of timings."""
    forms = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="thidua-bench-") as folder:
        base = Path(folder)
        small, large = forms // 2, 5 * forms
        for count in (small, forms, large):
            print(f"writing {count} forms …", flush=True)
            fill_inbox(base / str(count), rules_for(count))
        _compare(base, forms)
        _scale(base, small, large)
        _start_up()


def _compare(base: Path, forms: int) -> None:
    runs = {"ours": [], "bare": [], "loop": []}
    for _round in range(ROUNDS):  # in turn, so that a machine that slows down slows all
        runs["ours"].append(_measure("ours", base, forms))
        runs["bare"].append(_measure("bare", base, forms))
    runs["loop"].append(_measure("loop", base, forms))
    ours, bare, loop = (statistics.median(run["seconds"] for run in each) for each in runs.values())
    print(f"\n{forms} forms, seconds of the processor, one process, median of {ROUNDS} (the loop once):")
    print(f"  read, check, score, rank, write      {ours:7.2f} s")
    print(f"  bare: calamine + XlsxWriter          {bare:7.2f} s   ours / bare = {ours / bare:.2f}  (target 1.8)")
    print(f"  without us: pandas + openpyxl loop   {loop:7.2f} s   loop / ours = {loop / ours:.1f}  (target 8)")
    apart = _measure("council_papers", base, forms)["seconds"]
    print(f"  papers for appraisers and council    {apart:7.2f} s   (apart: neither of the others has any)")
    print("  our stages:", ", ".join(f"{name} {seconds:.2f}" for name, seconds in runs["ours"][-1]["stages"].items()))


def _scale(base: Path, small: int, large: int) -> None:
    few, many = _measure("ours", base, small), _measure("ours", base, large)
    low, high = 1000 * few["seconds"] / small, 1000 * many["seconds"] / large
    print(f"\nper form: {low:.2f} ms at {small}, {high:.2f} ms at {large}: ratio {high / low:.2f}  (target 1.0)")
    print(f"peak memory at {large}: {many['peak_mb']:.0f} MB  (target 600)")


def _start_up() -> None:
    def seconds(*command: str) -> float:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    bare = seconds("-c", "pass")
    pandas, help_ = seconds("-c", "import pandas") - bare, seconds("-m", "pipeline", "--help") - bare
    print(f"\nthidua --help {help_:.3f} s, importing pandas {pandas:.3f} s: ratio {help_ / pandas:.2f}  (target 0.5)")


def _measure(what: str, base: Path, forms: int) -> dict:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", "--one", what, str(base), str(forms)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def _one(what: str, base: Path, forms: int) -> None:
    rules = rules_for(forms)
    measured = getattr(alternatives, what)(rules, base / str(forms), base)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**measured, "peak_mb": peak}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()

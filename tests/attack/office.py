"""An office to be attacked: a small year in a folder of its own, and its command with a watch on time and memory."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.filled import drop
from tests.papers import FORMS
from tests.places import ROOT
from tests.small import write_year

LONGEST = 60.0
"""Seconds after which a command counts as held up for good."""

DAY = "2023-12-08"


@dataclass(frozen=True)
class Done:
    """How a command ended. ``peak``: MB that its main process, workers apart, had in memory at most."""

    code: int
    output: str
    seconds: float
    peak: float


@dataclass
class Office:
    """A year of one commune below ``base``; ``done``: the commands so far."""

    base: Path
    done: list[Done] = field(default_factory=list)

    def __post_init__(self) -> None:
        write_year(self.rules)
        drop(self.inbox, FORMS)

    @property
    def rules(self) -> Path:
        """The rule files."""
        return self.base / "rules" / "2023"

    @property
    def inbox(self) -> Path:
        """Where forms come in."""
        return self.base / "inbox" / "2023" / "tong-ket"

    @property
    def outbox(self) -> Path:
        """Where results go out."""
        return self.base / "outbox" / "2023" / "tong-ket"

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in the office's folder."""
        around = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        command = [sys.executable, "-m", "pipeline", *args]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(
            command, cwd=self.base, env=around, start_new_session=True, encoding="utf-8", errors="replace", **streams
        )

    def thidua(self, *args: str, **environment: str) -> Done:
        """Run a command to its end, or end it with all its workers where it takes too long."""
        began = time.monotonic()
        process = self.start(*args, **environment)
        peak = 0.0
        while True:
            peak = max(peak, _peak_of(process.pid))
            try:
                output, _nothing = process.communicate(timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() - began > LONGEST:
                    os.killpg(process.pid, signal.SIGKILL)
                    output = process.communicate()[0] + "\n(still running, and ended)"
                    break
        self.done.append(Done(process.returncode, output, time.monotonic() - began, peak))
        return self.done[-1]

    def run(self, now: str = f"{DAY}T09:30", *more: str) -> Done:
        """A run at that time; it must end as it should."""
        done = self.thidua("run", "--rules", "rules/2023", "--round", "tong-ket", "--now", now, *more)
        assert done.code == 0, f"exit code {done.code}: {done.output[-300:]}"
        return done

    def fetch(self, letters: Path, now: str = f"{DAY}T09:00") -> Done:
        """Take the attachments of letters into the inbox."""
        where = ("--rules", "rules/2023", "--round", "tong-ket")
        return self.thidua("fetch", *where, "--from", str(letters), "--now", now)

    # --- what came of it ------------------------------------------------------------------------------

    def table(self, name: str) -> list[dict[str, str]]:
        """A published table."""
        with (self.outbox / "so-lieu" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def ranks(self) -> dict[str, str]:
        """Unit -> its rank and total."""
        rows = self.table("standings")
        return {row["unit"]: f"{row['rank']} ({row['total']})" for row in rows if row["total"]}

    def totals(self) -> dict[str, float]:
        """Unit -> its total."""
        return {row["unit"]: float(row["total"]) for row in self.table("standings") if row["total"]}

    def statuses(self) -> dict[str, str]:
        """File -> its status."""
        return {row["file"]: row["status"] for row in self.table("register")}

    def days_late(self) -> dict[str, str]:
        """File -> days late."""
        return {row["file"]: row["days_late"] for row in self.table("register")}


def _peak_of(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0

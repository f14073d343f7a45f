"""Two processes at once, links laid in the way, a file that never settles, a run that is killed."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import threading
import time

from tests.attack.letters import letter
from tests.attack.office import Office
from tests.filled import form
from tests.mail import outgoing


def two_sends_at_once(office: Office) -> None:
    """M2: ``send --yes`` twice at the same moment: each letter goes out once."""
    with outgoing.server() as server:
        file = office.rules / "plan.yaml"
        plan = json.loads(file.read_text(encoding="utf-8"))
        smtp = {"host": "127.0.0.1", "port": server.port, "security": "none"}
        plan["mail"] = {"sender": "office@xa.example", "smtp": smtp}
        file.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
        bloc = office.rules / "blocs" / "thon.yaml"
        data = json.loads(bloc.read_text(encoding="utf-8"))
        for unit in data["units"]:
            unit["email"] = f"{unit['code']}@xa.example"
        bloc.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        office.run()
        send = ("send", "--feedback", "--yes", "--rules", "rules/2023", "--round", "tong-ket")
        both = [office.start(*send, "--now", "2023-12-08T12:00") for _number in range(2)]
        outputs = [process.communicate(timeout=60)[0] for process in both]
        addresses = [address for address, _content in server.taken]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert len(addresses) == len(set(addresses)) == 3, f"deliveries: {sorted(addresses)}"


def two_runs_at_once(office: Office) -> None:
    """Two runs and ``status`` at the same moment leave one whole outbox, which follows from the inbox."""
    where = ("--rules", "rules/2023", "--round", "tong-ket", "--now", "2023-12-08T09:30")
    all_three = [office.start(*command, *where) for command in (["run"], ["run"], ["status"])]
    outputs = [process.communicate(timeout=60)[0] for process in all_three]
    assert [process.returncode for process in all_three] == [0, 0, 0], outputs
    done = office.thidua("verify", "outbox/2023/tong-ket", "--rules", "rules/2023")
    assert done.code == 0, done.output


def killed_midway(office: Office) -> None:
    """SIGKILL at some moments of a run: the old outbox stays whole."""
    office.run()
    before = {path: path.read_bytes() for path in office.outbox.rglob("*") if path.is_file()}
    (office.inbox / "thon-4.xlsx").write_bytes(form("thon-4"))
    for pause in (0.9, 1.3, 1.7):
        where = ("--rules", "rules/2023", "--round", "tong-ket", "--now", "2023-12-08T10:30")
        process = office.start("run", *where)
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        whole = {path: path.read_bytes() for path in office.outbox.rglob("*") if path.is_file()}
        assert whole == before or len(office.ranks()) == 4, "neither the old outbox nor the new one"
    office.run("2023-12-08T11:30")
    assert len(office.ranks()) == 4


def link_in_the_way(office: Office) -> None:
    """M6: links where ``fetch`` is about to write."""
    victim = office.base / "quy-luong.xlsx"
    victim.write_bytes(b"victim")
    for ending in (".part", ""):
        name = f"20231208-090000_evil-x.example_thon-4.xlsx{ending}"
        (office.inbox / name).symlink_to(victim)
        (office.inbox / f".{name}").symlink_to(victim)
    folder = office.base / "thu-den"
    folder.mkdir()
    (folder / "a.eml").write_bytes(letter(form("thon-4"), "thon-4.xlsx", 8, "evil@x.example"))
    office.fetch(folder)
    assert victim.read_bytes() == b"victim", "written through the link"


def never_settled(office: Office) -> None:
    """L1: a file that changes every second does not hold up ``watch`` for good (its limit is two minutes, so here it is
    only asked whether the first run comes before)."""
    stop = threading.Event()

    def touch() -> None:
        while not stop.is_set():
            (office.inbox / "dang-ghi.xlsx").write_bytes(os.urandom(1000))
            stop.wait(1.0)

    toucher = threading.Thread(target=touch, daemon=True)
    toucher.start()
    process = office.start("watch", "--rules", "rules/2023", "--round", "tong-ket")
    end = dt.datetime.now() + dt.timedelta(seconds=NEVER_SETTLED_WITHIN)
    try:
        while dt.datetime.now() < end and not (office.outbox / "manifest.json").exists():
            time.sleep(0.5)
    finally:
        stop.set()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert (office.outbox / "manifest.json").exists(), "no run at all"


NEVER_SETTLED_WITHIN = 130

ATTACKS = (two_sends_at_once, two_runs_at_once, killed_midway, link_in_the_way)
SLOW = (never_settled,)
"""Only with ``--all``: two minutes by itself."""

"""How a command ends: with a sentence and an exit code, never with a traceback."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from pipeline.errors import EnvironmentFault, ExitCode, ThiduaError, UserFault
from pipeline.i18n import _
from pipeline.text import harmless


def run_to_end(cli: click.Command) -> None:
    """Run a command; leaves the program with its exit code, or with that of what went wrong."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may be set to another code page
    with _no_last_words():
        exit_code = _ended(cli)
        if exit_code:
            gc.collect()
    sys.exit(exit_code)  # not while the exception is handled, or its objects would live to the end of the interpreter


def _ended(cli: click.Command) -> int:
    try:
        exit_code = cli(prog_name="thidua", standalone_mode=False) or ExitCode.OK
        click.echo(nl=False)  # what is still to be shown may not fit on the disk
    except click.exceptions.Exit as error:
        exit_code = error.exit_code
    except (Exception, KeyboardInterrupt) as error:
        fault = fault_of(error)
        print_fault(fault)
        exit_code = fault.exit_code
    return int(exit_code)


@contextmanager
def _no_last_words() -> Iterator[None]:
    """No “Exception ignored in …” on the screen: a half-written file that is thrown away tries once more to end itself,
    on a disk that is still full. What went wrong has been told by then."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _unraisable: None
    try:
        yield
        _give_up_screen()
    finally:
        sys.unraisablehook = before


def _give_up_screen() -> None:
    """Where the screen is a file on a full disk, or nobody reads it any more, nothing is left to be written there."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_fault(fault: ThiduaError) -> None:
    """Print what went wrong and what to do about it, on the error stream; it may be a file on the full disk."""
    with suppress(OSError):
        click.echo(harmless(_("Error: {message}").format(message=fault.message)), err=True)
        if fault.remedy:
            click.echo(harmless("→ " + fault.remedy), err=True)


def fault_of(error: BaseException) -> ThiduaError:
    """The failure as one that a person can act on; the exception that is being handled."""
    match error:
        case ThiduaError():
            return error
        case click.Abort() | KeyboardInterrupt():
            return UserFault(_("stopped"), _("Nothing was changed; run it again when you like."))
        case click.ClickException():
            return _usage_fault(error)
        case OSError():
            return _environment_fault(error)
    # XlsxWriter wraps the system's refusal in an exception of its own
    refused = error.args[0] if error.args and isinstance(error.args[0], OSError) else None
    return _environment_fault(refused) if refused else _bug()


def _usage_fault(error: click.ClickException) -> UserFault:
    """Click's own errors in our language."""
    match error:
        case click.NoSuchOption():
            what = _("there is no option {name}").format(name=error.option_name)
        case click.MissingParameter():
            name = _name(error.param).upper() if isinstance(error.param, click.Argument) else _name(error.param)
            what = _("{name} is missing").format(name=name)
        case click.BadParameter():
            name = _name(error.param)
            what = _("{name} cannot have that value").format(name=name)
        case _:
            what = error.format_message()
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "thidua"
    return UserFault(what, _("See: {command} --help").format(command=command))


def _name(parameter: click.Parameter | None) -> str:
    return parameter.opts[-1] if parameter else ""


def _environment_fault(error: OSError) -> EnvironmentFault:
    from pipeline.state.outbox import write_fault

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return write_fault(error, Path())
    detail = f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")
    return EnvironmentFault(
        _("the computer refused: {detail}").format(detail=detail),
        _("Check that the disk is not full, that the folder can be written, and that no output is open in Excel."),
    )


def _bug() -> ThiduaError:
    report = _report()
    return ThiduaError(
        _("the program itself has failed; that is not your fault"),
        _("The outbox was left as it was. Send {file} to whoever looks after the program.").format(file=report)
        if report
        else _("The outbox was left as it was. Tell whoever looks after the program what you did."),
    )


_LONGEST_REPORT = 100_000


def _report() -> Path | None:
    """A new file of the user's own with where the program failed; None where there is no place for it.

    It lies in the home folder, where it is found, and which nobody else can write: a name that others know in a folder
    of all users could be a link of theirs to any file.
    """
    import tempfile
    import traceback

    text = _without_settings(traceback.format_exc())[-_LONGEST_REPORT:]
    for folder in (Path.home, Path.cwd, lambda: Path(tempfile.gettempdir())):
        with suppress(OSError, RuntimeError):
            handle, name = tempfile.mkstemp(".txt", "thidua-loi-", folder(), text=True)  # new, private, no link
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            return Path(name)
    return None


def _without_settings(text: str) -> str:
    """The text without values of environment variables: ours hold passwords, others name persons and machines."""
    values = {value: name for name, value in os.environ.items() if len(value) >= 6 or "PASSWORD" in name}
    for value in sorted(filter(None, values), key=len, reverse=True):
        text = text.replace(value, f"${values[value]}")
    return text

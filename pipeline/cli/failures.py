"""How a command ends: with a sentence and an exit code, never with a traceback."""

from __future__ import annotations

import errno
import sys
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
    try:
        sys.exit(cli(prog_name="thidua", standalone_mode=False) or ExitCode.OK)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (Exception, KeyboardInterrupt) as error:
        fault = fault_of(error)
        print_fault(fault)
        sys.exit(fault.exit_code)


def print_fault(fault: ThiduaError) -> None:
    """Print what went wrong and what to do about it, on the error stream."""
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
    import tempfile
    import traceback

    report = Path(tempfile.gettempdir()) / "thidua-loi.txt"
    try:
        report.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        traceback.print_exc()
    return ThiduaError(
        _("the program itself has failed; that is not your fault"),
        _("The outbox was left as it was. Send {file} to whoever looks after the program.").format(file=report),
    )

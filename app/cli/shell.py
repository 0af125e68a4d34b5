"""Runs one command and turns every end of it into an exit code and, if need be, one Turkish sentence."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from app.cli.inputs import read_fault
from app.domain.errors import (
    AppError,
    BugError,
    ConfigError,
    EnvironmentFault,
    InputError,
    JobCancelled,
    LeaseHeld,
    SealError,
)

if TYPE_CHECKING:
    from app.domain.protocols import Sealer
    from app.domain.taxnumber import TaxNumber
    from app.office import Office
    from app.signing.token import PinSource

log = logging.getLogger("app.cli")

# Received documents and file names are other people's text: an escape sequence in them could repaint the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def run_command(arguments: argparse.Namespace) -> int:
    """Run the handler named by `arguments.command`; never lets a traceback out."""
    from app.runtime import logs
    from app.runtime.paths import DataFolder, resolve_data_dir

    # Before anything else can go wrong: what nobody foresaw goes into the log, not onto the user's screen.
    session = logs.configure(DataFolder(resolve_data_dir(arguments.data_dir)), verbose=arguments.verbose)
    unhook = logs.install_hooks()
    try:
        return flush(_outcome(arguments))
    finally:
        unhook()
        session.close()


def _outcome(arguments: argparse.Namespace) -> int:
    room, _, name = arguments.command.partition(".")
    try:
        if room == "help":
            arguments.help_parser.print_help(sys.stderr)
            return 2
        handler = getattr(importlib.import_module(f"app.cli.{room}"), f"cmd_{name}")
        return int(handler(arguments))
    except LeaseHeld as error:
        return _complain(arguments, error, 3)
    except InputError as error:
        return _complain(arguments, error, 2)
    except AppError as error:
        return _complain(arguments, error, 1)
    except (KeyboardInterrupt, JobCancelled):
        return _complain(arguments, AppError("CANCELLED", "Durduruldu."), 130)
    except BrokenPipeError:
        return _gone()
    except OSError as error:
        fault = read_fault(error.filename, error)
        if not isinstance(fault, InputError):
            log.info("command %s", arguments.command, exc_info=error)
        return _complain(arguments, fault, 2 if isinstance(fault, InputError) else 1)
    except Exception as error:
        log.exception("command %s", arguments.command)
        return _complain(arguments, BugError(error), 1)


def complain_about_usage(sentence: str, *, as_json: bool) -> int:
    """Say that the command line itself cannot be understood; returns the exit code."""
    note(sentence)
    if as_json:
        _print_error("USAGE", sentence)
    return flush(2)


def _complain(arguments: argparse.Namespace, error: AppError, code: int) -> int:
    note(error.sentence)
    if arguments.json:
        _print_error(error.code, error.sentence)
    return code


def _print_error(code: str, sentence: str) -> None:
    """The one JSON object of a command that failed; where stdout itself is what failed, stderr has said it."""
    try:
        _print({"error": {"code": code, "message": sentence}})
    except OSError:
        _silence(sys.stdout)


def flush(code: int) -> int:
    """Push the output out now, where a full disk or a closed pipe can still be said; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except BrokenPipeError:
            code = _gone()
        except OSError as error:
            _silence(stream)
            if code == 0:
                note(_no_output(error).sentence)
                code = 1
    return code


def _gone() -> int:
    """Nobody reads any more (`| head`). Python would complain about it at exit."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            _silence(stream)
    return 141


def _silence(stream: TextIO) -> None:
    """What is still in the buffer goes nowhere instead of failing once more at exit."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _no_output(error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        "OUTPUT.WRITE",
        "İş bitti ama sonucu yazılamadı.",
        why=f"Çıktının gittiği yer yazmayı kabul etmedi ({error.strerror or type(error).__name__}).",
        todo="Diskte yer açıp ya da başka bir yere yönlendirip yeniden bakın.",
    )


def say(text: str = "") -> None:
    """One line for the user."""
    try:
        print(_CONTROL.sub("", text))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _no_output(error) from error


def print_json(value: Any) -> None:
    """The one JSON object of a `--json` run."""
    try:
        _print(value)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _no_output(error) from error


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def note(text: str) -> None:
    """A line beside the result, on stderr."""
    if sys.stderr is not None:
        sys.stderr.write(f"{_CONTROL.sub('', text)}\n")


def secret_from_env(name: str | None, what: str) -> str:
    """The value of an environment variable that holds a secret. Raises: ConfigError (ENV.MISSING)."""
    value = os.environ.get(name or "")
    if not value:
        raise ConfigError(
            "ENV.MISSING",
            f"{what} verilmedi.",
            why=f"{name or 'Ortam değişkeni'} boş ya da tanımlı değil."
            if name
            else "Ortam değişkeninin adı yazılmadı.",
            todo="Değeri bir ortam değişkenine koyup adını bu komuta verin; komut satırına yazılan parola görülebilir.",
        )
    from app.runtime.masking import hide

    hide(value)
    return value


def open_office(arguments: argparse.Namespace) -> Office:
    """The office of `--data-dir`. The caller closes it."""
    from app.office import Office
    from app.runtime.masking import hide
    from app.runtime.paths import cloud_folder_warning, resolve_data_dir

    data_dir = resolve_data_dir(arguments.data_dir)
    passphrase = os.environ.get(arguments.vault_passphrase_env) or None
    if passphrase is not None:
        hide(passphrase)
    office = Office.open(data_dir, owner=f"muhurdar {arguments.command.replace('.', ' ')}", passphrase=passphrase)
    warning = cloud_folder_warning(data_dir)
    if warning:
        note(warning)
    return office


@contextmanager
def sealer_of(
    arguments: argparse.Namespace, owner: TaxNumber | None, office: Office | None = None
) -> Iterator[Sealer | None]:
    """The seal named by the options, for as long as the block lasts; None when none was named.

    Raises: SealError, ConfigError, InputError.
    """
    if getattr(arguments, "seal", None) == "test":
        from app.demo.seals import test_sealer

        if office is None or owner is None:
            raise SealError("SEAL.MISSING", "TEST mührü yalnız bir firmayla kullanılır.", todo="--company verin.")
        yield test_sealer(office, owner)
    elif arguments.pkcs12:
        from app.signing.soft import Pkcs12Sealer

        password = secret_from_env(arguments.password_env, "PKCS#12 parolası") if arguments.password_env else ""
        yield Pkcs12Sealer.load(Path(arguments.pkcs12), password)
    elif arguments.pkcs11:
        from app.signing.token import IsolatedSealer

        # In a process of its own: a driver that hangs or crashes takes nothing with it.
        with IsolatedSealer.open(
            [Path(arguments.pkcs11)],
            token_label=arguments.token,
            owner=owner,
            pin=pin_source(arguments.pin_env),
            accept_last_try=arguments.accept_last_try,
        ) as sealer:
            yield sealer
    else:
        yield None


def pin_source(variable: str | None) -> PinSource:
    """Where the PIN comes from: the environment variable, else the person at the terminal, else the reader's keypad."""
    from app.signing.token import PinPrompt, PinSource

    if variable:
        return PinSource.stored(secret_from_env(variable, "PIN"))
    if sys.stdin is None or not sys.stdin.isatty():
        return PinSource.keypad()

    def ask(prompt: PinPrompt) -> str:
        from getpass import getpass

        from app.runtime.masking import hide

        if prompt.warning:
            note(prompt.warning)
        try:
            pin = getpass(f"{prompt.token_label} PIN'i: ")
        except EOFError:
            pin = ""
        hide(pin)
        return pin

    return PinSource.asked(ask)

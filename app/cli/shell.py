"""Runs one command and turns every end of it into an exit code and, if need be, one Turkish sentence."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.errors import AppError, BugError, ConfigError, InputError, JobCancelled, LeaseHeld, SealError

if TYPE_CHECKING:
    from app.domain.protocols import Sealer
    from app.domain.taxnumber import TaxNumber
    from app.office import Office

log = logging.getLogger("app.cli")


def run_command(arguments: argparse.Namespace) -> int:
    """Run the handler named by `arguments.command`; never lets a traceback out."""
    room, _, name = arguments.command.partition(".")
    if room == "help":
        arguments.help_parser.print_help()
        return 2
    try:
        handler = getattr(importlib.import_module(f"app.cli.{room}"), f"cmd_{name}")
        return int(handler(arguments))
    except LeaseHeld as error:
        return _complain(arguments, error, 3)
    except InputError as error:
        return _complain(arguments, error, 2)
    except AppError as error:
        return _complain(arguments, error, 1)
    except (KeyboardInterrupt, JobCancelled):
        sys.stderr.write("Durduruldu.\n")
        return 130
    except BrokenPipeError:
        return 0
    except FileNotFoundError as error:
        return _complain(
            arguments, InputError("FILE.MISSING", f"Dosya bulunamadı: {error.filename}.", todo="Yolu kontrol edin."), 2
        )
    except PermissionError as error:
        return _complain(
            arguments,
            InputError(
                "FILE.DENIED",
                f"Dosyaya erişim yok: {error.filename}.",
                todo="Dosya başka programda açık olabilir; izinleri kontrol edin.",
            ),
            2,
        )
    except IsADirectoryError as error:
        return _complain(
            arguments, InputError("FILE.IS_FOLDER", f"{error.filename} bir klasör.", todo="Bir dosya verin."), 2
        )
    except OSError as error:
        return _complain(
            arguments,
            InputError(
                "FILE.OS",
                "Dosya okunamadı veya yazılamadı.",
                why=f"({error.strerror or error})",
                todo="Diskte yer ve izin olduğunu kontrol edin.",
            ),
            2,
        )
    except Exception as error:
        log.exception("command %s", arguments.command)
        return _complain(arguments, BugError(error), 1)


def _complain(arguments: argparse.Namespace, error: AppError, code: int) -> int:
    sys.stderr.write(f"{error.sentence}\n")
    if getattr(arguments, "json", False):
        print_json({"error": {"code": error.code, "message": error.sentence}})
    return code


def say(text: str = "") -> None:
    """One line for the user."""
    print(text)


def print_json(value: Any) -> None:
    """The one JSON object of a `--json` run."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def note(text: str) -> None:
    """A line beside the result, on stderr."""
    sys.stderr.write(f"{text}\n")


def read_json(path: str) -> dict[str, Any]:
    """A JSON object of a file, numbers as Decimal. Raises: InputError (JSON.*)."""
    from decimal import Decimal

    raw = Path(path).read_bytes()
    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise InputError("JSON.ENCODING", f"{path} UTF-8 değil.", todo="Dosyayı UTF-8 olarak kaydedin.") from error
    except json.JSONDecodeError as error:
        raise InputError(
            "JSON.SYNTAX",
            f"{path} okunamadı.",
            why=f"{error.lineno}. satır, {error.colno}. sütunda yazım hatası var.",
            todo="JSON yazımını düzeltin.",
        ) from error
    if not isinstance(value, dict):
        raise InputError("JSON.SHAPE", f"{path} bir JSON nesnesi değil.", todo="Dosya { ile başlayıp } ile bitmeli.")
    return value


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
    """The office of `--data-dir`, with logging into its folder. The caller closes it."""
    from app.office import Office
    from app.runtime.logs import configure
    from app.runtime.paths import cloud_folder_warning, resolve_data_dir

    data_dir = resolve_data_dir(arguments.data_dir)
    office = Office.open(
        data_dir,
        owner=f"muhurdar {arguments.command.replace('.', ' ')}",
        passphrase=os.environ.get(arguments.vault_passphrase_env) or None,
    )
    configure(office.folder, verbose=arguments.verbose)
    warning = cloud_folder_warning(data_dir)
    if warning:
        note(warning)
    return office


def open_sealer(arguments: argparse.Namespace, owner: TaxNumber | None, office: Office | None = None) -> Sealer | None:
    """The seal named by the options; None when none was named. Raises: SealError, ConfigError."""
    if getattr(arguments, "seal", None) == "test":
        from app.demo.seals import test_sealer

        if office is None or owner is None:
            raise SealError("SEAL.MISSING", "TEST mührü yalnız bir firmayla kullanılır.", todo="--company verin.")
        return test_sealer(office, owner)
    if arguments.pkcs12:
        from app.signing.soft import Pkcs12Sealer

        password = secret_from_env(arguments.password_env, "PKCS#12 parolası") if arguments.password_env else ""
        return Pkcs12Sealer.load(Path(arguments.pkcs12), password)
    if arguments.pkcs11:
        from app.signing.token import PinSource, Pkcs11Sealer

        pin = PinSource.stored(secret_from_env(arguments.pin_env, "PIN")) if arguments.pin_env else PinSource.keypad()
        return Pkcs11Sealer.open(
            Path(arguments.pkcs11),
            token_label=arguments.token,
            owner=owner,
            pin=pin,
            accept_last_try=arguments.accept_last_try,
        )
    return None

"""Tokens behind a child process: one process per PKCS#11 module, each with a deadline.

Why: drivers keep global state (one library per process), hang when a reader misbehaves, and crash. An office with an
AKİS card and a SafeNet token needs both modules at once, and a hung driver must not take the program with it. The
PIN goes to the child through its pipe and is kept nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from app.domain.errors import AppError, PinRefused, SealError
from app.domain.protocols import CertificateInfo
from app.domain.taxnumber import TaxNumber
from app.runtime.children import ChildPool
from app.signing.certificates import describe_certificate
from app.signing.choose import Wanted, choose_certificate, choose_token
from app.signing.modules import module_title
from app.signing.pins import PinSource, ask_pin, remember_refused
from app.signing.pkcs11_sealer import ensure_can_sign, session_lost
from app.signing.token_facts import TokenFacts

LOOK_DEADLINE_S = 20.0
# Typing on a reader's own keypad takes a person's time; a card signs about two documents a second.
LOGIN_DEADLINE_S = 120.0
_SIGN_DEADLINE_S = 30.0
_SIGN_EACH_S = 5.0
_CHILD = "app.signing.token_child"
# What drivers read from the user's own environment; a child starts without it.
_DRIVER_VARIABLES = (
    "HOME",
    "USER",
    "LOGNAME",
    "USERPROFILE",
    "USERNAME",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "COMMONPROGRAMFILES",
    "COMPUTERNAME",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "SOFTHSM2_CONF",
    "OPENSC_CONF",
    "OPENSC_DRIVER",
    "PCSCLITE_CSOCK_NAME",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleLook:
    """What one module said, or `error` when it could not be asked."""

    path: Path
    title: str
    description: str = ""
    version: str = ""
    readers: tuple[str, ...] = ()
    tokens: tuple[TokenFacts, ...] = ()
    error: AppError | None = None


class _ModuleProcess:
    """The child of one module. One caller at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool = ChildPool(1)

    def look(self, deadline_s: float = LOOK_DEADLINE_S) -> ModuleLook:
        """Ask the module; failures come back in `error`."""
        title = module_title(self.path)
        try:
            said = self._call("look", str(self.path), _driver_environment(), deadline_s=deadline_s)
        except AppError as e:
            return ModuleLook(path=self.path, title=title, error=e)
        return ModuleLook(
            path=self.path,
            title=title,
            description=said["description"],
            version=said["version"],
            readers=tuple(said["readers"]),
            tokens=tuple(TokenFacts.from_plain(plain) for plain in said["tokens"]),
        )

    def login(self, verb: str, token: TokenFacts, wanted: Wanted, pin: str | None) -> dict[str, Any]:
        """`login` or `test_sign`: the one try of a PIN. A refusal is remembered here, in the parent."""
        owner = wanted.owner.digits if wanted.owner else ""
        at = wanted.at.isoformat() if wanted.at else ""
        try:
            said: dict[str, Any] = self._call(
                verb, token.slot_id, pin, owner, wanted.certificate_serial, at, deadline_s=LOGIN_DEADLINE_S
            )
        except PinRefused as e:
            if e.code == "PIN.WRONG":
                remember_refused(token, pin)
            raise
        return said

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        deadline_s = _SIGN_DEADLINE_S + _SIGN_EACH_S * len(digests)
        return [bytes(value) for value in self._call("sign", list(digests), deadline_s=deadline_s)]

    @property
    def process_ids(self) -> list[int]:
        """The living child, for tests and the diagnostics page."""
        return self._pool.process_ids

    def end(self) -> None:
        self._pool.close()

    def _call(self, verb: str, *args: Any, deadline_s: float) -> Any:
        try:
            return self._pool.call(f"{_CHILD}:{verb}", *args, deadline_s=deadline_s)
        except AppError as e:
            if not e.code.startswith("CHILD."):
                raise
            raise _driver_error(e, self.path) from e


class IsolatedSealer:
    """A Pkcs11Sealer that lives in a child process of its own. Close it, or use it with `with`.

    Any thread, one at a time; it belongs on the token lane like every sealer that waits for hardware.
    """

    def __init__(self, process: _ModuleProcess, certificate: CertificateInfo, title: str) -> None:
        self._process: _ModuleProcess | None = process
        self._certificate = certificate
        self._title = title

    def __repr__(self) -> str:
        return f"IsolatedSealer({self._title!r})"

    @classmethod
    def open(
        cls,
        modules: Sequence[Path],
        *,
        pin: PinSource,
        token_label: str | None = None,
        serial: str | None = None,
        owner: TaxNumber | None = None,
        certificate_serial: str | None = None,
        at: datetime | None = None,
        accept_last_try: bool = False,
    ) -> Self:
        """Find the token among all `modules` and log in once. Arguments and errors as `Pkcs11Sealer.open`.

        A module that cannot be asked is passed over while another one has the token; its error is raised when it is
        the only thing found.
        """
        wanted = Wanted(
            label=token_label or "",
            serial=serial or "",
            owner=owner,
            certificate_serial=certificate_serial or "",
            at=at,
        )
        processes = {path: _ModuleProcess(path) for path in _unique(modules)}
        kept: _ModuleProcess | None = None
        try:
            looks = _look_all(list(processes.values()), LOOK_DEADLINE_S)
            chosen = choose_among(looks, wanted)
            kept = processes[Path(chosen.module)]
            ensure_can_sign(chosen)
            if chosen.own_certificates:
                choose_certificate(chosen.own_certificates, wanted)
            typed = ask_pin(chosen, pin, accept_last_try=accept_last_try)
            said = kept.login("login", chosen, wanted, typed)
            return cls(kept, describe_certificate(said["certificate"]), said["title"])
        except BaseException:
            kept = None
            raise
        finally:
            for process in processes.values():
                if process is not kept:
                    process.end()

    @property
    def certificate(self) -> CertificateInfo:
        return self._certificate

    @property
    def is_test(self) -> bool:
        return self._certificate.is_test

    @property
    def title(self) -> str:
        return self._title

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        """As `Pkcs11Sealer.sign`. Also raises SealError TOKEN.DRIVER_HUNG and TOKEN.DRIVER_CRASHED; the session is
        over then, and the PIN must be typed again."""
        if self._process is None:
            raise session_lost()
        return self._process.sign(digests)

    def close(self) -> None:
        """End the session and its process. Safe to call twice."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def look_at_modules(modules: Sequence[Path], *, deadline_s: float = LOOK_DEADLINE_S) -> list[ModuleLook]:
    """Ask every module, each in a child of its own, all at once; a hung or broken one costs only its deadline."""
    processes = [_ModuleProcess(path) for path in _unique(modules)]
    try:
        return _look_all(processes, deadline_s)
    finally:
        for process in processes:
            process.end()


def try_signature(module: Path, wanted: Wanted, pin: PinSource, *, accept_last_try: bool = False) -> float:
    """Make one test signature with the wanted token of `module` and return the seconds it took.

    Raises: as `IsolatedSealer.open`.
    """
    process = _ModuleProcess(module)
    try:
        look = process.look()
        chosen = choose_among([look], wanted)
        ensure_can_sign(chosen)
        typed = ask_pin(chosen, pin, accept_last_try=accept_last_try)
        return float(process.login("test_sign", chosen, wanted, typed)["seconds"])
    finally:
        process.end()


def _look_all(processes: Sequence[_ModuleProcess], deadline_s: float) -> list[ModuleLook]:
    if not processes:
        return []
    with ThreadPoolExecutor(len(processes), thread_name_prefix="token-look") as pool:
        return list(pool.map(lambda process: process.look(deadline_s), processes))


def choose_among(looks: Sequence[ModuleLook], wanted: Wanted) -> TokenFacts:
    """The one token wanted among all modules. Raises: as `choose_token`, or the error of the only module asked."""
    tokens = _without_twins([token for look in looks for token in look.tokens])
    try:
        return choose_token(tokens, wanted)
    except SealError:
        failed = next((look.error for look in looks if look.error is not None), None)
        if failed is not None and not any(token.initialized for token in tokens):
            raise failed from None
        raise


def _without_twins(tokens: Sequence[TokenFacts]) -> list[TokenFacts]:
    """One card may show up through two modules (its own and OpenSC): the first module that can sign with it counts."""
    kept: dict[tuple[object, ...], TokenFacts] = {}
    for token in tokens:
        owned = tuple(sorted(c.info.serial_hex + c.info.issuer for c in token.own_certificates))
        key: tuple[object, ...] = ("certificates", owned) if owned else ("token", token.module, token.slot_id)
        if key not in kept or (token.can_sign and not kept[key].can_sign):
            kept[key] = token
    return list(kept.values())


def _unique(modules: Sequence[Path]) -> list[Path]:
    """The modules with links resolved, each once; one that does not exist stays as it was typed."""
    return list(dict.fromkeys(path.expanduser().resolve() if path.exists() else path for path in modules))


def _driver_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _DRIVER_VARIABLES if name in os.environ}


def _driver_error(error: AppError, path: Path) -> SealError:
    hung = error.code == "CHILD.TIMEOUT"
    return SealError(
        "TOKEN.DRIVER_HUNG" if hung else "TOKEN.DRIVER_CRASHED",
        f"{path.name} sürücüsü {'yanıt vermedi' if hung else 'çöktü'}.",
        why="Sürücü süresi içinde cevap vermediği için durduruldu." if hung else "Sürücünün süreci beklenmedik bitti.",
        todo="Tokeni çıkarıp takın; sürerse sürücüsünü güncelleyin. Yarım kalan mühür saklanmadı.",
        raw_code=error.code,
        raw_text=error.raw_text,
    )

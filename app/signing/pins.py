"""The PIN: tried once per time it is typed, never kept on disk, never repeated by the program.

A token locks after a few wrong tries, and a locked mali mühür must be replaced. So a refused PIN is remembered (as a
keyed hash, in memory only) and the same value is not shown to the same token again in this process; a PIN that nobody
types (an environment variable) is not tried at all on a token that has just refused one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import PinRefused, SealError
from app.runtime import masking
from app.signing.token_facts import TokenFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class PinPrompt:
    """What the person is told when the PIN is asked. `warning` is empty or one plain Turkish sentence."""

    token_label: str
    token_serial: str
    reader: str
    is_low: bool
    is_final_try: bool
    warning: str


class PinSource:
    """Where a PIN comes from. Its text shows in no repr and no log.

    `unattended` marks a stored value that nobody types: it is not tried on a token that has just refused a PIN.
    """

    def __init__(self, ask: Callable[[PinPrompt], str] | None, *, unattended: bool = False) -> None:
        self._ask = ask
        self.unattended = unattended

    @classmethod
    def typed(cls, pin: str) -> PinSource:
        """A PIN that a person has just typed."""
        return cls(lambda _: pin)

    @classmethod
    def asked(cls, ask: Callable[[PinPrompt], str]) -> PinSource:
        """A question to the person; called at most once per login, and each call means that the PIN is typed."""
        return cls(ask)

    @classmethod
    def stored(cls, pin: str) -> PinSource:
        """A PIN that stands somewhere (environment variable, scheduled job) and comes again with every run."""
        return cls(lambda _: pin, unattended=True)

    @classmethod
    def keypad(cls) -> PinSource:
        """No PIN at all: it is typed on the reader."""
        return cls(None)

    def give(self, prompt: PinPrompt) -> str:
        """Return the PIN to try once. Raises: SealError (PIN.MISSING)."""
        pin = self._ask(prompt) if self._ask is not None else ""
        if not pin:
            raise SealError(
                "PIN.MISSING",
                f"{prompt.token_label} tokeni için PIN verilmedi.",
                why="Okuyucunun tuş takımı yok." if self._ask is None else "PIN boş.",
                todo="Mührün PIN'ini verip yeniden deneyin.",
            )
        masking.hide(pin)
        return pin


class _RefusedPins:
    """Keyed hashes of refused PINs. The key lives and dies with the process. Any thread."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._seen: set[bytes] = set()
        self._lock = threading.Lock()

    def add(self, identity: str, pin: str) -> None:
        with self._lock:
            self._seen.add(self._mark(identity, pin))

    def has(self, identity: str, pin: str) -> bool:
        with self._lock:
            return self._mark(identity, pin) in self._seen

    def _mark(self, identity: str, pin: str) -> bytes:
        return hmac.digest(self._key, f"{identity}\0{pin}".encode(), hashlib.sha256)


_refused = _RefusedPins()


def ask_pin(token: TokenFacts, source: PinSource, *, accept_last_try: bool = False) -> str | None:
    """Return the PIN to try once, or None for a reader with its own keypad (the PIN is then typed there).

    Raises: PinRefused (PIN.LOCKED, PIN.LAST_TRY, PIN.LOW, PIN.REPEATED), SealError (PIN.MISSING, PIN.NOT_SET); in
    all these cases the token was not asked. `accept_last_try` is the user's answer to the plain warning.
    """
    if token.pin_locked:
        raise locked(token)
    if not token.pin_set:
        raise SealError(
            "PIN.NOT_SET",
            f"{token.label} tokeni kullanıma hazır değil.",
            why="Kullanıcı PIN'i henüz belirlenmemiş.",
            todo="Tokenin kendi programıyla PIN belirleyin.",
        )
    if token.pin_final_try and not accept_last_try:
        raise PinRefused(
            "PIN.LAST_TRY",
            f"{token.label} tokeni için son PIN denemesi kaldı; program denemedi.",
            why="Bu deneme de yanlış olursa token kilitlenir ve yenisi gerekir.",
            todo="PIN'den eminseniz son denemeyi açıkça onaylayın; değilseniz PUK ile PIN'i yenileyin.",
        )
    if token.pin_low and not accept_last_try and source.unattended:
        raise PinRefused(
            "PIN.LOW",
            f"{token.label} tokeninde az önce yanlış PIN girilmiş; kayıtlı PIN denenmedi.",
            why="Kendiliğinden tekrarlanan yanlış PIN tokeni kilitler.",
            todo="PIN'i elle girin ya da doğru olduğundan eminseniz denemeyi açıkça onaylayın.",
        )
    if token.pin_pad:
        return None
    pin = source.give(_prompt(token))
    if _refused.has(token.identity, pin):
        raise PinRefused(
            "PIN.REPEATED",
            "Bu PIN az önce reddedildi; yeniden denenmedi.",
            why="Aynı yanlış PIN'i tekrarlamak tokeni kilitler.",
            todo="Doğru PIN'i yazın.",
        )
    return pin


def remember_refused(token: TokenFacts, pin: str | None) -> None:
    """The token said no to this PIN: never show it the same one again in this process."""
    if pin is not None:
        _refused.add(token.identity, pin)


def locked(token: TokenFacts) -> PinRefused:
    """The error for a locked PIN."""
    return PinRefused(
        "PIN.LOCKED",
        f"{token.label} tokeninin PIN'i kilitli.",
        why="Art arda yanlış PIN girilmiş.",
        todo="PUK ile kilidi açın; olmuyorsa mührü veren kuruma başvurun.",
    )


def _prompt(token: TokenFacts) -> PinPrompt:
    warning = ""
    if token.pin_final_try:
        warning = "Bu SON denemedir: yanlış PIN tokeni kilitler."
    elif token.pin_low:
        warning = "Bu tokende daha önce yanlış PIN girilmiş; az deneme hakkı kaldı."
    return PinPrompt(
        token_label=token.label,
        token_serial=token.serial,
        reader=token.reader,
        is_low=token.pin_low,
        is_final_try=token.pin_final_try,
        warning=warning,
    )

"""The doctor: what stands between this machine and a seal. Values only; the command line formats them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.errors import AppError, SealError
from app.domain.turkish import format_date
from app.runtime.clock import SystemClock
from app.signing.choose import Wanted
from app.signing.isolated import LOOK_DEADLINE_S, ModuleLook, choose_among, look_at_modules, try_signature
from app.signing.modules import known_modules
from app.signing.pins import PinSource
from app.signing.readers import ReaderList, list_readers
from app.signing.report import certificate_to_json
from app.signing.token_facts import TokenFacts

_SOON = timedelta(days=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSignature:
    """The outcome of the test signature; `error` None means that it was made and checked."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    token_label: str = ""
    seconds: float = 0.0
    error: AppError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """Everything the doctor saw. `advice` are Turkish sentences, most pressing first."""

    readers: ReaderList
    modules: tuple[ModuleLook, ...]
    advice: tuple[str, ...]
    test_signature: TestSignature | None = None

    @property
    def tokens(self) -> tuple[TokenFacts, ...]:
        return tuple(token for look in self.modules for token in look.tokens if token.initialized)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of `muhurdar token doctor --json`."""
        test = self.test_signature
        return {
            "readers": list(self.readers.names),
            "readers_note": self.readers.note,
            "modules": [module_to_json(look) for look in self.modules],
            "advice": list(self.advice),
            "test_signature": None
            if test is None
            else {
                "ok": test.error is None,
                "token": test.token_label,
                "seconds": round(test.seconds, 3),
                "code": test.error.code if test.error else None,
                "error": test.error.sentence if test.error else None,
            },
        }


def list_tokens(modules: Sequence[Path] | None = None, *, deadline_s: float = LOOK_DEADLINE_S) -> list[ModuleLook]:
    """Return what every module shows without a PIN; None asks the known modules that are installed."""
    return look_at_modules(known_modules() if modules is None else modules, deadline_s=deadline_s)


def doctor(
    modules: Sequence[Path] | None = None,
    *,
    at: datetime | None = None,
    sign_pin: PinSource | None = None,
    wanted: Wanted | None = None,
    accept_last_try: bool = False,
    deadline_s: float = LOOK_DEADLINE_S,
) -> DoctorReport:
    """Look at readers, modules, tokens and certificates; with `sign_pin` also make one test signature.

    `at` is now (aware; None takes the system clock), for the expiry dates. `wanted` names the token of the test
    signature; it must leave exactly one, because one PIN is never tried on several tokens. No exception for what is
    wrong: it stands in the report.
    """
    at = at or SystemClock().now()
    looks = list_tokens(modules, deadline_s=deadline_s)
    test = _test(looks, wanted or Wanted(at=at), sign_pin, accept_last_try) if sign_pin is not None else None
    return DoctorReport(
        readers=list_readers(),
        modules=tuple(looks),
        advice=tuple(_advise(looks, at)),
        test_signature=test,
    )


def module_to_json(look: ModuleLook) -> dict[str, Any]:
    """One module as `muhurdar token list --json` prints it."""
    return {
        "path": str(look.path),
        "title": look.title,
        "description": look.description,
        "version": look.version,
        "readers": list(look.readers),
        "code": look.error.code if look.error else None,
        "error": look.error.sentence if look.error else None,
        "tokens": [
            {
                "label": t.label,
                "serial": t.serial,
                "model": t.model,
                "manufacturer": t.manufacturer,
                "reader": t.reader,
                "pin_pad": t.pin_pad,
                "pin_set": t.pin_set,
                "pin_low": t.pin_low,
                "pin_final_try": t.pin_final_try,
                "pin_locked": t.pin_locked,
                "pin_must_change": t.pin_must_change,
                "can_sign": t.can_sign,
                "certificates": [
                    {**certificate_to_json(c.info), "label": c.label, "key_id": c.key_id, "authority": c.is_authority}
                    for c in t.certificates
                ],
            }
            for t in look.tokens
            if t.initialized
        ],
    }


def _test(looks: Sequence[ModuleLook], wanted: Wanted, pin: PinSource, accept_last_try: bool) -> TestSignature:
    try:
        token = choose_among(looks, wanted)
    except SealError as e:
        return TestSignature(error=e)
    narrowed = Wanted(
        label=token.label,
        serial=token.serial,
        owner=wanted.owner,
        certificate_serial=wanted.certificate_serial,
        at=wanted.at,
    )
    try:
        seconds = try_signature(Path(token.module), narrowed, pin, accept_last_try=accept_last_try)
    except AppError as e:
        return TestSignature(token_label=token.label, error=e)
    return TestSignature(token_label=token.label, seconds=seconds)


def _advise(looks: Sequence[ModuleLook], at: datetime) -> list[str]:
    advice = [look.error.sentence for look in looks if look.error is not None]
    tokens = [token for look in looks for token in look.tokens if token.initialized]
    if not looks:
        advice.append("Bilinen yerlerde mühür sürücüsü yok; AKİS veya tokeninizin sürücüsünü kurun.")
    elif not tokens:
        advice.append("Takılı token yok; mali mührü takın.")
    for token in tokens:
        advice += _token_advice(token, at)
    return advice


def _token_advice(token: TokenFacts, at: datetime) -> list[str]:
    name = token.label
    checks = (
        (token.pin_locked, f"{name}: PIN kilitli; PUK ile açın."),
        (token.pin_final_try and not token.pin_locked, f"{name}: son PIN denemesi; yanlış PIN tokeni kilitler."),
        (token.pin_low and not token.pin_final_try, f"{name}: yanlış PIN girilmiş; az deneme hakkı kaldı."),
        (token.pin_must_change, f"{name}: PIN'in değiştirilmesi gerekiyor."),
        (not token.pin_set, f"{name}: kullanıcı PIN'i belirlenmemiş."),
        (not token.can_sign, f"{name}: hazır özeti imzalayamıyor (CKM_RSA_PKCS yok)."),
        (not token.own_certificates, f"{name}: PIN girilmeden görünen sertifika yok."),
        (token.unreadable > 0, f"{name}: {token.unreadable} sertifika okunamadı."),
    )
    advice = [text for is_so, text in checks if is_so]
    for certificate in token.own_certificates:
        info = certificate.info
        if info.not_after < at:
            advice.append(
                f"{name}: {info.owner_name} sertifikası {format_date(info.not_after.date())} tarihinde bitti."
            )
        elif info.not_after - at < _SOON:
            days = (info.not_after - at).days
            advice.append(f"{name}: {info.owner_name} sertifikasının bitmesine {days} gün kaldı.")
        if info.owner is None:
            advice.append(f"{name}: {info.owner_name} sertifikasında VKN veya TCKN yok.")
    return advice

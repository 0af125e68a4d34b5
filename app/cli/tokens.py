"""token list | doctor: what cards there are and whether they can seal."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.shell import pin_source, print_json, say
from app.domain.turkish import format_date


def cmd_list(arguments: argparse.Namespace) -> int:
    """Readers, modules, tokens and certificates; exit 1 when no token was seen."""
    from app.signing import token

    looks = token.list_tokens(_modules(arguments))
    if arguments.json:
        print_json({"modules": [token.module_to_json(look) for look in looks]})
    else:
        _show_modules(looks)
    return 0 if any(t.initialized for look in looks for t in look.tokens) else 1


def cmd_doctor(arguments: argparse.Namespace) -> int:
    """The same with advice, and with a test signature when asked; exit 1 when something stands in the way."""
    from app.signing import token

    pin = pin_source(arguments.pin_env) if arguments.sign else None
    report = token.doctor(_modules(arguments), sign_pin=pin)
    test = report.test_signature
    if arguments.json:
        print_json(report.to_json())
    else:
        for name in report.readers.names:
            say(f"Okuyucu: {name}")
        if report.readers.note:
            say(report.readers.note)
        _show_modules(report.modules)
        for sentence in report.advice:
            say(f"- {sentence}")
        if test is not None and test.error is None:
            say(f"Deneme imzası atıldı ve doğrulandı: {test.token_label} ({test.seconds:.2f} sn).")
        elif test is not None and test.error is not None:
            say(f"Deneme imzası atılamadı: {test.error.sentence}")
    failed = test is not None and test.error is not None
    return 1 if failed or not report.tokens else 0


def _modules(arguments: argparse.Namespace) -> list[Path] | None:
    return [Path(m) for m in arguments.module] or None


def _show_modules(looks: Any) -> None:
    if not looks:
        say("Kart sürücüsü (PKCS#11) bulunamadı. Mali mührünüzün sürücüsünü kurun ya da --module ile yolunu verin.")
    for look in looks:
        say(f"Sürücü: {look.title} ({look.path})")
        if look.error is not None:
            say(f"  {look.error.sentence}")
        tokens = [t for t in look.tokens if t.initialized]
        if not tokens and look.error is None:
            say("  Takılı kart yok.")
        for t in tokens:
            say(f"  Kart: {t.label}  seri {t.serial}  {t.model}".rstrip())
            for text in _flags(t):
                say(f"    {text}")
            for c in t.certificates:
                if c.is_authority:
                    continue
                info = c.info
                until = f"{format_date(info.not_after.date())} tarihine kadar{'  [TEST]' if info.is_test else ''}"
                say(f"    Sertifika: {info.owner_name} ({info.owner or 'numara yok'}), {until}")


def _flags(token: Any) -> list[str]:
    flags = []
    if token.pin_locked:
        flags.append("PIN KİLİTLİ: kart merkeze başvurulmadan kullanılamaz.")
    elif token.pin_final_try:
        flags.append("DİKKAT: tek PIN hakkı kaldı.")
    elif token.pin_low:
        flags.append("Dikkat: PIN daha önce yanlış girilmiş.")
    if token.pin_pad:
        flags.append("PIN okuyucunun tuşlarından girilir.")
    if not token.pin_set:
        flags.append("PIN henüz belirlenmemiş.")
    return flags

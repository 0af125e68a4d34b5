"""What the command tree is built from: a Turkish parser, leaves, and options that several commands share."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

_ERRORS: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"Eksik girdi: \1."),
    (r"unrecognized arguments: (.+)", r"Tanınmayan girdi: \1."),
    (r"argument (.+?): invalid choice: '(.*)' \(choose from (.+)\)", r"\1 için '\2' olmaz; olabilecekler: \3."),
    (r"argument (.+?): expected one argument", r"\1 bir değer ister."),
    (r"argument (.+?): expected at least one argument", r"\1 en az bir değer ister."),
    (r"argument (.+?): ignored explicit argument '(.*)'", r"\1 değer almaz ('\2' yazılmış)."),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 ile \2 birlikte kullanılamaz."),
    (r"one of the arguments (.+) is required", r"Şunlardan biri gerekli: \1."),
    (r"argument (.+?): (.+)", r"\1: \2"),
)


class UsageError(Exception):
    """The command line is not written as it should be; the text is one Turkish sentence."""


class TurkishParser(argparse.ArgumentParser):
    """An ArgumentParser whose headings and complaints are Turkish, and which raises instead of exiting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _Formatter)
        # A script that abbreviates an option breaks with the next option that begins alike.
        super().__init__(*args, **{**kwargs, "add_help": False, "allow_abbrev": False})
        self._positionals.title = "girdiler"
        self._optionals.title = "seçenekler"
        self.add_argument("-h", "--help", action="help", help="bu yardımı göster")

    def error(self, message: str) -> NoReturn:
        for pattern, turkish in _ERRORS:
            if re.fullmatch(pattern, message, re.DOTALL):
                message = re.sub(pattern, turkish, message, flags=re.DOTALL)
                break
        raise UsageError(f"{message} Kullanımı '{self.prog} --help' gösterir.")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "kullanım: " if prefix is None else prefix)

    def _metavar_formatter(self, action: argparse.Action, default_metavar: str) -> Any:
        """`in|out`. argparse writes {,utf-8} where no word means "find out", and {,,.} for comma and point."""
        if action.metavar is not None or action.choices is None:
            return super()._metavar_formatter(action, default_metavar)
        shown = "|".join(str(choice) for choice in action.choices if choice != "")
        return lambda count: (shown,) * count


PASSPHRASE = "MUHURDAR_VAULT_PASSPHRASE"


def common_options(parser: argparse.ArgumentParser) -> None:
    """Taken before the command as well as after it; absent ones leave the defaults of the root alone."""
    common = parser.add_argument_group("her komutta")
    absent = argparse.SUPPRESS
    common.add_argument("--json", action="store_true", default=absent, help="sonucu tek bir JSON nesnesi olarak yaz")
    common.add_argument("--verbose", action="store_true", default=absent, help="günlüğü ayrıntılı tut")
    common.add_argument(
        "--data-dir",
        metavar="KLASÖR",
        default=absent,
        help="veri klasörü (yoksa MUHURDAR_DATA_DIR, sonra kullanıcının klasörü)",
    )
    common.add_argument(
        "--vault-passphrase-env",
        metavar="DEĞİŞKEN",
        default=absent,
        help=f"kasa parolasını taşıyan ortam değişkeni (varsayılan {PASSPHRASE})",
    )


def add_leaf(
    commands: Any, name: str, help_text: str, command: str, *, more: str = "", example: str = "", office: bool = False
) -> argparse.ArgumentParser:
    """A command that does something. `more` says in its own help what one line cannot."""
    sentence = _sentence(help_text)
    leaf: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_text,
        description=f"{sentence}\n{more}" if more else sentence,
        epilog=f"örnek:\n  {example}" if example else None,
    )
    leaf.set_defaults(command=command)
    if office:
        leaf.add_argument("--company", metavar="VKN", required=True, help="firmanın VKN veya TCKN'si")
    common_options(leaf)
    return leaf


def _sentence(words: str) -> str:
    first = "İ" if words[0] == "i" else words[0].upper()
    return f"{first}{words[1:]}."


def add_group(commands: Any, name: str, help_text: str) -> Any:
    group = commands.add_parser(name, help=help_text, description=_sentence(help_text))
    group.set_defaults(command=f"help.{name}", help_parser=group)
    return group.add_subparsers(title="komutlar", metavar="KOMUT", parser_class=TurkishParser)


def number_between(text: str, *, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"'{text}' olmaz; {least} ile {most} arasında bir sayı yazın.")
    return int(text)


def a_count(text: str) -> int:
    return number_between(text, least=1, most=100_000_000)


def a_port(text: str) -> int:
    return number_between(text, least=0, most=65_535)


def accept_option(leaf: argparse.ArgumentParser) -> None:
    leaf.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="KOD=SEBEP",
        help="bu uyarıyı sebebiyle geç; sebep belgenin geçmişinde durur (yinelenir)",
    )


def seal_options(leaf: argparse.ArgumentParser, *, test_seal: bool) -> None:
    way = leaf.add_argument_group("mühür")
    which = way.add_mutually_exclusive_group(required=not test_seal)
    if test_seal:
        which.add_argument(
            "--seal", choices=["test"], metavar="test", help="TEST mührü (yalnız deneme ortamına gönderilebilir)"
        )
    which.add_argument("--pkcs11", metavar="MODÜL", help="kart sürücüsünün (PKCS#11) yolu")
    which.add_argument("--pkcs12", metavar="DOSYA", help="PKCS#12 mühür dosyası (.p12, .pfx)")
    way.add_argument("--token", metavar="ETİKET", help="kartın etiketi; verilmezse firmanın VKN'siyle aranır")
    way.add_argument("--pin-env", metavar="DEĞİŞKEN", help="PIN'i taşıyan ortam değişkeni (tuşlu okuyucuda gerekmez)")
    way.add_argument("--accept-last-try", action="store_true", help="son PIN hakkını bilerek kullan")
    way.add_argument("--password-env", metavar="DEĞİŞKEN", help="PKCS#12 parolasını taşıyan ortam değişkeni")

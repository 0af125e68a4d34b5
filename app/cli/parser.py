"""The words of the command line, in Turkish. Imports nothing of the application: `--help` must be instant."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

_ERRORS: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"Eksik girdi: \1."),
    (r"unrecognized arguments: (.+)", r"Tanınmayan girdi: \1."),
    (r"argument (.+): invalid choice: '(.*)' \(choose from (.+)\)", r"\1 için '\2' olmaz; şunlardan biri olmalı: \3."),
    (r"argument (.+): expected one argument", r"\1 bir değer ister."),
    (r"argument (.+): expected at least one argument", r"\1 en az bir değer ister."),
    (r"argument (.+): invalid \w+ value: '(.*)'", r"\1 için '\2' uygun bir değer değil."),
    (r"argument (.+): not allowed with argument (.+)", r"\1 ile \2 birlikte kullanılamaz."),
    (r"one of the arguments (.+) is required", r"Şunlardan biri gerekli: \1."),
)


class TurkishParser(argparse.ArgumentParser):
    """An ArgumentParser whose headings and complaints are Turkish."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _Formatter)
        kwargs["add_help"] = False
        super().__init__(*args, **kwargs)
        self._positionals.title = "girdiler"
        self._optionals.title = "seçenekler"
        self.add_argument("-h", "--help", action="help", help="bu yardımı göster")

    def error(self, message: str) -> NoReturn:
        for pattern, turkish in _ERRORS:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, turkish, message)
                break
        sys.stderr.write(f"{message}\n'{self.prog} --help' kullanımı gösterir.\n")
        sys.exit(2)


class _Formatter(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "kullanım: " if prefix is None else prefix)


def build_parser() -> argparse.ArgumentParser:
    """The whole command tree. Each leaf sets `command`, a dotted name that `shell` runs."""
    from app import __version__

    parser = TurkishParser(
        prog="muhurdar", description="Mühürdar: e-belge ve e-defter. Komutsuz çalıştırınca pencere açılır."
    )
    parser.add_argument("--version", action="version", version=f"Mühürdar {__version__}", help="sürümü göster")
    parser.set_defaults(command="demo.default")
    commands = parser.add_subparsers(title="komutlar", metavar="KOMUT", parser_class=TurkishParser)
    for add in (_documents, _office, _invoice, _tokens, _sandbox):
        add(commands)
    return parser


def _leaf(commands: Any, name: str, help_text: str, command: str, *, office: bool = False) -> argparse.ArgumentParser:
    leaf: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    leaf.set_defaults(command=command)
    leaf.add_argument("--json", action="store_true", help="sonucu tek bir JSON nesnesi olarak yaz")
    leaf.add_argument("--verbose", action="store_true", help="günlüğü ayrıntılı tut")
    leaf.add_argument(
        "--data-dir", metavar="KLASÖR", help="veri klasörü (yoksa MUHURDAR_DATA_DIR, sonra kullanıcı klasörü)"
    )
    leaf.add_argument(
        "--vault-passphrase-env",
        metavar="DEĞİŞKEN",
        default="MUHURDAR_VAULT_PASSPHRASE",
        help="kasa parolasını taşıyan ortam değişkeni",
    )
    if office:
        leaf.add_argument("--company", metavar="VKN", required=True, help="firmanın VKN veya TCKN'si")
    return leaf


def _group(commands: Any, name: str, help_text: str) -> Any:
    group = commands.add_parser(name, help=help_text, description=help_text)
    group.set_defaults(command=f"help.{name}", help_parser=group)
    return group.add_subparsers(title="komutlar", metavar="KOMUT", parser_class=TurkishParser)


def _seal_options(leaf: argparse.ArgumentParser, *, test_seal: bool) -> None:
    way = leaf.add_argument_group("mühür")
    if test_seal:
        way.add_argument("--seal", choices=["test"], help="TEST mührü (yalnız deneme ortamına gider)")
    way.add_argument("--pkcs11", metavar="MODÜL", help="kart sürücüsünün (PKCS#11) yolu")
    way.add_argument("--token", metavar="ETİKET", help="kartın etiketi; verilmezse firmanın VKN'siyle aranır")
    way.add_argument("--pin-env", metavar="DEĞİŞKEN", help="PIN'i taşıyan ortam değişkeni (tuşlu okuyucuda gerekmez)")
    way.add_argument("--accept-last-try", action="store_true", help="son PIN hakkını bilerek kullan")
    way.add_argument("--pkcs12", metavar="DOSYA", help="PKCS#12 mühür dosyası (.p12, .pfx)")
    way.add_argument("--password-env", metavar="DEĞİŞKEN", help="PKCS#12 parolasını taşıyan ortam değişkeni")


def _documents(commands: Any) -> None:
    leaf = _leaf(commands, "validate", "belge dosyalarını denetle", "files.validate")
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="XML dosyası, zip ya da klasör")

    leaf = _leaf(commands, "render", "belgeyi göndericinin şablonuyla görüntüle", "files.render")
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="XML dosyası; birden çok olabilir")
    form = leaf.add_mutually_exclusive_group(required=True)
    for name in ("html", "pdf", "png"):
        form.add_argument(f"--{name}", metavar="ÇIKTI", help=f"{name.upper()} dosyası; çok belgede klasör de olabilir")

    leaf = _leaf(commands, "sign", "XML dosyasını mühürle (veritabanına dokunmaz)", "files.sign")
    leaf.add_argument("file", metavar="DOSYA", help="mühürsüz UBL-TR belgesi")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI", required=True, help="mühürlü dosya")
    _seal_options(leaf, test_seal=False)

    leaf = _leaf(commands, "verify", "belgenin mührünü doğrula", "files.verify")
    leaf.add_argument("file", metavar="DOSYA", help="mühürlü belge")
    leaf.add_argument("--trust", metavar="PEM", action="append", default=[], help="güvenilen kök sertifika dosyası")


def _office(commands: Any) -> None:
    company = _group(commands, "company", "firmalar")
    leaf = _leaf(company, "add", "firma ekle ya da kartını değiştir", "office.company_add")
    leaf.add_argument("--from", dest="source", metavar="FİRMA.json", required=True, help="firma kartı")
    _leaf(company, "list", "firmaları listele", "office.company_list")

    connector = _group(commands, "connector", "entegratör bağlantıları")
    leaf = _leaf(connector, "set", "firmanın entegratörünü tanımla", "office.connector_set", office=True)
    leaf.add_argument("--key", required=True, metavar="ANAHTAR", help="entegratör, örneğin izibiz")
    leaf.add_argument("--url", required=True, help="entegratörün adresi")
    leaf.add_argument("--user", required=True, metavar="KULLANICI", help="kullanıcı adı")
    leaf.add_argument("--password-env", required=True, metavar="DEĞİŞKEN", help="parolayı taşıyan ortam değişkeni")
    leaf.add_argument("--label", action="append", default=[], metavar="ETİKET", help="yalnız bu posta kutusunu oku")
    leaf.add_argument("--set", action="append", default=[], metavar="AD=DEĞER", help="entegratöre özel ayar")

    leaf = _leaf(commands, "sync", "kuyruktakini gönder, durumları sor, gelenleri al", "office.sync", office=True)
    leaf.add_argument("--complete", metavar="YYYY-AA", help="bu ayın başka yerde okunmuş belgelerini de tamamla")
    _seal_options(leaf, test_seal=True)

    leaf = _leaf(commands, "backup", "veritabanını yedekle", "office.backup")
    leaf.add_argument("file", metavar="DOSYA", help="yedek dosyası")
    leaf = _leaf(commands, "restore", "yedekten geri yükle", "office.restore")
    leaf.add_argument("file", metavar="DOSYA", help="yedek dosyası")
    leaf.add_argument("--dry-run", action="store_true", help="yalnız yedeği denetle, bir şey değiştirme")


def _invoice(commands: Any) -> None:
    invoice = _group(commands, "invoice", "faturalar")
    leaf = _leaf(invoice, "create", "taslağı kaydet, ETTN'sini yaz", "invoices.create", office=True)
    leaf.add_argument("draft", metavar="TASLAK.json", help="fatura taslağı")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI.xml", help="mühürsüz XML'i de yaz")
    leaf = _leaf(invoice, "queue", "numara ver, mühürle, gönderim kuyruğuna al", "invoices.queue", office=True)
    leaf.add_argument("ettns", nargs="+", metavar="ETTN")
    _seal_options(leaf, test_seal=True)
    leaf = _leaf(invoice, "resend", "hata almış belgeyi yeniden mühürleyip kuyruğa al", "invoices.resend", office=True)
    leaf.add_argument("ettn", metavar="ETTN")
    _seal_options(leaf, test_seal=True)
    leaf = _leaf(invoice, "answer", "gelen ticari faturayı yanıtla", "invoices.answer", office=True)
    leaf.add_argument("ettn", metavar="ETTN")
    leaf.add_argument("answer", choices=["kabul", "red"], help="yanıt")
    leaf.add_argument("--reason", default="", metavar="METİN", help="neden (redde zorunlu)")
    leaf = _leaf(invoice, "list", "belgeleri listele", "invoices.list", office=True)
    leaf.add_argument("--direction", choices=["in", "out"], help="gelen (in) ya da giden (out)")
    leaf.add_argument("--search", default="", metavar="METİN", help="unvan, numara, VKN ya da içerik ara")
    leaf.add_argument("--review", action="store_true", help="yalnız elle inceleme bekleyenler")
    leaf.add_argument("--limit", type=int, default=200, metavar="N", help="en çok kaç satır (varsayılan 200)")
    leaf = _leaf(invoice, "show", "bir belgenin durumunu ve geçmişini göster", "invoices.show", office=True)
    leaf.add_argument("ettn", metavar="ETTN")
    leaf = _leaf(invoice, "export", "belgenin XML'ini dosyaya yaz", "invoices.export", office=True)
    leaf.add_argument("ettn", metavar="ETTN")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI.xml", required=True)


def _tokens(commands: Any) -> None:
    token = _group(commands, "token", "mali mühür kartları")
    leaf = _leaf(token, "list", "okuyucuları, kartları ve sertifikaları listele", "tokens.list")
    leaf.add_argument(
        "--module", action="append", default=[], metavar="YOL", help="bakılacak sürücü (birden çok olabilir)"
    )
    leaf = _leaf(token, "doctor", "kart kurulumunu denetle", "tokens.doctor")
    leaf.add_argument(
        "--module", action="append", default=[], metavar="YOL", help="bakılacak sürücü (birden çok olabilir)"
    )
    leaf.add_argument("--sign", action="store_true", help="deneme imzası at (PIN bir kez denenir)")
    leaf.add_argument("--pin-env", metavar="DEĞİŞKEN", help="PIN'i taşıyan ortam değişkeni")


def _sandbox(commands: Any) -> None:
    sandbox = _group(commands, "sandbox", "deneme entegratörü")
    leaf = _leaf(sandbox, "serve", "deneme entegratörünü bu bilgisayarda çalıştır", "sandbox.serve")
    leaf.add_argument("--port", type=int, default=0, metavar="N", help="kapı numarası (verilmezse boş bir kapı)")
    leaf.add_argument("--state", metavar="DOSYA", help="durumunu bu dosyada sakla")

    leaf = _leaf(commands, "demo", "asıl işi baştan sona pencere açmadan yap", "demo.run")
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="çıktıların ve report.json'un yazılacağı klasör")
    leaf.add_argument("--no-pdf", action="store_true", help="PDF çizmeden bitir")


Handler = Callable[[argparse.Namespace], int]

"""The words of the command line, in Turkish. Imports nothing of the application: `--help` must be instant."""

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


def build_parser() -> argparse.ArgumentParser:
    """The whole command tree. Each leaf sets `command`, a dotted name that `shell` runs."""
    from app import __version__

    parser = TurkishParser(
        prog="muhurdar",
        description="Mühürdar: e-belge ve e-defter. Komutsuz çalıştırınca pencere açılır.",
        epilog="Bir komutun kendi yardımı: muhurdar KOMUT --help",
    )
    parser.add_argument("--version", action="version", version=f"Mühürdar {__version__}", help="sürümü göster")
    parser.add_argument("--demo", action="store_true", help="pencereyi deneme ofisiyle aç (gerçek gönderim yapılmaz)")
    _common_options(parser)
    parser.set_defaults(
        command="window.open", json=False, verbose=False, data_dir=None, vault_passphrase_env=_PASSPHRASE
    )
    commands = parser.add_subparsers(title="komutlar", metavar="KOMUT", parser_class=TurkishParser)
    for add in (_documents, _packages, _office, _invoice, _document, _ledger, _tokens, _sandbox):
        add(commands)
    return parser


_PASSPHRASE = "MUHURDAR_VAULT_PASSPHRASE"


def _common_options(parser: argparse.ArgumentParser) -> None:
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
        help=f"kasa parolasını taşıyan ortam değişkeni (varsayılan {_PASSPHRASE})",
    )


def _leaf(
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
    _common_options(leaf)
    return leaf


def _sentence(words: str) -> str:
    first = "İ" if words[0] == "i" else words[0].upper()
    return f"{first}{words[1:]}."


def _group(commands: Any, name: str, help_text: str) -> Any:
    group = commands.add_parser(name, help=help_text, description=_sentence(help_text))
    group.set_defaults(command=f"help.{name}", help_parser=group)
    return group.add_subparsers(title="komutlar", metavar="KOMUT", parser_class=TurkishParser)


def _number(text: str, *, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"'{text}' olmaz; {least} ile {most} arasında bir sayı yazın.")
    return int(text)


def _count(text: str) -> int:
    return _number(text, least=1, most=100_000_000)


def _port(text: str) -> int:
    return _number(text, least=0, most=65_535)


def _accept_option(leaf: argparse.ArgumentParser) -> None:
    leaf.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="KOD=SEBEP",
        help="bu uyarıyı sebebiyle geç; sebep belgenin geçmişinde durur (yinelenir)",
    )


def _seal_options(leaf: argparse.ArgumentParser, *, test_seal: bool) -> None:
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


def _documents(commands: Any) -> None:
    leaf = _leaf(
        commands,
        "validate",
        "belge dosyalarını denetle",
        "files.validate",
        more="Bulguları dosya dosya yazar. Çıkış kodu: 0 hata yok, 1 hata var, 2 okunamayan dosya var.",
        example="muhurdar validate fatura.xml gelenler/ --json",
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="XML dosyası, zip ya da klasör")

    leaf = _leaf(
        commands,
        "render",
        "belgeyi göndericinin şablonuyla görüntüle",
        "files.render",
        more="Çok belgede PDF'ler tek dosyada birleşir; var olan bir klasör verilirse her belge ayrı dosya olur.",
        example="muhurdar render fatura.xml --pdf fatura.pdf",
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="XML dosyası; birden çok olabilir")
    form = leaf.add_mutually_exclusive_group(required=True)
    for name in ("html", "pdf", "png"):
        form.add_argument(f"--{name}", metavar="ÇIKTI", help=f"{name.upper()} dosyası; çok belgede klasör de olabilir")

    leaf = _leaf(
        commands,
        "sign",
        "XML dosyasını mühürle",
        "files.sign",
        more="Veritabanına dokunmaz; belgenin numarası dosyada olmalıdır.",
        example="muhurdar sign fatura.xml -o muhurlu.xml --pkcs11 /usr/lib/libakisp11.so --pin-env MUHUR_PIN",
    )
    leaf.add_argument("file", metavar="DOSYA", help="mühürsüz UBL-TR belgesi")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI", required=True, help="mühürlü dosya")
    _seal_options(leaf, test_seal=False)

    leaf = _leaf(
        commands,
        "verify",
        "belgenin mührünü doğrula",
        "files.verify",
        more="Çıkış kodu: 0 mühür geçerli, 1 geçersiz ya da yok, 2 dosya okunamadı.",
        example="muhurdar verify muhurlu.xml --trust kamusm-kok.pem",
    )
    leaf.add_argument("file", metavar="DOSYA", help="mühürlü belge")
    leaf.add_argument("--trust", metavar="PEM", action="append", default=[], help="güvenilen kök sertifika dosyası")


#: The names of `PackageKind`, said again here: the parser imports nothing of the application.
_PACKAGE_KINDS = ("ubl-tr", "e-fatura", "e-arsiv", "e-defter")


def _document(commands: Any) -> None:
    document = _group(commands, "document", "irsaliye, müstahsil ve serbest meslek makbuzu (fatura da olur)")
    leaf = _leaf(
        document,
        "create",
        "taslağı kaydet, ETTN'sini yaz",
        "documents.create",
        office=True,
        more="Belgenin türü taslağın içinden anlaşılır. Hatalı taslak da saklanır; bulgular ayrıca yazılır.",
        example="muhurdar document create irsaliye.json --company 1234567890 -o irsaliye.xml",
    )
    leaf.add_argument("draft", metavar="TASLAK.json", help="belge taslağı")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI.xml", help="mühürsüz XML'i de yaz")
    leaf = _leaf(
        document,
        "queue",
        "numara ver, mühürle, gönderim kuyruğuna al",
        "documents.queue",
        office=True,
        more="Entegratör türünü göndermiyorsa belge mühürlü kalır, kuyruğa girmez; XML'i 'invoice export' yazar.",
        example="muhurdar document queue ETTN --company 1234567890 --pkcs11 /usr/lib/libakisp11.so --pin-env MUHUR_PIN",
    )
    leaf.add_argument("ettns", nargs="+", metavar="ETTN", help="taslağın ETTN'si; birden çok olabilir")
    _accept_option(leaf)
    _seal_options(leaf, test_seal=True)
    leaf = _leaf(
        document,
        "list",
        "belgeleri listele",
        "documents.list",
        office=True,
        example="muhurdar document list --company 1234567890 --kind despatch",
    )
    leaf.add_argument(
        "--kind",
        choices=["invoice", "despatch", "receipt", "creditnote", "smm"],
        metavar="invoice|despatch|receipt|creditnote|smm",
        help="yalnız bu türü göster",
    )
    leaf.add_argument("--direction", choices=["in", "out"], metavar="in|out", help="gelen (in) ya da giden (out)")
    leaf.add_argument("--search", default="", metavar="METİN", help="unvan, numara, VKN ya da içerik ara")
    leaf.add_argument("--review", action="store_true", help="yalnız elle inceleme bekleyenler")
    leaf.add_argument("--limit", type=_count, default=200, metavar="N", help="en çok kaç satır (varsayılan 200)")


#: The values of `Format` that a file may have, said again here.
_SOURCES = ("auto", "csv", "turkcell", "excel", "uyumsoft-xml")

_TARGETS = ("izibiz", "uyumsoft-csv", "uyumsoft-xml", "turkcell")


def _ledger(commands: Any) -> None:
    ledger = _group(commands, "ledger", "e-Defter: muhasebe fişleri ve defterler")
    leaf = _leaf(
        ledger,
        "import",
        "muhasebe fişlerini dosyadan al",
        "ledger.import",
        more="Kodlama, ayırıcı, ondalık işareti ve tarih sırası dosyadan anlaşılır; iki türlü okunabilen sorulur.",
        example="muhurdar ledger import mart.csv --company 9205121120",
    )
    leaf.add_argument(
        "file",
        nargs="?",
        default="",
        metavar="DOSYA",
        help="İzibiz CSV, Turkcell TXT, Uyumsoft XML ya da başlıklı bir CSV, Excel",
    )
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--format", default="auto", choices=_SOURCES, help="dosyanın biçimi")
    leaf.add_argument("--encoding", default="", choices=("", "utf-8", "cp1254"), help="kodlama (yanlış anlaşılırsa)")
    leaf.add_argument("--delimiter", default="", metavar="İŞARET", help="sütun ayırıcı (yanlış anlaşılırsa)")
    leaf.add_argument("--decimals", default="", choices=("", ",", "."), help="tutarlardaki ondalık işareti")
    leaf.add_argument("--days", default="", choices=("", "dmy", "mdy"), help="eğik çizgili tarihlerde sıra")
    leaf.add_argument(
        "--column", action="append", default=[], metavar="BAŞLIK=ALAN", help="bir sütunu bir alana eşle (yinelenir)"
    )
    leaf.add_argument(
        "--replace", action="append", default=[], metavar="YYYY-AA", help="bu ayın fişlerinin yerine koy (yinelenir)"
    )
    leaf.add_argument("--mapping", default="", metavar="AD", help="saklanan sütun eşlemesini uygula")
    leaf.add_argument("--save-mapping", default="", metavar="AD", help="sütun eşlemesini bu adla sakla")
    leaf.add_argument(
        "--sql-url-env", default="", metavar="DEĞİŞKEN", help="muhasebe veritabanının adresini tutan ortam değişkeni"
    )
    leaf.add_argument("--query", default="", metavar="DOSYA.sql", help="o veritabanında çalışacak tek SELECT")
    leaf.add_argument("--preview", action="store_true", help="yalnız ne anlaşıldığını göster, bir şey alma")
    leaf = _leaf(
        ledger,
        "check",
        "bir ayı defter olmadan önce denetle",
        "ledger.check",
        more="Madde ve satır numaraları verilir (kaynağın verdikleri değişmez), bütün hatalar birlikte söylenir.",
        example="muhurdar ledger check --company 9205121120 --period 2026-03",
    )
    _month_options(leaf)
    leaf = _leaf(
        ledger,
        "build",
        "bir ayın defterlerini ve beratlarını oluştur, mühürle, paketle",
        "ledger.build",
        example="muhurdar ledger build --company 9205121120 --period 2026-03 --out defterler --seal test",
    )
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="VKN/hesap dönemi/ay ağacının kökü")
    leaf.add_argument("--application", default="", metavar="METİN", help="onaylı program: VKN##UNVAN##PROGRAM##SÜRÜM")
    leaf.add_argument("--creator", default="", metavar="AD", help="defteri oluşturan kişi")
    leaf.add_argument(
        "--max-mb", type=int, default=200, metavar="MB", help="bir parçanın en büyük boyutu (varsayılan 200)"
    )
    leaf.add_argument("--split-after", action="append", default=[], metavar="YYYY-AA-GG", help="bu günden sonra böl")
    _seal_options(leaf, test_seal=True)
    leaf = _leaf(
        ledger,
        "export",
        "bir ayı onaylı bir entegratörün e-Defter hizmeti için dosyaya yaz",
        "ledger.export",
        more="Ay önce denetlenir; hata varsa dosya yazılmaz. Numaralar defterdekilerle aynıdır.",
        example="muhurdar ledger export --company 9205121120 --period 2026-03 --format izibiz -o mart.csv",
    )
    _month_options(leaf)
    leaf.add_argument("--format", required=True, choices=_TARGETS, help="entegratörün biçimi")
    leaf.add_argument("-o", "--output", required=True, metavar="DOSYA", help="yazılacak dosya")
    leaf.add_argument("--branch", metavar="NO", help="yalnız bu şube (birden çok şube varsa gerekir)")
    leaf.add_argument("--encoding", default="", choices=("", "utf-8", "cp1254"), help="kodlama (varsayılanı biçimin)")
    leaf = _leaf(
        ledger,
        "verify",
        "bir defter arşivini yeniden denetle",
        "ledger.verify",
        more="Adlar, mühürler, berat ile defter, yevmiye ile kebir, numaralar ve GİB onayları; veritabanı gerekmez.",
        example="muhurdar ledger verify defterler",
    )
    leaf.add_argument("folder", metavar="KLASÖR", help="defterlerin bulunduğu klasör")
    _ledger_life(ledger)
    _ledger_inventory(ledger)


def _ledger_inventory(ledger: Any) -> None:
    inventory = _group(ledger, "inventory", "envanter listeleri ve envanter defteri")
    leaf = _leaf(
        inventory,
        "import",
        "bir günün envanter listesini dosyadan al",
        "ledger_inventory.import",
        more="Sütunlar: hesap kodu ve adı, ürün kodu ve adı, miktar, birim, tutar. Aynı liste bir şeyi değiştirmez.",
        example="muhurdar ledger inventory import envanter.xlsx --company 9205121120 --day 2026-12-31",
    )
    leaf.add_argument("file", metavar="DOSYA", help="CSV ya da Excel")
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--day", required=True, metavar="YYYY-AA-GG", help="envanter günü")
    leaf.add_argument("--decimals", default="", choices=("", ",", "."), help="tutarlardaki ondalık işareti")
    leaf.add_argument("--replace", action="store_true", help="günün eski listesinin yerine koy")
    leaf = _leaf(
        inventory,
        "build",
        "bir günün envanter defterini ve beratını oluştur, mühürle, paketle",
        "ledger_inventory.build",
        example="muhurdar ledger inventory build --company 9205121120 --day 2026-12-31 --out defterler --seal test",
    )
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--day", required=True, metavar="YYYY-AA-GG", help="envanter günü")
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="VKN/hesap dönemi/ay ağacının kökü")
    leaf.add_argument("--application", default="", metavar="METİN", help="onaylı program: VKN##UNVAN##PROGRAM##SÜRÜM")
    leaf.add_argument("--creator", default="", metavar="AD", help="defteri oluşturan kişi")
    leaf.add_argument(
        "--max-mb", type=int, default=200, metavar="MB", help="bir parçanın en büyük boyutu (varsayılan 200)"
    )
    _seal_options(leaf, test_seal=True)


def _ledger_life(ledger: Any) -> None:
    leaf = _leaf(ledger, "filed", "ayın GİB portalına yüklendiğini kaydet", "ledger_life.filed")
    _month_options(leaf)
    leaf = _leaf(
        ledger,
        "approve",
        "GİB onaylı beratları denetleyip yerine koy",
        "ledger_life.approve",
        example="muhurdar ledger approve GIB-*.xml --company 9205121120 --period 2026-03 --out defterler",
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="GIB- ile başlayan beratlar ya da onların zip'i")
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf = _leaf(ledger, "takeback", "mühürlü ayı geri al, dosyaları iptal edilenlere taşı", "ledger_life.takeback")
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf.add_argument("--deleted-by", default="", metavar="AD", help="yüklenmiş ayda: portalda silen kişi")
    leaf.add_argument("--deleted-on", default="", metavar="YYYY-AA-GG", help="yüklenmiş ayda: silindiği gün")
    leaf = _leaf(ledger, "report", "kapanan ayın defter raporunu oluştur", "ledger_life.report")
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf.add_argument("--application", default="", metavar="METİN", help="onaylı program: VKN##UNVAN##PROGRAM##SÜRÜM")
    leaf.add_argument("--creator", default="", metavar="AD", help="oluşturan kişi")
    _seal_options(leaf, test_seal=True)


def _month_options(leaf: argparse.ArgumentParser) -> None:
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--period", required=True, metavar="YYYY-AA", help="ay")


def _packages(commands: Any) -> None:
    package = _group(commands, "package", "GİB'in kural paketleri")
    leaf = _leaf(
        package,
        "install",
        "GİB paketini ZIP dosyasından yükle",
        "packages.install",
        more="Hangi paket olduğu ve yayım tarihi içeriğinden anlaşılır; eski sürümler saklanır.",
        example="muhurdar package install UBL-TR1.2.1_Paketi.zip e-FaturaPaketi.zip",
    )
    leaf.add_argument("files", nargs="+", metavar="ZIP", help="GİB'in yayımladığı paket")
    leaf = _leaf(package, "list", "yüklü paketleri ve sürümlerini listele", "packages.list")
    leaf.add_argument("--changes", action="store_true", help="kullanılan sürümün bir öncekine göre farkını da yaz")
    leaf = _leaf(
        package,
        "update",
        "paketleri GİB'in sayfasından indir, yenisi varsa yükle",
        "packages.update",
        more="Adresler veri klasöründeki packages/addresses.json dosyasından, o yoksa programla gelenden okunur.",
        example="muhurdar package update",
    )
    leaf.add_argument("--kind", action="append", default=[], choices=_PACKAGE_KINDS, help="yalnız bu paket")
    leaf = _leaf(
        package,
        "rollback",
        "bir önceki sürüme dön",
        "packages.rollback",
        more="Saklı olan bir önceki sürüm kullanılmaya başlar; aynı ZIP yeniden yüklenirse yenisine dönülür.",
        example="muhurdar package rollback e-fatura",
    )
    leaf.add_argument("kind", choices=_PACKAGE_KINDS, help="paket")


def _office(commands: Any) -> None:
    company = _group(commands, "company", "firmalar")
    leaf = _leaf(
        company,
        "add",
        "firma ekle ya da kartını değiştir",
        "office.company_add",
        more="Aynı vergi numarası yeniden verilirse kart güncellenir.",
        example="muhurdar company add --from firma.json",
    )
    leaf.add_argument("--from", dest="source", metavar="FİRMA.json", required=True, help="firma kartı")
    _leaf(company, "list", "firmaları listele", "office.company_list")

    connector = _group(commands, "connector", "entegratör bağlantıları")
    leaf = _leaf(
        connector,
        "set",
        "firmanın entegratörünü tanımla",
        "office.connector_set",
        office=True,
        more="Parola işletim sisteminin anahtarlığında, o yoksa parola kasasında saklanır.",
        example="muhurdar connector set --company 1234567890 --key izibiz --url https://ADRES"
        " --user KULLANICI --password-env IZIBIZ_PAROLA",
    )
    leaf.add_argument("--key", required=True, metavar="ANAHTAR", help="entegratör, örneğin izibiz")
    leaf.add_argument("--url", required=True, metavar="ADRES", help="entegratörün adresi")
    leaf.add_argument("--user", required=True, metavar="KULLANICI", help="kullanıcı adı")
    leaf.add_argument("--password-env", required=True, metavar="DEĞİŞKEN", help="parolayı taşıyan ortam değişkeni")
    leaf.add_argument("--label", action="append", default=[], metavar="ETİKET", help="yalnız bu posta kutusunu oku")
    leaf.add_argument("--set", action="append", default=[], metavar="AD=DEĞER", help="entegratöre özel ayar")
    leaf.add_argument(
        "--sends", action="store_true", help="firmanın birden çok hesabı varsa belgeleri bundan böyle bununla gönder"
    )

    taxpayers = _group(commands, "taxpayers", "e-Fatura mükellef listesi")
    _leaf(
        taxpayers,
        "update",
        "listeyi entegratörden yenile",
        "taxpayers.update",
        more="İlk seferinde listenin tamamı, sonra yalnız değişenler alınır; iki saatte birden sık sorulmaz.",
    )
    leaf = _leaf(
        taxpayers,
        "find",
        "bir numara e-Fatura mükellefi mi, bak",
        "taxpayers.find",
        more="Bağlantı gerekmez. Mükellef değilse çıkış kodu 1'dir.",
        example="muhurdar taxpayers find 1234567890",
    )
    leaf.add_argument("number", metavar="VKN", help="VKN ya da TCKN")

    leaf = _leaf(
        commands,
        "sync",
        "kuyruktakini gönder, durumları sor, gelenleri al",
        "office.sync",
        office=True,
        more="Bir geçiş yapar. Entegratörün bekleme sürelerine uyar; atladığını ve ne zamana kadar atladığını yazar.\n"
        "Mühür yalnız kuyrukta mühürlenecek bir yanıt varsa gerekir.",
        example="muhurdar sync --company 1234567890",
    )
    leaf.add_argument("--complete", metavar="YYYY-AA", help="bu ayın başka yerde okunmuş belgelerini de tamamla")
    _seal_options(leaf, test_seal=True)

    leaf = _leaf(
        commands,
        "backup",
        "veritabanını yedekle",
        "office.backup",
        more="Program açıkken de alınabilir. Parolalar yedekte yoktur.",
        example="muhurdar backup yedek.db",
    )
    leaf.add_argument("file", metavar="DOSYA", help="yedek dosyası")
    leaf = _leaf(
        commands,
        "restore",
        "yedekten geri yükle",
        "office.restore",
        more="Yedek önce denetlenir; yerine geçtiği veritabanı silinmez, kenara konur.",
        example="muhurdar restore yedek.db --dry-run",
    )
    leaf.add_argument("file", metavar="DOSYA", help="yedek dosyası")
    leaf.add_argument("--dry-run", action="store_true", help="yalnız yedeği denetle, bir şey değiştirme")


def _invoice(commands: Any) -> None:
    invoice = _group(commands, "invoice", "faturalar")
    leaf = _leaf(
        invoice,
        "create",
        "taslağı kaydet, ETTN'sini yaz",
        "invoices.create",
        office=True,
        more="Hatalı taslak da saklanır; bulgular ayrıca yazılır.",
        example="muhurdar invoice create taslak.json --company 1234567890 -o taslak.xml",
    )
    leaf.add_argument("draft", metavar="TASLAK.json", help="fatura taslağı")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI.xml", help="mühürsüz XML'i de yaz")
    leaf = _leaf(
        invoice,
        "queue",
        "numara ver, mühürle, gönderim kuyruğuna al",
        "invoices.queue",
        office=True,
        more="Kuyruktakiler 'muhurdar sync' ile gönderilir.",
        example="muhurdar invoice queue ETTN --company 1234567890 --pkcs11 /usr/lib/libakisp11.so --pin-env MUHUR_PIN",
    )
    leaf.add_argument("ettns", nargs="+", metavar="ETTN", help="taslağın ETTN'si; birden çok olabilir")
    _accept_option(leaf)
    _seal_options(leaf, test_seal=True)
    leaf = _leaf(invoice, "resend", "hata almış belgeyi yeniden mühürleyip kuyruğa al", "invoices.resend", office=True)
    leaf.add_argument("ettn", metavar="ETTN", help="belgenin ETTN'si")
    _seal_options(leaf, test_seal=True)
    leaf = _leaf(
        invoice,
        "answer",
        "gelen ticari faturayı yanıtla",
        "invoices.answer",
        office=True,
        more="Yanıt kuyruğa alınır, 'muhurdar sync' ile gönderilir. Bir faturaya bir kez yanıt verilir.",
        example="muhurdar invoice answer ETTN red --reason 'Mal eksik geldi' --company 1234567890",
    )
    leaf.add_argument("ettn", metavar="ETTN", help="gelen faturanın ETTN'si")
    leaf.add_argument("answer", choices=["kabul", "red"], metavar="kabul|red", help="yanıt")
    leaf.add_argument("--reason", default="", metavar="METİN", help="neden (redde zorunlu)")
    leaf = _leaf(
        invoice,
        "resolve",
        "elle inceleme bekleyen belge için karar ver",
        "invoices.resolve",
        office=True,
        more="arrived  belgeyi entegratörün portalında gördünüz; gönderildi sayılır\n"
        "requeue  entegratöre sorulur; tanımıyorsa yeniden kuyruğa alınır\n"
        "cancel   gönderilmemiş belge iptal edilir; numarası kullanılmış kalır\n"
        "dismiss  yalnız inceleme işareti kalkar\n"
        "Bir belge için hangilerinin yapılabileceğini 'muhurdar invoice show ETTN' yazar.",
        example="muhurdar invoice resolve ETTN arrived --reason 'Portalda gördüm' --company 1234567890",
    )
    leaf.add_argument("ettn", metavar="ETTN", help="belgenin ETTN'si")
    leaf.add_argument(
        "decision",
        choices=["arrived", "requeue", "cancel", "dismiss"],
        metavar="arrived|requeue|cancel|dismiss",
        help="karar",
    )
    leaf.add_argument("--reason", required=True, metavar="METİN", help="neden; belgenin geçmişine yazılır")
    leaf = _leaf(
        invoice,
        "list",
        "belgeleri listele",
        "invoices.list",
        office=True,
        example="muhurdar invoice list --company 1234567890 --direction in --search çınar",
    )
    leaf.add_argument("--direction", choices=["in", "out"], metavar="in|out", help="gelen (in) ya da giden (out)")
    leaf.add_argument("--search", default="", metavar="METİN", help="unvan, numara, VKN ya da içerik ara")
    leaf.add_argument("--review", action="store_true", help="yalnız elle inceleme bekleyenler")
    leaf.add_argument("--limit", type=_count, default=200, metavar="N", help="en çok kaç satır (varsayılan 200)")
    leaf = _leaf(invoice, "show", "bir belgenin durumunu ve geçmişini göster", "invoices.show", office=True)
    leaf.add_argument("ettn", metavar="ETTN", help="belgenin ETTN'si")
    leaf = _leaf(
        invoice,
        "export",
        "belgenin XML'ini dosyaya yaz",
        "invoices.export",
        office=True,
        more="Yasal nüsha geldiyse onu, yoksa bizdeki belgeyi yazar; taslak mühürsüz yazılır.",
    )
    leaf.add_argument("ettn", metavar="ETTN", help="belgenin ETTN'si")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI.xml", required=True, help="yazılacak dosya")


def _tokens(commands: Any) -> None:
    token = _group(commands, "token", "mali mühür kartları")
    leaf = _leaf(token, "list", "okuyucuları, kartları ve sertifikaları listele", "tokens.list")
    leaf.add_argument(
        "--module", action="append", default=[], metavar="YOL", help="bakılacak sürücü (birden çok olabilir)"
    )
    leaf = _leaf(
        token,
        "doctor",
        "kart kurulumunu denetle",
        "tokens.doctor",
        more="Neyin eksik olduğunu ve ne yapılacağını yazar. Engel varsa çıkış kodu 1'dir.",
        example="muhurdar token doctor --sign --pin-env MUHUR_PIN",
    )
    leaf.add_argument(
        "--module", action="append", default=[], metavar="YOL", help="bakılacak sürücü (birden çok olabilir)"
    )
    leaf.add_argument("--sign", action="store_true", help="deneme imzası at (PIN bir kez denenir)")
    leaf.add_argument("--pin-env", metavar="DEĞİŞKEN", help="PIN'i taşıyan ortam değişkeni")


def _sandbox(commands: Any) -> None:
    sandbox = _group(commands, "sandbox", "deneme entegratörü")
    leaf = _leaf(
        sandbox,
        "serve",
        "deneme entegratörünü bu bilgisayarda çalıştır",
        "sandbox.serve",
        more="Adresini ve deneme kullanıcısını yazar, Ctrl+C'ye kadar çalışır.",
        example="muhurdar sandbox serve --port 8765 --state deneme.db",
    )
    leaf.add_argument(
        "--port", type=_port, default=0, metavar="N", help="bağlantı noktası (verilmezse boş bir tanesi seçilir)"
    )
    leaf.add_argument("--state", metavar="DOSYA", help="durumunu bu dosyada sakla")

    leaf = _leaf(
        commands,
        "demo",
        "asıl işi baştan sona pencere açmadan yap",
        "demo.run",
        more="Taslak, mühür, gönderim, izleme, alma, yanıt ve baskı; deneme entegratörüyle, gerçek kimseye gitmeden.",
        example="muhurdar demo --out deneme/",
    )
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="çıktıların ve report.json'un yazılacağı klasör")
    leaf.add_argument("--no-pdf", action="store_true", help="PDF çizmeden bitir")

    leaf = _leaf(
        commands,
        "tour",
        "pencerenin her sayfasının resmini çiz",
        "window.tour",
        more="Deneme ofisinin sayfalarını, iletişim kutularını ve durumlarını iki temada, iki ölçekte çizer.",
        example="muhurdar tour --out tur/",
    )
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="resimlerin ve index.html'in yazılacağı klasör")
    leaf.add_argument("--quick", action="store_true", help="yalnız başlıca sahneler, küçük bir ofisle")
    leaf.add_argument("--only", default="", metavar="AD,...", help="yalnız adında bunlardan biri geçen sahneler")

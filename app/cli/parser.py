"""The words of the command line, in Turkish. Imports nothing of the application: `--help` must be instant."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.ledger_words import add_ledger
from app.cli.words import (
    PASSPHRASE,
    TurkishParser,
    a_count,
    a_port,
    accept_option,
    add_group,
    add_leaf,
    common_options,
    seal_options,
)


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
    common_options(parser)
    parser.set_defaults(
        command="window.open", json=False, verbose=False, data_dir=None, vault_passphrase_env=PASSPHRASE
    )
    commands = parser.add_subparsers(title="komutlar", metavar="KOMUT", parser_class=TurkishParser)
    for add in (_documents, _packages, _office, _invoice, _document, add_ledger, _tokens, _sandbox):
        add(commands)
    return parser


def _documents(commands: Any) -> None:
    leaf = add_leaf(
        commands,
        "validate",
        "belge dosyalarını denetle",
        "files.validate",
        more="Bulguları dosya dosya yazar. Çıkış kodu: 0 hata yok, 1 hata var, 2 okunamayan dosya var.",
        example="muhurdar validate fatura.xml gelenler/ --json",
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="XML dosyası, zip ya da klasör")

    leaf = add_leaf(
        commands,
        "render",
        "belgeyi göndericinin şablonuyla görüntüle",
        "files.render",
        more="Çok belgede PDF'ler tek dosyada birleşir; var olan bir klasör verilirse her belge ayrı dosya olur. "
        "Zarfın içindeki belgelerin hepsi çizilir (HTML ve PNG'de ikincisinden sonrası ÇIKTI-2, ÇIKTI-3 … olur).",
        example="muhurdar render fatura.xml --pdf fatura.pdf",
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="XML dosyası; birden çok olabilir")
    form = leaf.add_mutually_exclusive_group(required=True)
    for name in ("html", "pdf", "png"):
        form.add_argument(f"--{name}", metavar="ÇIKTI", help=f"{name.upper()} dosyası; çok belgede klasör de olabilir")

    leaf = add_leaf(
        commands,
        "sign",
        "XML dosyasını mühürle",
        "files.sign",
        more="Veritabanına dokunmaz; belgenin numarası dosyada olmalıdır.",
        example="muhurdar sign fatura.xml -o muhurlu.xml --pkcs11 /usr/lib/libakisp11.so --pin-env MUHUR_PIN",
    )
    leaf.add_argument("file", metavar="DOSYA", help="mühürsüz UBL-TR belgesi")
    leaf.add_argument("-o", "--output", metavar="ÇIKTI", required=True, help="mühürlü dosya")
    seal_options(leaf, test_seal=False)

    leaf = add_leaf(
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
    document = add_group(commands, "document", "irsaliye, müstahsil ve serbest meslek makbuzu (fatura da olur)")
    leaf = add_leaf(
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
    leaf = add_leaf(
        document,
        "queue",
        "numara ver, mühürle, gönderim kuyruğuna al",
        "documents.queue",
        office=True,
        more="Entegratör türünü göndermiyorsa belge mühürlü kalır, kuyruğa girmez; XML'i 'invoice export' yazar.",
        example="muhurdar document queue ETTN --company 1234567890 --pkcs11 /usr/lib/libakisp11.so --pin-env MUHUR_PIN",
    )
    leaf.add_argument("ettns", nargs="+", metavar="ETTN", help="taslağın ETTN'si; birden çok olabilir")
    accept_option(leaf)
    seal_options(leaf, test_seal=True)
    leaf = add_leaf(
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
    leaf.add_argument("--limit", type=a_count, default=200, metavar="N", help="en çok kaç satır (varsayılan 200)")


def _packages(commands: Any) -> None:
    package = add_group(commands, "package", "GİB'in kural paketleri")
    leaf = add_leaf(
        package,
        "install",
        "GİB paketini ZIP dosyasından yükle",
        "packages.install",
        more="Hangi paket olduğu ve yayım tarihi içeriğinden anlaşılır; eski sürümler saklanır.",
        example="muhurdar package install UBL-TR1.2.1_Paketi.zip e-FaturaPaketi.zip",
    )
    leaf.add_argument("files", nargs="+", metavar="ZIP", help="GİB'in yayımladığı paket")
    leaf = add_leaf(package, "list", "yüklü paketleri ve sürümlerini listele", "packages.list")
    leaf.add_argument("--changes", action="store_true", help="kullanılan sürümün bir öncekine göre farkını da yaz")
    leaf = add_leaf(
        package,
        "update",
        "paketleri GİB'in sayfasından indir, yenisi varsa yükle",
        "packages.update",
        more="Adresler veri klasöründeki packages/addresses.json dosyasından, o yoksa programla gelenden okunur.",
        example="muhurdar package update",
    )
    leaf.add_argument("--kind", action="append", default=[], choices=_PACKAGE_KINDS, help="yalnız bu paket")
    leaf = add_leaf(
        package,
        "rollback",
        "bir önceki sürüme dön",
        "packages.rollback",
        more="Saklı olan bir önceki sürüm kullanılmaya başlar; aynı ZIP yeniden yüklenirse yenisine dönülür.",
        example="muhurdar package rollback e-fatura",
    )
    leaf.add_argument("kind", choices=_PACKAGE_KINDS, help="paket")


def _office(commands: Any) -> None:
    company = add_group(commands, "company", "firmalar")
    leaf = add_leaf(
        company,
        "add",
        "firma ekle ya da kartını değiştir",
        "office.company_add",
        more="Aynı vergi numarası yeniden verilirse kart güncellenir.",
        example="muhurdar company add --from firma.json",
    )
    leaf.add_argument("--from", dest="source", metavar="FİRMA.json", required=True, help="firma kartı")
    add_leaf(company, "list", "firmaları listele", "office.company_list")

    connector = add_group(commands, "connector", "entegratör bağlantıları")
    leaf = add_leaf(
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

    taxpayers = add_group(commands, "taxpayers", "e-Fatura mükellef listesi")
    add_leaf(
        taxpayers,
        "update",
        "listeyi entegratörden yenile",
        "taxpayers.update",
        more="İlk seferinde listenin tamamı, sonra yalnız değişenler alınır; iki saatte birden sık sorulmaz.",
    )
    leaf = add_leaf(
        taxpayers,
        "find",
        "bir numara e-Fatura mükellefi mi, bak",
        "taxpayers.find",
        more="Bağlantı gerekmez. Mükellef değilse çıkış kodu 1'dir.",
        example="muhurdar taxpayers find 1234567890",
    )
    leaf.add_argument("number", metavar="VKN", help="VKN ya da TCKN")

    leaf = add_leaf(
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
    seal_options(leaf, test_seal=True)

    leaf = add_leaf(
        commands,
        "backup",
        "veritabanını yedekle",
        "office.backup",
        more="Program açıkken de alınabilir. Parolalar yedekte yoktur.",
        example="muhurdar backup yedek.db",
    )
    leaf.add_argument("file", metavar="DOSYA", help="yedek dosyası")
    leaf = add_leaf(
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
    invoice = add_group(commands, "invoice", "faturalar")
    leaf = add_leaf(
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
    leaf = add_leaf(
        invoice,
        "queue",
        "numara ver, mühürle, gönderim kuyruğuna al",
        "invoices.queue",
        office=True,
        more="Kuyruktakiler 'muhurdar sync' ile gönderilir.",
        example="muhurdar invoice queue ETTN --company 1234567890 --pkcs11 /usr/lib/libakisp11.so --pin-env MUHUR_PIN",
    )
    leaf.add_argument("ettns", nargs="+", metavar="ETTN", help="taslağın ETTN'si; birden çok olabilir")
    accept_option(leaf)
    seal_options(leaf, test_seal=True)
    leaf = add_leaf(
        invoice, "resend", "hata almış belgeyi yeniden mühürleyip kuyruğa al", "invoices.resend", office=True
    )
    leaf.add_argument("ettn", metavar="ETTN", help="belgenin ETTN'si")
    accept_option(leaf)
    seal_options(leaf, test_seal=True)
    leaf = add_leaf(
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
    leaf = add_leaf(
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
    leaf = add_leaf(
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
    leaf.add_argument("--limit", type=a_count, default=200, metavar="N", help="en çok kaç satır (varsayılan 200)")
    leaf = add_leaf(invoice, "show", "bir belgenin durumunu ve geçmişini göster", "invoices.show", office=True)
    leaf.add_argument("ettn", metavar="ETTN", help="belgenin ETTN'si")
    leaf = add_leaf(
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
    token = add_group(commands, "token", "mali mühür kartları")
    leaf = add_leaf(token, "list", "okuyucuları, kartları ve sertifikaları listele", "tokens.list")
    leaf.add_argument(
        "--module", action="append", default=[], metavar="YOL", help="bakılacak sürücü (birden çok olabilir)"
    )
    leaf = add_leaf(
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
    sandbox = add_group(commands, "sandbox", "deneme entegratörü")
    leaf = add_leaf(
        sandbox,
        "serve",
        "deneme entegratörünü bu bilgisayarda çalıştır",
        "sandbox.serve",
        more="Adresini ve deneme kullanıcısını yazar, Ctrl+C'ye kadar çalışır.",
        example="muhurdar sandbox serve --port 8765 --state deneme.db",
    )
    leaf.add_argument(
        "--port", type=a_port, default=0, metavar="N", help="bağlantı noktası (verilmezse boş bir tanesi seçilir)"
    )
    leaf.add_argument("--state", metavar="DOSYA", help="durumunu bu dosyada sakla")

    leaf = add_leaf(
        commands,
        "demo",
        "asıl işi baştan sona pencere açmadan yap",
        "demo.run",
        more="Taslak, mühür, gönderim, izleme, alma, yanıt ve baskı; deneme entegratörüyle, gerçek kimseye gitmeden.",
        example="muhurdar demo --out deneme/",
    )
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="çıktıların ve report.json'un yazılacağı klasör")
    leaf.add_argument("--no-pdf", action="store_true", help="PDF çizmeden bitir")

    leaf = add_leaf(
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

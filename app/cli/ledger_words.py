"""The words of `muhurdar ledger`."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.ledger_data_words import add_inventory_life, add_ledger_data
from app.cli.words import add_group, add_leaf, seal_options

#: The values of `Format` that a file may have, said again here.
_SOURCES = ("auto", "csv", "turkcell", "excel", "uyumsoft-xml")
_TARGETS = ("izibiz", "uyumsoft-csv", "uyumsoft-xml", "turkcell")


def add_ledger(commands: Any) -> None:
    ledger = add_group(commands, "ledger", "e-Defter: muhasebe fişleri ve defterler")
    leaf = add_leaf(
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
        help="İzibiz CSV, Turkcell TXT, Uyumsoft XML, başlıklı bir CSV, Excel ya da bunların ZIP'i",
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
    leaf.add_argument(
        "--clean-control", action="store_true", help="defterde yer alamayan görünmez karakterleri metinlerden çıkar"
    )
    leaf.add_argument(
        "--undo", type=int, default=0, metavar="YIL", help="bu hesap yılının son aktarmasını geri al (dosya verilmez)"
    )
    leaf.add_argument("--preview", action="store_true", help="yalnız ne anlaşıldığını göster, bir şey alma")
    leaf = add_leaf(
        ledger,
        "check",
        "bir ayı defter olmadan önce denetle",
        "ledger.check",
        more="Madde ve satır numaraları verilir (kaynağın verdikleri değişmez), bütün hatalar birlikte söylenir.",
        example="muhurdar ledger check --company 9205121120 --period 2026-03",
    )
    _month_options(leaf)
    leaf.add_argument("--report", default="", metavar="DOSYA", help="bulguları rapor olarak yaz (.xlsx ya da .pdf)")
    leaf = add_leaf(
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
        "--max-mb",
        type=int,
        default=0,
        metavar="MB",
        help="bir parçanın en büyük boyutu (varsayılan: firma kartı, 200)",
    )
    leaf.add_argument("--split-after", action="append", default=[], metavar="YYYY-AA-GG", help="bu günden sonra böl")
    leaf.add_argument(
        "--liquidation",
        default="",
        metavar="YYYY-AA-GG",
        help="tasfiye kararının tescil günü: o günden ayrı hesap dönemi başlar (firma kartına yazılır)",
    )
    leaf.add_argument(
        "--again",
        action="store_true",
        help="ay zaten mühürlüyse eski dosyaları iptal klasörüne taşıyıp yeniden oluştur (yüklenmiş ayda olmaz)",
    )
    _stamp_options(leaf)
    seal_options(leaf, test_seal=True)
    leaf = add_leaf(
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
    leaf.add_argument(
        "--side", choices=("before", "after"), help="tasfiyenin başladığı ayda: öncesi ya da sonrası (orada gerekir)"
    )
    leaf.add_argument("--encoding", default="", choices=("", "utf-8", "cp1254"), help="kodlama (varsayılanı biçimin)")
    leaf = add_leaf(
        ledger,
        "verify",
        "bir defter arşivini yeniden denetle",
        "ledger.verify",
        more="Adlar, mühürler, berat ile defter, yevmiye ile kebir, numaralar ve GİB onayları; veritabanı gerekmez.",
        example="muhurdar ledger verify defterler",
    )
    leaf.add_argument("folder", metavar="KLASÖR", help="defterlerin bulunduğu klasör")
    leaf.add_argument(
        "--rules",
        action="store_true",
        help="kurulu e-Defter paketinin bugünkü kurallarını da uygula (büyük defterde onlarca saniye sürer)",
    )
    leaf = add_leaf(
        ledger,
        "summarise",
        "parçaya sığmayan bir fişi hesap hesap özetle",
        "ledger_summary.summarise",
        more="Hesabı, tarafı, belgesi ve dövizi aynı olan satırlar birleşir; asılları saklanır, ay oluşturulana kadar "
        "geri alınır. --yes verilmezse yalnız ne olacağı gösterilir.",
        example="muhurdar ledger summarise --company 9205121120 --period 2026-03 --entry 41 --preview",
    )
    _month_options(leaf)
    leaf.add_argument("--entry", required=True, type=int, metavar="NO", help="yevmiye madde numarası")
    leaf.add_argument("--branch", default="", metavar="NO", help="şube numarası (şubeli defterlerde)")
    leaf.add_argument(
        "--side", choices=("before", "after"), help="tasfiyenin başladığı ayda: öncesi (varsayılan), sonrası"
    )
    leaf.add_argument("--preview", action="store_true", help="yalnız göster (varsayılan)")
    leaf.add_argument("--yes", action="store_true", help="özetle")
    leaf.add_argument("--undo", action="store_true", help="özeti geri al")
    leaf.add_argument("--who", default="", metavar="AD", help="kararı veren kişi (yoksa oturumdaki ad)")
    _ledger_life(ledger)
    add_ledger_data(ledger)
    _ledger_inventory(ledger)


def _ledger_inventory(ledger: Any) -> None:
    inventory = add_group(ledger, "inventory", "envanter listeleri ve envanter defteri")
    leaf = add_leaf(
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
    leaf = add_leaf(
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
        "--max-mb",
        type=int,
        default=0,
        metavar="MB",
        help="bir parçanın en büyük boyutu (varsayılan: firma kartı, 200)",
    )
    leaf.add_argument(
        "--again",
        action="store_true",
        help="gün zaten mühürlüyse eski dosyaları iptal klasörüne taşıyıp yeniden oluştur (yüklenmişte olmaz)",
    )
    _stamp_options(leaf)
    seal_options(leaf, test_seal=True)
    add_inventory_life(inventory)


def _ledger_life(ledger: Any) -> None:
    leaf = add_leaf(ledger, "filed", "ayın GİB portalına yüklendiğini kaydet", "ledger_life.filed")
    _month_options(leaf)
    leaf = add_leaf(
        ledger,
        "approve",
        "GİB onaylı beratları denetleyip yerine koy",
        "ledger_life.approve",
        example="muhurdar ledger approve GIB-*.xml --company 9205121120 --period 2026-03 --out defterler",
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="GIB- ile başlayan beratlar ya da onların zip'i")
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf = add_leaf(ledger, "takeback", "mühürlü ayı geri al, dosyaları iptal edilenlere taşı", "ledger_life.takeback")
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf.add_argument("--deleted-by", default="", metavar="AD", help="yüklenmiş ayda: portalda silen kişi")
    leaf.add_argument("--deleted-on", default="", metavar="YYYY-AA-GG", help="yüklenmiş ayda: silindiği gün")
    leaf = add_leaf(ledger, "report", "kapanan ayın defter raporunu oluştur", "ledger_life.report")
    _month_options(leaf)
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf.add_argument("--application", default="", metavar="METİN", help="onaylı program: VKN##UNVAN##PROGRAM##SÜRÜM")
    leaf.add_argument("--creator", default="", metavar="AD", help="oluşturan kişi")
    seal_options(leaf, test_seal=True)


def _stamp_options(leaf: argparse.ArgumentParser) -> None:
    leaf.add_argument(
        "--time-stamp",
        default="",
        choices=("", "berats", "all", "never"),
        help="mührün yanına zaman damgası: beratlara, hepsine, hiçbirine (varsayılan: firma kartı, sonra ofis ayarı)",
    )
    leaf.add_argument("--tsa", default="", metavar="URL", help="zaman damgası adresi (ofis ayarı yerine)")
    leaf.add_argument("--tsa-login", default="", choices=("", "none", "basic", "kamusm"), help="--tsa için giriş")
    leaf.add_argument("--tsa-user", default="", metavar="AD", help="--tsa için kullanıcı ya da müşteri numarası")
    leaf.add_argument("--tsa-password-env", default="", metavar="DEĞİŞKEN", help="--tsa parolasını tutan değişken")
    leaf.add_argument("--tsa-trust", action="append", default=[], metavar="DOSYA", help="damganın kök sertifikası")


def _month_options(leaf: argparse.ArgumentParser) -> None:
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--period", required=True, metavar="YYYY-AA", help="ay")

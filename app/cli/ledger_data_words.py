"""The words of `muhurdar ledger fix | start | mapping` and of the inventory's life."""

from __future__ import annotations

from typing import Any

from app.cli.words import a_count, add_group, add_leaf


def add_ledger_data(ledger: Any) -> None:
    leaf = add_leaf(
        ledger,
        "fix",
        "bir ayda güvenle düzeltilebileni düzelt",
        "ledger_data.fix",
        more="Eksik belge bilgisi, iki tarihli fiş, Mühürdar'ın verdiği numaralar. --yes verilmezse yalnız ne olacağı"
        " gösterilir; ay oluşturulana kadar geri alınır, kaynağın yazdığı saklanır.",
        example="muhurdar ledger fix --company 9205121120 --period 2026-03 --preview",
    )
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--period", required=True, metavar="YYYY-AA", help="ay")
    leaf.add_argument(
        "--finding", action="append", default=[], metavar="KOD", help="yalnız bu bulguyu (DEFTER.…; yinelenir)"
    )
    leaf.add_argument("--preview", action="store_true", help="yalnız göster (varsayılan)")
    leaf.add_argument("--yes", action="store_true", help="düzelt")
    leaf.add_argument("--undo", type=a_count, default=0, metavar="NO", help="bu düzeltmeyi geri al")
    leaf.add_argument("--history", action="store_true", help="ayda yapılmış düzeltmeler")
    leaf.add_argument("--who", default="", metavar="AD", help="kararı veren kişi (yoksa oturumdaki ad)")
    leaf = add_leaf(
        ledger,
        "start",
        "önceki programın bıraktığı yerden başla",
        "ledger_data.start",
        more="Son madde, satır ve parça numaraları elle verilir ya da önceki programın son yevmiye defterinden,"
        " beratından veya zip'inden okunur; firma kartına yazılır.",
        example="muhurdar ledger start --company 9205121120 --from 9205121120-202603-Y-000000.xml",
    )
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--from", dest="source", default="", metavar="DOSYA", help="Y, YB, GIB-YB dosyası ya da zip")
    leaf.add_argument("--period", default="", metavar="YYYY-AA", help="bu programdaki ilk ay")
    leaf.add_argument("--entry", type=_number, metavar="NO", help="önceki programın son madde numarası")
    leaf.add_argument("--line", type=_number, metavar="NO", help="önceki programın son satır numarası")
    leaf.add_argument("--sequence", type=_number, metavar="NO", help="önceki programın son parça sırası (YEV…'in sonu)")
    leaf.add_argument("--branch", default="", metavar="NO", help="şube numarası (şubeli defterlerde)")
    leaf.add_argument("--preview", action="store_true", help="yalnız göster, yazma")
    mapping = add_group(ledger, "mapping", "saklanan sütun eşlemeleri")
    leaf = add_leaf(mapping, "list", "firmanın eşlemelerini listele", "ledger_data.mapping_list")
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf = add_leaf(mapping, "delete", "bir eşlemeyi sil", "ledger_data.mapping_delete")
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("name", metavar="AD", help="eşlemenin adı")


def add_inventory_life(inventory: Any) -> None:
    leaf = add_leaf(inventory, "filed", "envanterin GİB portalına yüklendiğini kaydet", "ledger_inventory.filed")
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--day", required=True, metavar="YYYY-AA-GG", help="envanter günü")
    leaf = add_leaf(
        inventory, "approve", "GİB onaylı envanter beratlarını denetleyip yerine koy", "ledger_inventory.approve"
    )
    leaf.add_argument("files", nargs="+", metavar="DOSYA", help="GIB- ile başlayan EB beratları ya da zip'i")
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--day", required=True, metavar="YYYY-AA-GG", help="envanter günü")
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf = add_leaf(
        inventory, "takeback", "mühürlü envanteri geri al, dosyaları iptal edilenlere taşı", "ledger_inventory.takeback"
    )
    leaf.add_argument("--company", required=True, metavar="VKN", help="defterin sahibi firma")
    leaf.add_argument("--day", required=True, metavar="YYYY-AA-GG", help="envanter günü")
    leaf.add_argument("--out", required=True, metavar="KLASÖR", help="defter ağacının kökü")
    leaf.add_argument("--deleted-by", default="", metavar="AD", help="yüklenmiş envanterde: portalda silen kişi")
    leaf.add_argument("--deleted-on", default="", metavar="YYYY-AA-GG", help="yüklenmiş envanterde: silindiği gün")


def _number(text: str) -> int:
    return 0 if text == "0" else a_count(text)

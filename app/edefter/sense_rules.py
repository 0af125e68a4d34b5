"""What is lawful but makes no sense in the books: all of it warnings, for the bookkeeper's eyes.

Source: Muhasebe Sistemi Uygulama Genel Tebliği (Sıra No 1) for the accounts' sides; KDV's rates by date
(`resources/edefter/accounts.json`).
"""

from __future__ import annotations

from typing import Final

from app.domain.findings import Severity
from app.edefter.rule import Rule

_W = Severity.WARNING

SENSE: Final[dict[str, Rule]] = {
    "DEFTER.NEGATIVE": Rule(
        _W,
        "{a} hesabının bakiyesi {b} gününde eksiye düşüyor; eksik tahsilat ya da yanlış tarih olabilir.",
        "Kasada ve bankada olmayan para harcanamaz; incelemede ilk bakılan yerdir.",
    ),
    "DEFTER.REVERSED": Rule(
        _W,
        "{a} hesabı ay sonunda ters bakiye veriyor ({b}); yanlış hesap, yanlış taraf ya da eksik kayıt olabilir.",
        "Tekdüzen hesap planında varlık hesapları borç, kaynak hesapları alacak bakiyesi verir; düzenleyici hesaplar"
        " tersini.",
    ),
    "DEFTER.NO_OPENING": Rule(
        _W,
        "Hesap döneminin ilk ayında açılış fişi bulunamadı; açılış kaydını yapın ya da aktarın.",
        "Dönem, önceki dönemin kapanış bakiyeleriyle açılır; yeni kurulan firmada sermaye kaydıyla.",
    ),
    "DEFTER.NO_CLOSING": Rule(
        _W,
        "Hesap döneminin son ayında kapanış fişi bulunamadı; kapanış kaydını yapın ya da aktarın.",
        "Dönem sonunda bütün bilanço hesapları kapanış kaydıyla kapatılır.",
    ),
    "DEFTER.RESULT_OPEN": Rule(
        _W,
        "{a} hesabı dönem sonunda kapanmamış ({b}); yansıtma ve kâr/zarar kayıtlarını tamamlayın.",
        "Gelir ve gider hesapları (6 ve 7. sınıf) dönem sonunda sıfırlanır.",
    ),
    "DEFTER.VAT_RATE": Rule(
        _W,
        "{reference} fişinde KDV matrahın %{a} kadarı; yürürlükteki oranlara ({b}) uymuyor, belgeyle karşılaştırın.",
        "191 ve 391 hesaplarındaki KDV, matrah hesaplarının (600, 153, 7xx…) o günkü bir oranı olur.",
    ),
    "DEFTER.NO_BALANCES": Rule(
        Severity.INFO,
        "Açılış kaydı ve önceki aylar bu programda olmadığı için kasa, banka ve ters bakiye denetimi yapılmadı;"
        " açılış fişini ya da önceki ayları alırsanız yapılır.",
        "Bakiyeler yılın başından yürür; yarım yılın hareketinden bakiye çıkarılamaz.",
    ),
}

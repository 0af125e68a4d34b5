"""What GİB says of an envelope, in plain Turkish, and what may be done about it.

Source: e-Fatura envelope guide, Ek-2 (status codes); İzibiz guide, "GİB Durum Kodları". Where the two differ on
sending again (the İzibiz table says "resend" for 1163 as well) the rule that cannot make a duplicate is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ResendRule(StrEnum):
    """How a document that got this code may be sent again.

    SAME_ETTN: same number and ETTN, corrected bytes as a new attempt. NEW_ETTN: same number, new ETTN, sealed again.
    ASK: never by itself; find out first whether GİB already has it. NEVER: this number is used up. WAIT: not over yet.
    """

    SAME_ETTN = "same_ettn"
    NEW_ETTN = "new_ettn"
    ASK = "ask"
    NEVER = "never"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class GibCode:
    """One code. `official` is GİB's text, `plain` ours."""

    code: int
    official: str
    plain: str
    rule: ResendRule


_PACKAGE = "Gönderim dosyası bozuk ya da adı yanlış. Hata belgede değil pakette; yeniden paketlenip gönderilmeli."
_ENVELOPE = "Zarf okunamadı ya da sürümü eski. Programı ve GİB paketini güncelleyip yeniden gönderin."
_SEAL = (
    "İmza okunamadı, yetkisiz ya da geçersiz. Mali mühür bu VKN'ye mi ait, süresi dolmuş mu, belge imzadan sonra "
    "değişmiş mi bakın."
)
_AGAIN = "Bu belge GİB'e daha önce gönderilmiş. İkinci kez göndermeyin; önce durumunu sorgulayın."
_ADDRESS = "Gönderici ya da alıcı etiketi kayıtlı değil. Alıcı e-Fatura mükellefi mi, etiketi doğru mu bakın."
_GIB = "GİB tarafında bir hata oldu. Bir süre sonra yeniden gönderin."

_TABLE: tuple[tuple[int, str, str, ResendRule], ...] = (
    (1000, "ZARF KUYRUĞA EKLENDİ", "Zarf GİB'e ulaştı, sonuç bekleniyor. Yeniden göndermeyin.", ResendRule.WAIT),
    (1100, "ZARF İŞLENİYOR", "Zarf GİB'de işleniyor, sonuç bekleniyor. Yeniden göndermeyin.", ResendRule.WAIT),
    (1110, "ZIP DOSYASI DEĞİL", _PACKAGE, ResendRule.SAME_ETTN),
    (1111, "ZARF ID UZUNLUĞU GEÇERSİZ", _PACKAGE, ResendRule.SAME_ETTN),
    (1120, "ZARF ARŞİVDEN KOPYALANAMADI", _PACKAGE, ResendRule.SAME_ETTN),
    (1130, "ZIP AÇILAMADI", _PACKAGE, ResendRule.SAME_ETTN),
    (1131, "ZIP BİR DOSYA İÇERMELİ", _PACKAGE, ResendRule.SAME_ETTN),
    (1132, "XML DOSYASI DEĞİL", _PACKAGE, ResendRule.SAME_ETTN),
    (1133, "ZARF ID VE XML DOSYASININ ADI AYNI OLMALI", _PACKAGE, ResendRule.SAME_ETTN),
    (1140, "DOKÜMAN AYRIŞTIRILAMADI", _ENVELOPE, ResendRule.SAME_ETTN),
    (1141, "ZARF ID YOK", _ENVELOPE, ResendRule.SAME_ETTN),
    (1142, "ZARF ID VE ZIP DOSYASI ADI AYNI OLMALI", _ENVELOPE, ResendRule.SAME_ETTN),
    (1143, "GEÇERSİZ VERSİYON", _ENVELOPE, ResendRule.SAME_ETTN),
    (
        1150,
        "SCHEMATRON KONTROL SONUCU HATALI",
        "Belge GİB kurallarından birine uymuyor. Düzeltip aynı numara ve ETTN ile gönderebilirsiniz.",
        ResendRule.SAME_ETTN,
    ),
    (
        1160,
        "XML ŞEMA KONTROLÜNDEN GEÇEMEDİ",
        "Belgenin yapısı bozuk: eksik, fazla ya da sırası yanlış bir alan var. Düzeltip yeniden gönderin.",
        ResendRule.SAME_ETTN,
    ),
    (1161, "İMZA SAHİBİ TCKN VKN ALINAMADI", _SEAL, ResendRule.SAME_ETTN),
    (1162, "İMZA KAYDEDİLEMEDİ", _SEAL, ResendRule.SAME_ETTN),
    (1163, "ZARF SİSTEMDE DAHA ÖNCE KAYITLI OLAN BİR FATURAYI İÇERİYOR", _AGAIN, ResendRule.ASK),
    (1164, "ZARF SİSTEMDE DAHA ÖNCE KAYITLI OLAN BİR BELGEYİ İÇERİYOR", _AGAIN, ResendRule.ASK),
    (1170, "YETKİ KONTROL EDİLEMEDİ", _ADDRESS, ResendRule.SAME_ETTN),
    (1171, "GÖNDERİCİ BİRİM YETKİSİ YOK", _ADDRESS, ResendRule.SAME_ETTN),
    (1172, "POSTA KUTUSU YETKİSİ YOK", _ADDRESS, ResendRule.SAME_ETTN),
    (1175, "İMZA YETKİSİ KONTROL EDİLEMEDİ", _SEAL, ResendRule.SAME_ETTN),
    (1176, "İMZA SAHİBİ YETKİSİZ", _SEAL, ResendRule.SAME_ETTN),
    (1177, "GEÇERSİZ İMZA", _SEAL, ResendRule.SAME_ETTN),
    (1180, "ADRES KONTROL EDİLEMEDİ", _ADDRESS, ResendRule.SAME_ETTN),
    (1181, "ADRES BULUNAMADI", _ADDRESS, ResendRule.SAME_ETTN),
    (1182, "KULLANICI EKLENEMEDİ", _GIB, ResendRule.SAME_ETTN),
    (1183, "KULLANICI SİLİNEMEDİ", _GIB, ResendRule.SAME_ETTN),
    (1190, "SİSTEM YANITI HAZIRLANAMADI", _GIB, ResendRule.SAME_ETTN),
    (1195, "SİSTEM HATASI", _GIB, ResendRule.SAME_ETTN),
    (1200, "ZARF BAŞARIYLA İŞLENDİ", "GİB belgeyi kabul etti; alıcıya iletiliyor.", ResendRule.WAIT),
    (
        1210,
        "DOKÜMAN BULUNAN ADRESE GÖNDERİLEMEDİ",
        "Alıcının sistemine ulaşılamadı; GİB yeniden deniyor. Yeniden göndermeyin.",
        ResendRule.WAIT,
    ),
    (
        1215,
        "DOKÜMAN GÖNDERİMİ BAŞARISIZ. TEKRAR GÖNDERME SONLANDI",
        "Alıcının sistemine ulaşılamadı ve GİB denemeyi bıraktı. Aynı numara ve yeni ETTN ile yeniden gönderin.",
        ResendRule.NEW_ETTN,
    ),
    (
        1220,
        "HEDEFTEN SİSTEM YANITI GELMEDİ",
        "GİB kabul etti, alıcının sistemi henüz yanıtlamadı. Yeniden göndermeyin.",
        ResendRule.WAIT,
    ),
    (
        1230,
        "HEDEFTEN SİSTEM YANITI BAŞARISIZ GELDİ",
        "Alıcının sistemi zarfı işleyemedi. Nedenini giderip aynı numara ve yeni ETTN ile yeniden gönderin.",
        ResendRule.NEW_ETTN,
    ),
    (1235, "İPTALE KONU EDİLDİ", "Fatura iptale konu edildi; bu numara bir daha kullanılamaz.", ResendRule.NEVER),
    (1300, "BAŞARIYLA TAMAMLANDI", "Başarıyla tamamlandı; bu numara bir daha gönderilemez.", ResendRule.NEVER),
)

GIB_CODES: dict[int, GibCode] = {row[0]: GibCode(*row) for row in _TABLE}


def gib_code(code: int) -> GibCode | None:
    """The table's row for `code`; None for one that GİB has added since."""
    return GIB_CODES.get(code)


def resend_rule(code: int) -> ResendRule:
    """How a document that got this GİB code may be sent again; an unknown code is never resent by itself."""
    known = GIB_CODES.get(code)
    if known is not None:
        return known.rule
    if 1110 <= code <= 1195:
        # Errors GİB finds in the envelope before it books the document: nothing was registered.
        return ResendRule.SAME_ETTN
    return ResendRule.ASK

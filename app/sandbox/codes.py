"""What the integrator says: error codes with their sentences, GİB envelope codes, document states.

Facts: İzibiz integration guide, chapters "Hata Kodları", "Giden/Gelen Fatura Durumları", "GİB Durum Kodları".
"""

from __future__ import annotations

from typing import Final

UNEXPECTED_RETRY: Final = -1
UNEXPECTED: Final = 10001
NO_SESSION_MADE: Final = 10002
DOCUMENT_INVALID: Final = 10003
SESSION_INVALID: Final = 10004
PRODUCT_INACTIVE: Final = 10005
NOT_ALLOWED: Final = 10006
NOT_A_ZIP: Final = 10007
NOT_FOUND: Final = 10008
SAME_DOCUMENT: Final = 10009
TOO_BIG: Final = 10010
REPEATED: Final = 10011
USER_INACTIVE: Final = 10012
BAD_REQUEST: Final = 10013
SEAL_INVALID: Final = 10014
NOT_SUPPORTED: Final = 10015
CUSTOMER_INACTIVE: Final = 10016
SAME_NUMBER: Final = 10017
UNAUTHORISED: Final = 10018

ERROR_TEXTS: Final[dict[int, str]] = {
    UNEXPECTED_RETRY: "Beklenmedik bir hata oluştu. Lütfen daha sonra tekrar deneyiniz.",
    UNEXPECTED: "Sistemde beklenmedik bir hata oluştu",
    NO_SESSION_MADE: "Oturum oluşturulamadı",
    DOCUMENT_INVALID: "Belge şematron kontrolünden geçemedi",
    SESSION_INVALID: "Geçersiz oturum. Lütfen tekrar oturum oluşturunuz ve tekrar deneyiniz",
    PRODUCT_INACTIVE: "Hesabınızın ürünü aktif değildir",
    NOT_ALLOWED: "Yetkiniz bulunmamaktadır",
    NOT_A_ZIP: "İstek ZIP bir dosya içermelidir",
    NOT_FOUND: "Belirtilen kriterlere uygun kayıt bulunamamıştır",
    SAME_DOCUMENT: "Gönderilen belge daha önce gönderilmiş bir belge ile eşleşmektedir",
    TOO_BIG: "Bir istek boyutu maksimum 5MB veya 100 adet belge içerebilir",
    REPEATED: "Tekrarlanan işlem: kayıt sistemde mevcuttur",
    USER_INACTIVE: "Kullanıcı aktif değil",
    BAD_REQUEST: "Gönderilen istek geçersizdir",
    SEAL_INVALID: "Geçersiz imza",
    NOT_SUPPORTED: "Servis desteklenmemektedir",
    CUSTOMER_INACTIVE: "Müşteri sistemde aktif değildir",
    SAME_NUMBER: "Gönderilen belge daha önce gönderilmiş bir belge ile eşleşmektedir",
    UNAUTHORISED: "Yetkisiz erişim tespit edildi!",
}

GIB_TEXTS: Final[dict[int, str]] = {
    1000: "ZARF KUYRUĞA EKLENDİ",
    1100: "ZARF İŞLENİYOR",
    1110: "ZIP DOSYASI DEĞİL",
    1111: "ZARF ID UZUNLUĞU GEÇERSİZ",
    1120: "ZARF ARŞİVDEN KOPYALANAMADI",
    1130: "ZIP AÇILAMADI",
    1131: "ZIP BİR DOSYA İÇERMELİ",
    1132: "XML DOSYASI DEĞİL",
    1133: "ZARF ID VE XML DOSYASININ ADI AYNI OLMALI",
    1140: "DOKÜMAN AYRIŞTIRILAMADI",
    1141: "ZARF ID YOK",
    1142: "ZARF ID VE ZIP DOSYASI ADI AYNI OLMALI",
    1143: "GEÇERSİZ VERSİYON",
    1150: "SCHEMATRON KONTROL SONUCU HATALI",
    1160: "XML ŞEMA KONTROLÜNDEN GEÇEMEDİ",
    1161: "İMZA SAHİBİ TCKN VKN ALINAMADI",
    1162: "İMZA KAYDEDİLEMEDİ",
    1163: "GÖNDERİLEN ZARF SİSTEMDE DAHA ÖNCE KAYITLI OLAN BİR FATURAYI İÇERMEKTEDİR",
    1170: "YETKİ KONTROL EDİLEMEDİ",
    1171: "GÖNDERİCİ BİRİM YETKİSİ YOK",
    1172: "POSTA KUTUSU YETKİSİ YOK",
    1175: "İMZA YETKİSİ KONTROL EDİLEMEDİ",
    1176: "İMZA SAHİBİ YETKİSİZ",
    1177: "GEÇERSİZ İMZA",
    1180: "ADRES KONTROL EDİLEMEDİ",
    1181: "ADRES BULUNAMADI",
    1182: "KULLANICI EKLENEMEDİ",
    1183: "KULLANICI SİLİNEMEDİ",
    1190: "SİSTEM YANITI HAZIRLANAMADI",
    1195: "SİSTEM HATASI",
    1200: "ZARF BAŞARIYLA İŞLENDİ",
    1210: "DOKÜMAN BULUNAN ADRESE GÖNDERİLEMEDİ",
    1215: "DOKÜMAN GÖNDERİMİ BAŞARISIZ. TEKRAR GÖNDERME SONLANDI",
    1220: "HEDEFTEN SİSTEM YANITI GELMEDİ",
    1230: "HEDEFTEN SİSTEM YANITI BAŞARISIZ GELDİ",
    1300: "BAŞARIYLA TAMAMLANDI",
}
FAILS_AT_GIB: Final = frozenset(code for code in GIB_TEXTS if 1110 <= code <= 1195)
FAILS_AT_RECEIVER: Final = frozenset({1215, 1230})

# STATUS joins its halves with blank-hyphen-blank (e.g. "SEND - SUCCEED").
STATES: Final[dict[int, tuple[str, str]]] = {
    100: ("LOAD - SUCCEED", "DURUM HENÜZ GÜNCELLENMEDİ"),
    101: ("LOAD - SUCCEED", "KUYRUĞA EKLENDİ"),
    102: ("LOAD - PROCESSING", "TASLAK İŞLENİYOR"),
    103: ("PACKAGE - PROCESSING", "PAKETLENİYOR"),
    104: ("PACKAGE - SUCCEED", "PAKETLENDİ"),
    107: ("SIGN - SUCCEED", "İMZALANDI"),
    109: ("SEND - WAIT_GIB_RESPONSE", "GİB'DEN YANIT BEKLİYOR"),
    110: ("SEND - WAIT_SYSTEM_RESPONSE", "ALICIDAN YANIT BEKLİYOR"),
    111: ("SEND - WAIT_APPLICATION_RESPONSE", "ALICIDAN ONAY BEKLİYOR"),
    112: ("ACCEPTED - SUCCEED", "KABUL EDİLDİ"),
    117: ("REJECTED - WAIT_SYSTEM_RESPONSE", "RET SİSTEM YANITI BEKLİYOR"),
    120: ("REJECTED - SUCCEED", "RET EDİLDİ"),
    122: ("ACCEPTED - SUCCEED", "KABUL EDİLDİ"),
    123: ("ACCEPTED - PROCESSING", "KABUL İŞLENİYOR"),
    124: ("ACCEPT - WAIT_GIB_RESPONSE", "KABUL GİB'DEN YANIT BEKLİYOR"),
    128: ("REJECT - WAIT_GIB_RESPONSE", "RED GİB'DEN YANIT BEKLİYOR"),
    129: ("REJECT - PROCESSING", "RED İŞLENİYOR"),
    130: ("REJECT - SUCCEED", "REDDEDİLDİ"),
    132: ("RECEIVE - WAIT_APPLICATION_RESPONSE", "YANIT BEKLİYOR"),
    133: ("RECEIVE - SUCCEED", "ALINDI"),
    136: ("SEND - FAILED", "GÖNDERME İŞLEMİ BAŞARISIZ"),
    137: ("SEND - SUCCEED", "GÖNDERİLDİ"),
}


class Refusal(Exception):
    """The integrator says no: code, sentence, and which document of the batch (0-based) it is about."""

    def __init__(self, code: int, detail: str = "", *, index: int | None = None, text: str = "") -> None:
        base = text or ERROR_TEXTS.get(code, "Bilinmeyen hata")
        sentence = f"{base}: {detail}" if detail else base
        super().__init__(f"{code} {sentence}")
        self.code = code
        self.sentence = sentence
        self.index = index

    def at(self, index: int) -> Refusal:
        """The same refusal, about the document at `index`."""
        if self.index is None:
            self.index = index
        return self


def same_document(code: int, number: str, ettn: str) -> Refusal:
    """10009 or 10017: `number` and `ettn` are those of the document that is there already."""
    return Refusal(code, text=f"{ERROR_TEXTS[code]}. ID:{number} ve UUID:{ettn}")

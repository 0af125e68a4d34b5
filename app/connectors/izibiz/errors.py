"""İzibiz's error codes: which of our errors each is, and its sentence in three parts.

Source: İzibiz guide, "Hata Kodları" (the same table for all document services). An ERROR_TYPE means failure whatever
number it holds.

On SendInvoice the guide promises that nothing is stored when an error comes back. For -1, 10001 and 10002 we do not
take its word: an "unexpected error" may have come after the storing. They are therefore `Rejected` with `retry_safe`,
which the sender reads as "ask for the status first, then send the same ETTN again"; İzibiz answers a second copy with
10009, so nothing can double.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

from app.connectors.base import AuthenticationFailed, ConnectorError, Duplicate, Rejected

E = TypeVar("E", bound=ConnectorError)

SESSION_UNKNOWN = 10004
NOT_FOUND = 10008
_DUPLICATES = frozenset({10009, 10011, 10017})
_TRY_AGAIN = frozenset({-1, 10001, 10002})
_USER_MUST_ACT = frozenset({10005, 10006, 10012, 10016, 10018})
#: What Login may answer without it being the login data's fault.
_NOT_THE_LOGIN = frozenset({-1, 10001})


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An ERROR_TYPE or RequestFault as it came. `text` is long and short description together, free of secrets."""

    code: int
    text: str = field(default="")
    txn_id: str = ""
    element_index: int | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    what: str
    why: str
    todo: str


_WORDS: dict[int, _Words] = {
    -1: _Words(
        "İzibiz beklenmedik bir hata bildirdi.",
        "Hata entegratörün tarafında.",
        "Belgenin durumu sorulup kendiliğinden yeniden denenir; sürerse entegratörünüze bildirin.",
    ),
    10001: _Words(
        "İzibiz sistem hatası bildirdi.",
        "Hata entegratörün tarafında.",
        "Belgenin durumu sorulup kendiliğinden yeniden denenir; sürerse entegratörünüze bildirin.",
    ),
    10002: _Words(
        "İzibiz oturum oluşturamadı.",
        "Entegratör şu anda oturum açmıyor olabilir.",
        "Bir süre sonra yeniden deneyin.",
    ),
    10003: _Words(
        "Belge denetimden geçmedi, kaydedilmedi.",
        "Belge UBL-TR şema ya da şematron kurallarından birine uymuyor.",
        "Ayrıntıdaki nedeni düzeltip aynı numarayla yeniden gönderin.",
    ),
    10005: _Words(
        "Bu ürün İzibiz hesabınızda açık değil.",
        "Hesapta e-Fatura ürünü etkin değil.",
        "Entegratörünüzden ürünü etkinleştirmesini isteyin.",
    ),
    10006: _Words(
        "İzibiz kullanıcınızın bu işlem için yetkisi yok.",
        "Kullanıcıya web servis ya da e-Fatura yetkisi verilmemiş.",
        "Entegratörün portalında yetki verin ya da yetkili bir kullanıcı girin.",
    ),
    10007: _Words(
        "İzibiz içeriğin ZIP olmadığını söylüyor.",
        "İstek bir ZIP dosyası içermeliydi.",
        "Programı güncelleyin; sürerse destek ekibine bildirin.",
    ),
    NOT_FOUND: _Words(
        "İzibiz'de bu ölçütlere uyan kayıt yok.",
        "Belge bu hesapta bulunamadı.",
        "ETTN'yi ve hesabı kontrol edin.",
    ),
    10009: _Words(
        "Bu belge İzibiz'e daha önce gönderilmiş.",
        "Aynı numara ya da ETTN sistemde kayıtlı.",
        "Kayıtlı olan bu belgeyse gönderilmiş sayılır; başka bir belgeyse numara çakışmasını giderin.",
    ),
    10010: _Words(
        "İstek çok büyük, gönderilmedi.",
        "Bir istek en çok 5 MB ya da 100 belge olabilir.",
        "Belgenin içindeki ekleri ve logoyu küçültün.",
    ),
    10011: _Words(
        "Bu işlem İzibiz'de daha önce yapılmış.",
        "Aynı kayıt sistemde var.",
        "Belgenin durumunu sorgulayın; yeniden göndermeyin.",
    ),
    10012: _Words(
        "İzibiz kullanıcınız etkin değil.",
        "Kullanıcı kapatılmış ya da henüz açılmamış.",
        "Entegratörün portalında kullanıcıyı etkinleştirin ya da başka bir kullanıcı girin.",
    ),
    10013: _Words(
        "İzibiz isteği geçersiz buldu.",
        "İstekteki bir alan kabul edilmedi.",
        "Ayrıntıdaki nedeni düzeltip yeniden gönderin.",
    ),
    10014: _Words(
        "İzibiz belgedeki imzayı geçersiz buldu.",
        "Mali mühür bu VKN'ye ait değil, süresi dolmuş ya da belge imzadan sonra değişmiş.",
        "Mührü 'muhurdar verify' ile denetleyin, belgeyi yeniden mühürleyip gönderin.",
    ),
    10015: _Words(
        "İzibiz bu servisi desteklemiyor.",
        "Hesabınızın bağlı olduğu sunucuda bu işlem yok.",
        "Entegratör adresini ve servis yolunu (einvoice_path) kontrol edin.",
    ),
    10016: _Words(
        "Firma İzibiz'de etkin değil.",
        "Entegratördeki firma hesabı kapalı.",
        "Entegratörünüzle görüşüp hesabı açtırın.",
    ),
    10018: _Words(
        "İzibiz yetkisiz erişim bildirdi.",
        "Bu kullanıcı ya da bu adres hesaba erişemiyor.",
        "Entegratörünüzden erişim izni isteyin; kullanıcı adını ve parolayı kontrol edin.",
    ),
}
_WORDS[10017] = _WORDS[10009]
_UNKNOWN = _Words(
    "İzibiz isteği reddetti.",
    "Entegratör bu programın tanımadığı bir hata kodu verdi.",
    "Ayrıntıdaki metni okuyun; gerekirse işlem numarasıyla entegratörünüze sorun.",
)

_ETTN = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"\b[A-Z0-9]{3}(?:19|20)\d{2}\d{9}\b")
_ALREADY_ANSWERED = re.compile(r"daha önce yanıtlan|durumu yanıtlama için uygun olma", re.IGNORECASE)
_ANSWER_LATE = re.compile(r"8 gün.*gecik|gecik.*8 gün", re.IGNORECASE | re.DOTALL)
_NOT_IN_INBOX = re.compile(r"sistemde bulunama", re.IGNORECASE)


def build_error(info: ErrorInfo) -> ConnectorError:
    """The typed error of what İzibiz answered. Session loss (10004) is the session's own business."""
    words = _WORDS.get(info.code, _UNKNOWN)
    if info.code in _USER_MUST_ACT:
        return _make(AuthenticationFailed, f"IZIBIZ.{info.code}", words, info)
    if info.code in _DUPLICATES:
        duplicate = _make(Duplicate, "IZIBIZ.DUPLICATE", words, info)
        duplicate.ettn, duplicate.number = named_document(info.text)
        return duplicate
    rejected = _make(Rejected, f"IZIBIZ.{info.code}", words, info, retry_safe=info.code in _TRY_AGAIN)
    rejected.element_index = info.element_index
    return rejected


def build_login_error(info: ErrorInfo) -> ConnectorError | None:
    """AuthenticationFailed for a refused login; None when the trouble is İzibiz's own and passes by itself.

    The guide gives no code for a wrong password, so every refusal but an "unexpected error" counts as one: trying
    again by itself could lock the user out.
    """
    if info.code in _NOT_THE_LOGIN:
        return None
    known = info.code in _USER_MUST_ACT
    words = (
        _WORDS[info.code]
        if known
        else _Words(
            "İzibiz oturum açmayı reddetti.",
            "Kullanıcı adı ya da parola yanlış olabilir.",
            "Bilgileri kontrol edip yeniden girin; hesap kilitlenmesin diye program kendiliğinden yeniden denemez.",
        )
    )
    return _make(AuthenticationFailed, f"IZIBIZ.{info.code}" if known else "IZIBIZ.LOGIN", words, info)


def build_answer_error(info: ErrorInfo) -> ConnectorError:
    """As `build_error`, for KABUL/RED: the guide names these refusals by their text only, whatever the code."""
    if _ALREADY_ANSWERED.search(info.text):
        words = _Words(
            "Bu faturaya daha önce yanıt verilmiş.",
            "Bir faturaya yalnız bir yanıt gönderilebilir.",
            "Verilmiş yanıtı görmek için faturanın durumu sorgulanır.",
        )
        duplicate = _make(Duplicate, "IZIBIZ.ANSWERED", words, info)
        duplicate.ettn, duplicate.number = named_document(info.text)
        return duplicate
    if _ANSWER_LATE.search(info.text):
        words = _Words(
            "Bu faturanın yanıt süresi geçmiş.",
            "Ticari fatura geldiği günden sonra sekiz gün içinde yanıtlanır.",
            "Fatura kabul edilmiş sayılır; itiraz için iade faturası ya da noter/KEP yolu kullanılır.",
        )
        return _make(Rejected, "IZIBIZ.ANSWER_LATE", words, info)
    if _NOT_IN_INBOX.search(info.text):
        words = _Words(
            "Bu fatura İzibiz'deki gelen kutunuzda bulunamadı.",
            "Fatura başka bir hesaba gelmiş ya da bu kullanıcının yetkisi yok.",
            "Faturayı getiren hesapla yanıtlayın.",
        )
        return _make(Rejected, "IZIBIZ.NOT_IN_INBOX", words, info)
    return build_error(info)


def named_document(text: str) -> tuple[str, str]:
    """(ETTN in lower case, number) that an error text names, each empty when it names none."""
    ettn, number = _ETTN.search(text), _NUMBER.search(text)
    return (ettn.group().lower() if ettn else "", number.group() if number else "")


def _make(kind: type[E], code: str, words: _Words, info: ErrorInfo, *, retry_safe: bool = False) -> E:
    txn = f" (işlem no {info.txn_id})" if info.txn_id else ""
    return kind(
        code,
        words.what,
        why=words.why,
        todo=words.todo,
        retry_safe=retry_safe,
        raw_code=str(info.code),
        raw_text=f"{info.text}{txn}".strip(),
    )

"""Failures of the line and of the contract, each with its Turkish sentence.

What the integrator itself refuses is in `errors`.
"""

from __future__ import annotations

from datetime import timedelta

from app.connectors.base import ContractBroken, RateLimited, SessionExpired, Unreachable

_DEFAULT_WAIT = timedelta(minutes=5)


def not_reached(raw: str, *, contract: bool = False) -> Unreachable:
    """The request surely never arrived. `contract`: it was the WSDL that could not be had."""
    error = Unreachable(
        "IZIBIZ.WSDL" if contract else "IZIBIZ.UNREACHABLE",
        "İzibiz'in servis tanımı (WSDL) alınamadı." if contract else "İzibiz sunucusuna bağlanılamadı.",
        why="İnternet bağlantısı kesik, adres yanlış ya da sunucu kapalı.",
        todo="Bağlantınızı ve entegratör adresini kontrol edin. Bekleyen belgeler kuyrukta durur, sonra gönderilir.",
        retry_safe=True,
        raw_text=raw,
    )
    error.maybe_processed = False
    return error


def tls_refused(raw: str) -> Unreachable:
    """No trusted connection; nothing of ours was sent."""
    error = Unreachable(
        "IZIBIZ.TLS",
        "İzibiz sunucusuyla güvenli bağlantı kurulamadı.",
        why="Sunucunun sertifikası doğrulanamadı.",
        todo="Bilgisayarın tarih ve saatini kontrol edin; ağınızda bir güvenlik duvarı varsa yöneticinize sorun.",
        retry_safe=True,
        raw_text=raw,
    )
    error.maybe_processed = False
    return error


def no_answer(raw: str, *, changes: bool) -> Unreachable:
    """The request may have arrived and been worked on; its answer did not come."""
    error = Unreachable(
        "IZIBIZ.NO_ANSWER",
        "İzibiz'den yanıt gelmedi.",
        why="Bağlantı yanıt alınmadan kesildi ya da süre doldu.",
        todo=(
            "İstek işlenmiş olabilir; belge yeniden gönderilmeden önce durumu sorgulanır."
            if changes
            else "Bir süre sonra yeniden deneyin."
        ),
        retry_safe=not changes,
        raw_text=raw,
    )
    error.maybe_processed = True
    return error


def cut_off(raw: str, *, changes: bool) -> ContractBroken:
    """The answer is bigger than anything the contract can mean."""
    return _contract("IZIBIZ.TOO_MUCH", "İzibiz'in yanıtı beklenenden çok büyük, okunmadı.", raw=raw, changes=changes)


def not_soap(raw: str, *, changes: bool) -> ContractBroken:
    """The answer is no SOAP message: a web page, half an XML, something else."""
    return _contract("IZIBIZ.NOT_SOAP", "İzibiz'den anlaşılmayan bir yanıt geldi.", raw=raw, changes=changes)


def odd_reply(raw: str, *, changes: bool) -> ContractBroken:
    """A SOAP message, but not the one the WSDL promises."""
    return _contract("IZIBIZ.ODD_REPLY", "İzibiz'in yanıtı servis tanımına uymuyor.", raw=raw, changes=changes)


def no_progress(raw: str) -> ContractBroken:
    """The same page came twice although it was acknowledged."""
    return ContractBroken(
        "IZIBIZ.NO_PROGRESS",
        "İzibiz aynı belgeleri yeniden gönderiyor.",
        why="Alınan belgeler 'okundu' olarak işaretlendiği hâlde listede kalmış.",
        todo="Bir süre sonra yeniden deneyin; sürerse işlem numarasıyla entegratörünüze bildirin.",
        retry_safe=True,
        raw_text=raw,
    )


def too_many_headers(day: str) -> ContractBroken:
    """More documents than one header query can hold, and the period cannot be cut further."""
    return ContractBroken(
        "IZIBIZ.TOO_MANY",
        "Bu dönemde bir sorguda alınamayacak kadar çok belge var.",
        why="İzibiz bir sorguda en çok 25.000 belge başlığı verir.",
        todo=f"Dönemi kısaltıp yeniden deneyin ({day}).",
        retry_safe=True,
    )


def contract_changed(raw: str) -> Unreachable:
    """The endpoint's own WSDL no longer fits what we have to say; nothing was sent."""
    error = Unreachable(
        "IZIBIZ.CONTRACT_CHANGED",
        "İzibiz servis tanımını değiştirmiş; istek hazırlanamadı.",
        why="Sunucunun WSDL'i bu sürümün bildiğinden farklı.",
        todo="Programı güncelleyin. Hiçbir belge gönderilmedi; bekleyenler kuyrukta durur.",
        raw_text=raw,
    )
    error.maybe_processed = False
    return error


def rate_limited(retry_after_s: int | None) -> RateLimited:
    error = RateLimited(
        "IZIBIZ.RATE",
        "İzibiz çok sık istek geldiğini söylüyor.",
        why="Entegratör kısa sürede yapılan istekleri sınırlıyor.",
        todo="Program kendiliğinden bekleyip yeniden dener.",
        retry_safe=True,
        raw_code="429",
    )
    error.retry_after = timedelta(seconds=retry_after_s) if retry_after_s is not None else _DEFAULT_WAIT
    return error


def session_lost(raw_text: str) -> SessionExpired:
    return SessionExpired(
        "IZIBIZ.SESSION",
        "İzibiz oturumu kapandı ve yeniden açılan oturum da kabul edilmedi.",
        why="Aynı kullanıcıyla başka bir program oturum açıp kapatıyor olabilir.",
        todo="Biraz bekleyip yeniden deneyin; sürerse bu program için ayrı bir kullanıcı isteyin.",
        retry_safe=True,
        raw_code="10004",
        raw_text=raw_text,
    )


def _contract(code: str, what: str, *, raw: str, changes: bool) -> ContractBroken:
    return ContractBroken(
        code,
        what,
        why="Adres yanlış, arada bir vekil sunucu (proxy) var ya da entegratörde arıza olabilir.",
        todo=(
            "İstek işlenmiş olabilir; belge yeniden gönderilmeden önce durumu sorgulanır."
            if changes
            else "Bir süre sonra yeniden deneyin; sürerse entegratörünüze bildirin."
        ),
        retry_safe=not changes,
        raw_text=raw,
    )

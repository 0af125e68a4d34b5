"""Asking a time stamp authority (zaman damgası, RFC 3161): the question, and whether the answer may be used.

How the question travels is the caller's: `post` sends bytes and gives bytes (see `app.connectors.tsa`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import rfc3161_client
from asn1crypto import tsp

from app.domain.errors import ConfigError, SealError
from app.signing.chain import load_anchors
from app.signing.stamp_checks import StampFault, judge_token, read_token

_NONCE_BITS = 63
_GRANTED = (rfc3161_client.PKIStatus.GRANTED, rfc3161_client.PKIStatus.GRANTED_WITH_MODS)
#: (the DER question, the imprint that it asks to be stamped) to the DER answer.
Post = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class StampQuery:
    """A TimeStampReq: its DER bytes, the SHA-256 it asks to be stamped, and the nonce that the answer must repeat."""

    der: bytes
    imprint: bytes
    nonce: int


def build_query(data: bytes, *, policy: str = "") -> StampQuery:
    """The question for `data`: SHA-256, a fresh nonce, certificate wanted. `policy` is a dotted OID or empty.

    Raises: ConfigError (TSA.POLICY).
    """
    imprint = hashlib.sha256(data).digest()
    # The highest bit but one is set: an authority may not take a short nonce for none.
    nonce = secrets.randbits(_NONCE_BITS - 1) | 1 << (_NONCE_BITS - 1)
    fields = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
        "nonce": nonce,
        "cert_req": True,
    }
    try:
        der = tsp.TimeStampReq(fields | ({"req_policy": policy} if policy else {})).dump()
    except ValueError as error:
        raise ConfigError(
            "TSA.POLICY",
            "Zaman damgası istenemedi.",
            why=f"İlke numarası (OID) okunamadı: {policy[:60]}.",
            todo="1.2.3.4 biçiminde yazın ya da boş bırakın; boşken kurumun kendi ilkesi geçerlidir.",
        ) from error
    return StampQuery(der, imprint, nonce)


def read_answer(raw: bytes, query: StampQuery) -> bytes:
    """The DER token in an authority's answer.

    Raises: SealError (TSA.ANSWER no answer at all, TSA.REFUSED with the authority's words, TSA.NONCE).
    """
    try:
        answer = rfc3161_client.decode_timestamp_response(raw)
        status, said = answer.status, " ".join(answer.status_string)
        token = answer.time_stamp_token()
    except ValueError as error:
        raise SealError(
            "TSA.ANSWER",
            "Zaman damgası alınamadı.",
            why="Sunucunun yanıtı zaman damgası yanıtı değil.",
            todo="Zaman damgası adresini denetleyin.",
            raw_text=str(error)[:200],
            retry_safe=True,
        ) from error
    if status not in _GRANTED or not token:
        raise SealError(
            "TSA.REFUSED",
            "Zaman damgası verilmedi.",
            why=f"Zaman damgası kurumu isteği reddetti{f' ({said[:200]})' if said else ''}.",
            todo="Müşteri numarasını, parolayı ve kalan kontörü denetleyin.",
            raw_code=str(status),
            raw_text=said[:500],
        )
    try:
        _, info = read_token(token)
    except StampFault as fault:
        raise _unusable(str(fault)) from fault
    if info["nonce"].native != query.nonce:
        raise SealError(
            "TSA.NONCE",
            "Zaman damgası kullanılmadı.",
            why="Yanıt bu isteğe ait değil: istekteki tek kullanımlık sayıyı taşımıyor.",
            todo="Yeniden deneyin; sürerse zaman damgası kurumuna başvurun.",
            retry_safe=True,
        )
    return token


class Rfc3161Stamper:
    """A TimeStamper over any carrier. `trust` are PEM or DER files of certificates that the chain must lead to."""

    def __init__(self, post: Post, *, title: str, policy: str = "", trust: Sequence[bytes] = ()) -> None:
        self._post = post
        self._title = title
        self._policy = policy
        self._anchors = load_anchors(trust)

    @property
    def title(self) -> str:
        return self._title

    def stamp(self, data: bytes) -> bytes:
        """The DER token over `data`, checked: nonce, imprint, certificate, signature, chain when anchors were given.

        Raises: SealError (TSA.*), ConfigError (TSA.*), and what `post` raises.
        """
        query = build_query(data, policy=self._policy)
        token = read_answer(self._post(query.der, query.imprint), query)
        report = judge_token(token, data, anchors=self._anchors)
        if not report.valid:
            raise _unusable(" ".join(report.reasons))
        if self._policy and report.policy != self._policy:
            raise _unusable(f"İstenen ilkeyle değil, {report.policy} ilkesiyle basılmış.")
        return token


def _unusable(why: str) -> SealError:
    return SealError(
        "TSA.UNUSABLE",
        "Zaman damgası kullanılmadı.",
        why=why,
        todo="Yeniden deneyin; sürerse zaman damgası kurumuna başvurun.",
        retry_safe=True,
    )

"""Sealing with a PKCS#11 token: AKİS, SafeNet, SoftHSM2 or any other module.

Thread rule: everything here is for the token thread. `sign(digests)` runs in the very thread that opened the sealer
(drivers are initialised without locking) and raises RuntimeError elsewhere; no database session, lock or Qt object is
held meanwhile.
Source: PKCS#11 v2.40 (C_Login, CK_TOKEN_INFO flags, CKM_RSA_PKCS); RFC 8017 section 9.2 (DigestInfo).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from pkcs11 import PROTECTED_AUTH, Attribute, KeyType, Mechanism, ObjectClass, TokenFlag
from pkcs11.exceptions import PKCS11Error, TokenNotPresent, TokenNotRecognised

from app.domain.errors import InputError, PinRefused, SealError
from app.domain.protocols import CertificateInfo
from app.domain.taxnumber import TaxNumber
from app.signing.certificates import rsa_public_key
from app.signing.choose import Wanted, choose_certificate, choose_token
from app.signing.pins import PinSource, ask_pin, remember_refused
from app.signing.pkcs11_door import load_library, refresh, translated
from app.signing.token_facts import TokenCertificate, TokenFacts, describe_all

log = logging.getLogger(__name__)

# DigestInfo of SHA-256: CKM_RSA_PKCS pads what it gets and does not hash.
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_open_tokens: set[str] = set()


class Pkcs11Sealer:
    """A logged-in token with one certificate and its key. Open it with `open`, end it with `close` or `with`.

    The PIN is given once for the whole session. It is kept (in memory) only for keys that ask for it again at each
    signature.
    """

    def __init__(
        self, session: Any, key: Any, certificate: CertificateInfo, facts: TokenFacts, *, pin_again: str | None
    ) -> None:
        self._session = session
        self._key = key
        self._certificate = certificate
        self._public_key = rsa_public_key(certificate)
        self._facts = facts
        self._pin_again = pin_again
        self._thread = threading.get_ident()
        self._is_closed = False

    def __repr__(self) -> str:
        return f"Pkcs11Sealer({self.title!r})"

    @classmethod
    def open(
        cls,
        module_path: Path,
        *,
        pin: PinSource,
        token_label: str | None = None,
        serial: str | None = None,
        owner: TaxNumber | None = None,
        certificate_serial: str | None = None,
        at: datetime | None = None,
        accept_last_try: bool = False,
    ) -> Self:
        """Find the token, log in once and pair its certificate with its key, in this process.

        The token is found by `token_label`, `serial` or the `owner` of its certificate. `pin` is called at most once,
        and not for a reader with a keypad. Token thread only.
        Raises: SealError (TOKEN.*, SEAL.FOREIGN_CERT), PinRefused (PIN.*).
        """
        wanted = Wanted(
            label=token_label or "",
            serial=serial or "",
            owner=owner,
            certificate_serial=certificate_serial or "",
            at=at,
        )
        surveyed = survey(load_library(module_path), module_path)
        chosen = choose_token([facts for _, facts in surveyed], wanted)
        token = next(t for t, facts in surveyed if facts is chosen)
        ensure_can_sign(chosen)
        if chosen.own_certificates:
            # Asked before the PIN, so that nobody types one for the wrong token.
            choose_certificate(chosen.own_certificates, wanted)
        _ensure_closed(chosen)
        typed = ask_pin(chosen, pin, accept_last_try=accept_last_try)
        try:
            return cls.login(token, chosen, wanted, typed)
        except PinRefused as e:
            if e.code == "PIN.WRONG":
                remember_refused(chosen, typed)
            raise

    @classmethod
    def login(cls, token: Any, facts: TokenFacts, wanted: Wanted, pin: str | None) -> Self:
        """Log in with `pin` (None: the reader's keypad) and pair certificate and key. Tries exactly once."""
        _ensure_closed(facts)
        with translated("Token açılamadı.", token=token):
            # When the login is refused python-pkcs11 leaves its public session open; the driver ends it with the
            # process, and one per typed PIN does no harm.
            session = token.open(user_pin=PROTECTED_AUTH if pin is None else pin)
        try:
            with translated("Tokendeki sertifika ve anahtar okunamadı.", token=token):
                certificates, _ = describe_all(_read_certificates(session))
                keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))
                certificate, key = _pair(certificates, keys, wanted)
                asks_again = _value(key, Attribute.ALWAYS_AUTHENTICATE) is True
            if asks_again and pin is None:
                raise SealError(
                    "TOKEN.PIN_EACH_TIME",
                    f"{facts.label} ile tuş takımlı okuyucuda mühür basılamıyor.",
                    why="Bu anahtar her imzada PIN istiyor ve sürücü bunu tuş takımıyla desteklemiyor.",
                    todo="Tokeni tuş takımsız bir okuyucuya takın.",
                )
            sealer = cls(session, key, certificate.info, facts, pin_again=pin if asks_again else None)
        except BaseException:
            _close_session(session)
            raise
        _open_tokens.add(facts.identity)
        return sealer

    @property
    def certificate(self) -> CertificateInfo:
        return self._certificate

    @property
    def is_test(self) -> bool:
        return self._certificate.is_test

    @property
    def title(self) -> str:
        return self._facts.title

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign SHA-256 digests one after another; each signature is checked before the next is made.

        Raises: SealError (TOKEN.REMOVED, TOKEN.BAD_SIGNATURE, TOKEN.FAILED, TOKEN.CLOSED); then nothing of the batch
        counts and nothing is tried again.
        """
        if threading.get_ident() != self._thread:
            raise RuntimeError("Pkcs11Sealer.sign belongs to the thread that opened the token")
        if self._is_closed:
            raise session_lost()
        return [self._sign_one(digest) for digest in digests]

    def close(self) -> None:
        """Log out. Safe to call twice, and after the token was pulled out. Token thread only."""
        if not self._is_closed:
            self._is_closed = True
            self._pin_again = None
            _open_tokens.discard(self._facts.identity)
            _close_session(self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sign_one(self, digest: bytes) -> bytes:
        if len(digest) != 32:
            raise ValueError("digest must be SHA-256")
        with translated("Token imza atamadı.", token=self._session.token):
            value: bytes = self._key.sign(_DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS, pin=self._pin_again)
        try:
            self._public_key.verify(value, digest, PKCS1v15(), Prehashed(hashes.SHA256()))
        except InvalidSignature as e:
            raise SealError(
                "TOKEN.BAD_SIGNATURE",
                "Token yanlış imza üretti, mühür basılmadı.",
                why="İmza sertifikayla doğrulanamadı.",
                todo="Tokeni çıkarıp takın; sürerse mührü veren kuruma başvurun.",
            ) from e
        return value


def survey(library: Any, module: Path, *, fresh: bool = True) -> list[tuple[Any, TokenFacts]]:
    """Return every token in the module's readers with what it shows without a PIN. Token thread only.

    `fresh` makes the driver look again, when no token is open. Raises: SealError (TOKEN.*).
    """
    if fresh and not _open_tokens:
        refresh(library)
    with translated("Okuyucular listelenemedi."):
        slots = library.get_slots()
    found = []
    for slot in slots:
        try:
            token = slot.get_token()
            found.append((token, _read_facts(token, slot, module)))
        except (TokenNotPresent, TokenNotRecognised):
            continue
        except PKCS11Error as e:
            # One reader with a strange card must not hide the mali mühür in the next one.
            log.info("reader %s skipped: %s", slot.slot_description.strip(), type(e).__name__)
    return found


def ensure_can_sign(facts: TokenFacts) -> None:
    """Raise SealError unless the token offers CKM_RSA_PKCS."""
    if not facts.can_sign:
        raise SealError(
            "TOKEN.NO_MECHANISM",
            f"{facts.label} tokeni e-belge mühürleyemiyor.",
            why="Hazır özeti imzalama (CKM_RSA_PKCS) yok; yalnız kendi özetleyen token bu iş için kullanılamaz.",
            todo="RSA mali mühür tokeni kullanın ya da sürücüsünü güncelleyin.",
        )


def session_lost() -> SealError:
    """The error for signing after the session ended."""
    return SealError(
        "TOKEN.CLOSED",
        "Token oturumu kapanmış, mühür basılmadı.",
        why="Oturum bitirilmiş ya da sürücü kapanmış.",
        todo="Tokeni PIN'le yeniden açın.",
    )


def _ensure_closed(facts: TokenFacts) -> None:
    """A second login while logged in does not check the PIN at all, so there is never one."""
    if facts.identity in _open_tokens:
        raise SealError(
            "TOKEN.ALREADY_OPEN",
            f"{facts.label} tokeni bu programda zaten açık.",
            why="Açık tokende PIN denetlenmez.",
            todo="Önce açık oturumu kapatın.",
        )


def _read_facts(token: Any, slot: Any, module: Path) -> TokenFacts:
    flags = token.flags
    initialized = bool(flags & TokenFlag.TOKEN_INITIALIZED)
    certificates: tuple[TokenCertificate, ...] = ()
    unreadable = 0
    if initialized:
        with token.open() as session:
            certificates, unreadable = describe_all(_read_certificates(session))
    return TokenFacts(
        module=str(module),
        slot_id=slot.slot_id,
        reader=slot.slot_description.strip(),
        label=token.label,
        serial=token.serial.decode("ascii", errors="replace").strip("\0 "),
        model=token.model.strip(),
        manufacturer=token.manufacturer_id.strip(),
        initialized=initialized,
        pin_pad=bool(flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH),
        pin_set=bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        pin_low=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        pin_final_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        pin_locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        pin_must_change=bool(flags & TokenFlag.USER_PIN_TO_BE_CHANGED),
        can_sign=Mechanism.RSA_PKCS in slot.get_mechanisms(),
        certificates=certificates,
        unreadable=unreadable,
    )


def _read_certificates(session: Any) -> list[tuple[bytes, str, str]]:
    found = []
    for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        der = _value(item, Attribute.VALUE)
        if isinstance(der, bytes) and der:
            label = _value(item, Attribute.LABEL)
            key_id = _value(item, Attribute.ID)
            found.append((der, label if isinstance(label, str) else "", key_id.hex() if key_id else ""))
    return found


def _pair(
    certificates: Sequence[TokenCertificate], keys: Sequence[Any], wanted: Wanted
) -> tuple[TokenCertificate, Any]:
    """The one certificate that is wanted and the one private key that belongs to it."""
    rsa_keys = [key for key in keys if key.key_type == KeyType.RSA]
    pairs = [(c, key) for c in certificates if not c.is_authority for key in _keys_of(c, rsa_keys)]
    if not pairs and any(not c.is_authority for c in certificates):
        raise SealError(
            "TOKEN.NO_KEY",
            "Tokende sertifikanın anahtarı yok.",
            why=f"Tokende {len(keys)} özel anahtar var, hiçbiri sertifikaya ait değil.",
            todo="Doğru tokenin takılı olduğunu denetleyin; sürerse mührü veren kuruma başvurun.",
        )
    certificate = choose_certificate(list(dict.fromkeys(c for c, _ in pairs)), wanted)
    own_keys = [key for c, key in pairs if c is certificate]
    if len(own_keys) > 1:
        raise SealError(
            "TOKEN.MANY_KEYS",
            "Hangi anahtarla mühürleneceği belli değil.",
            why=f"Tokende bu sertifikaya ait {len(own_keys)} anahtar var (kimlik {certificate.key_id or 'boş'}).",
            todo="Fazla anahtarı tokenin kendi programıyla silin.",
        )
    return certificate, own_keys[0]


def _keys_of(certificate: TokenCertificate, keys: Sequence[Any]) -> list[Any]:
    """Keys with the certificate's CKA_ID; where the ids do not help, keys with its modulus."""
    modulus = rsa_public_key(certificate.info).public_numbers().n if _is_rsa(certificate) else None
    if modulus is None:
        return []
    moduli = {id(key): _modulus(key) for key in keys}
    by_id = [
        key
        for key in keys
        if certificate.key_id
        and (_value(key, Attribute.ID) or b"").hex() == certificate.key_id
        and moduli[id(key)] in (modulus, None)
    ]
    return by_id or [key for key in keys if moduli[id(key)] == modulus]


def _is_rsa(certificate: TokenCertificate) -> bool:
    try:
        rsa_public_key(certificate.info)
    except InputError:
        return False
    return True


def _modulus(key: Any) -> int | None:
    value = _value(key, Attribute.MODULUS)
    return int.from_bytes(value, "big") if isinstance(value, bytes) and value else None


def _value(item: Any, attribute: Attribute) -> Any:
    """An attribute, or None when the token does not have it or does not show it."""
    try:
        return item[attribute]
    except PKCS11Error:
        return None


def _close_session(session: Any) -> None:
    # The token may be gone; there is nothing left to log out of then.
    with suppress(PKCS11Error):
        session.close()

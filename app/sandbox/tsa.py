"""A time stamp authority (RFC 3161) on loopback, for training and the tests: real tokens of TEST certificates.

It asks for the login of its choice: none, Basic, or the `identity` header of KamuSM's clients.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Final, Self

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.sandbox.web import HOST

NAME: Final = "TEST Zaman Damgası Kurumu"
POLICY: Final = "1.3.6.1.4.1.99999.1"
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_MAX_QUERY: Final = 64 * 1024
_KEY_BITS: Final = 2048


class _Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp with the token optional, as RFC 3161 says; asn1crypto's own wants one always."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class _Identity(core.Sequence):  # type: ignore[misc]
    """What KamuSM's clients send, hex of the DER, in the header `identity`."""

    _fields: ClassVar = [
        ("user", core.Integer),
        ("salt", core.OctetString),
        ("iterations", core.Integer),
        ("iv", core.OctetString),
        ("sealed_imprint", core.OctetString),
    ]


class TimeStampAuthority:
    """Serves on 127.0.0.1 until closed; a context manager. `now` gives the time that it stamps.

    `login` is "none", "basic" or "kamusm"; `spoil` changes a token's DER bytes before they leave (for tests of what a
    client must refuse). `queries` counts what was asked, `stamped` what was granted.
    """

    def __init__(
        self,
        *,
        login: str = "none",
        user: str = "",
        password: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        not_after: datetime = datetime(2049, 12, 31, tzinfo=UTC),
    ) -> None:
        self.login, self.user, self.password = login, user, password
        self.queries = self.stamped = 0
        self.spoil: Callable[[bytes], bytes] = lambda token: token
        self.reply: Callable[[bytes], bytes] = lambda answer: answer
        self._now = now
        self._lock = threading.Lock()
        root_key, self._key = _key(), _key()
        self.root = _certificate("TEST Zaman Damgası Kökü", root_key, "TEST Zaman Damgası Kökü", root_key, not_after)
        self.certificate = _certificate(NAME, self._key, "TEST Zaman Damgası Kökü", root_key, not_after, is_tsa=True)
        self._server = ThreadingHTTPServer((HOST, 0), _Handler)
        self._server.daemon_threads = True
        self._server.authority = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="tsa")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}/"

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def close(self) -> None:
        """Stop listening; what is under way ends."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, query: bytes) -> bytes:
        """A TimeStampResp to the DER query."""
        try:
            asked = tsp.TimeStampReq.load(query, strict=True)
            imprint = asked["message_imprint"]
            policy = asked["req_policy"].native or POLICY
            if imprint["hash_algorithm"]["algorithm"].native != "sha256" or policy != POLICY:
                return refusal("Unaccepted policy or algorithm")
        except (ValueError, TypeError):
            return refusal("Bad request")
        with self._lock:
            self.stamped += 1
            serial = self.stamped
        info = {
            "version": "v1",
            "policy": policy,
            "message_imprint": imprint,
            "serial_number": serial,
            "gen_time": self._now().astimezone(UTC).replace(microsecond=0),
        }
        if asked["nonce"].native is not None:
            info["nonce"] = asked["nonce"].native
        token = self.spoil(self._token(tsp.TSTInfo(info).dump()))
        answer = _Answer({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)})
        return self.reply(answer.dump())

    def admits(self, headers: Any, query: bytes) -> str:
        """ "" when the caller's login is right, else the words that the real one would use."""
        if self.login == "basic":
            wanted = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return "" if headers.get("Authorization") == f"Basic {wanted}" else "Account could not be authenticated"
        if self.login == "kamusm":
            return self._identity_fault(headers.get("identity") or "", query)
        return ""

    def _identity_fault(self, header: str, query: bytes) -> str:
        try:
            said = _Identity.load(bytes.fromhex(header))
            if str(said["user"].native) != self.user:
                return f"User {said['user'].native} is not known"
            rounds = said["iterations"].native
            key = hashlib.pbkdf2_hmac("sha256", self.password.encode(), said["salt"].native, rounds, 32)
            decryptor = Cipher(algorithms.AES256(key), modes.CBC(said["iv"].native)).decryptor()
            unpadder = padding.PKCS7(128).unpadder()
            plain = decryptor.update(said["sealed_imprint"].native) + decryptor.finalize()
            imprint = unpadder.update(plain) + unpadder.finalize()
            asked = tsp.TimeStampReq.load(query)["message_imprint"]["hashed_message"].native
        except (ValueError, TypeError):
            return "Account could not be authenticated"
        return "" if imprint == asked else "Account could not be authenticated"

    def _token(self, info: bytes) -> bytes:
        der = self.certificate.public_bytes(Encoding.DER)
        own = asn1_x509.Certificate.load(der)
        bound = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(der).digest()}]})
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(info).digest()]}),
                cms.CMSAttribute({"type": "signing_certificate_v2", "values": [bound]}),
            ]
        )
        # DER wants the members of a SET OF sorted; asn1crypto sorts them when it writes.
        value = self._key.sign(attributes.dump(), PKCS1v15(), hashes.SHA256())
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signature": value,
        }
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                "certificates": [own],
                "signer_infos": [signer],
            }
        )
        token: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
        return token


def refusal(words: str) -> bytes:
    """A TimeStampResp that says no."""
    status = {"status": "rejection", "status_string": [words], "fail_info": {"bad_request"}}
    answer: bytes = _Answer({"status": status}).dump()
    return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        authority: TimeStampAuthority = self.server.authority  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Content-Type") != _QUERY or not 0 < length <= _MAX_QUERY:
            self._send(415, b"", "text/plain")
            return
        query = self.rfile.read(length)
        authority.queries += 1
        if fault := authority.admits(self.headers, query):
            # The KamuSM one says it inside an answer of status 200, the others by HTTP.
            status = 200 if authority.login == "kamusm" else 401
            self._send(status, refusal(fault), _REPLY)
            return
        self._send(200, authority.answer(query), _REPLY)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a login may stand in a header."""


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _certificate(
    subject: str,
    key: rsa.RSAPrivateKey,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    not_after: datetime,
    *,
    is_tsa: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(datetime(2020, 1, 1, tzinfo=UTC), not_after - timedelta(days=1)))
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=not is_tsa, path_length=None), critical=True)
    )
    if is_tsa:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "TR"), x509.NameAttribute(NameOID.COMMON_NAME, common)])

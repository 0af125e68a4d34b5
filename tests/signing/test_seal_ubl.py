"""Sealing UBL documents: what is written, what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from app.domain.errors import InputError, SealError
from app.signing.builder import SignatureIds, build_signature
from app.signing.soft import Pkcs12Sealer, SoftwareSealer, TestSealer
from app.signing.verify import verify_document
from app.signing.xades import seal_many, seal_ubl, signatory_of
from app.ubl.namespaces import NSMAP

from .conftest import NOW, OWNER, STRANGER, Authority, Issued

SIGNATURE = "//ds:Signature"


def nodes(raw: bytes, path: str) -> list[etree._Element]:
    found = etree.fromstring(raw).xpath(path, namespaces=NSMAP)
    assert isinstance(found, list)
    return [e for e in found if isinstance(e, etree._Element)]


def texts(raw: bytes, path: str) -> list[str]:
    return [str(text) for text in etree.fromstring(raw).xpath(path, namespaces=NSMAP)]


def test_only_the_signature_is_inserted(invoice: bytes, test_seal: TestSealer) -> None:
    sealed = seal_ubl(invoice, test_seal, signing_time=NOW)

    start, end = sealed.index(b"<ds:Signature "), sealed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    assert sealed[:start] + sealed[end:] == invoice
    assert sealed[:start].endswith(b"<ext:ExtensionContent>")
    assert sealed[end:].startswith(b"</ext:ExtensionContent>")


def test_a_short_written_place_is_opened_up(answer: bytes, test_seal: TestSealer) -> None:
    sealed = seal_ubl(answer, test_seal, signing_time=NOW, role="Alıcı")

    start, end = sealed.index(b"<ds:Signature "), sealed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    assert sealed[:start] + sealed[end:] == answer.replace(
        b"<ext:ExtensionContent/>", b"<ext:ExtensionContent></ext:ExtensionContent>"
    )
    assert texts(sealed, "//xades:ClaimedRole/text()") == ["Alıcı"]


@pytest.mark.parametrize("blank", [b" ", b"\n      ", b"\r\n\t"])
def test_blanks_in_the_place_stay(invoice: bytes, test_seal: TestSealer, blank: bytes) -> None:
    raw = invoice.replace(b"<ext:ExtensionContent>", b"<ext:ExtensionContent>" + blank)

    sealed = seal_ubl(raw, test_seal, signing_time=NOW)

    assert b"<ext:ExtensionContent>" + blank + b"<ds:Signature " in sealed
    assert verify_document(sealed).valid


def test_the_shape_that_gib_asks_for(invoice: bytes, test_seal: TestSealer) -> None:
    sealed = seal_ubl(invoice, test_seal, signing_time=NOW)

    (signature,) = nodes(sealed, "/*/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ds:Signature")
    assert signature.get("Id") == "Signature_MHR2026000000042"
    assert texts(sealed, "//cac:Signature//cbc:URI/text()") == ["#Signature_MHR2026000000042"]
    info = f"{SIGNATURE}/ds:SignedInfo"
    assert texts(sealed, f"{info}/ds:CanonicalizationMethod/@Algorithm") == [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    ]
    assert texts(sealed, f"{info}/ds:SignatureMethod/@Algorithm") == [
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    ]
    assert len(nodes(sealed, f"{info}/ds:Reference[@URI='']")) == 1
    assert [len(nodes(sealed, f"({info}//ds:Transforms)[{n}]/ds:Transform")) for n in (1, 2)] == [1, 0]
    assert texts(sealed, f"{info}//ds:Transform/@Algorithm") == [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    ]
    (properties,) = texts(sealed, "//xades:SignedProperties/@Id")
    assert texts(sealed, f"{info}/ds:Reference[@Type='http://uri.etsi.org/01903#SignedProperties']/@URI") == [
        f"#{properties}"
    ]
    assert texts(sealed, "//xades:QualifyingProperties/@Target") == ["#Signature_MHR2026000000042"]
    assert texts(sealed, f"{SIGNATURE}/ds:SignatureValue/@Id") == ["SignatureValue_MHR2026000000042"]
    assert len(nodes(sealed, f"{SIGNATURE}/ds:KeyInfo/ds:KeyValue/ds:RSAKeyValue/ds:Modulus")) == 1
    (subject,) = texts(sealed, f"{SIGNATURE}/ds:KeyInfo/ds:X509Data/ds:X509SubjectName/text()")
    assert subject.strip()
    assert len(nodes(sealed, f"{SIGNATURE}/ds:KeyInfo/ds:X509Data/ds:X509Certificate")) == 1
    signed = "//xades:SignedSignatureProperties"
    assert texts(sealed, f"{signed}/xades:SigningTime/text()") == ["2026-11-21T12:30:00+03:00"]
    assert len(nodes(sealed, f"{signed}/xades:SigningCertificate/xades:Cert/xades:CertDigest")) == 1
    assert nodes(sealed, "//*[local-name()='SigningCertificateV2']") == []
    assert texts(sealed, f"{signed}/xades:SignerRole//xades:ClaimedRole/text()") == ["Tedarikçi"]


def test_the_same_input_gives_the_same_bytes(invoice: bytes, test_seal: TestSealer) -> None:
    assert seal_ubl(invoice, test_seal, signing_time=NOW) == seal_ubl(invoice, test_seal, signing_time=NOW)


@pytest.mark.xmlsec
@pytest.mark.parametrize("name", ["invoice", "answer"])
def test_xmlsec_accepts_the_test_seal(
    request: pytest.FixtureRequest, name: str, test_seal: TestSealer, xmlsec: Callable[..., None]
) -> None:
    sealed = seal_ubl(request.getfixturevalue(name), test_seal, signing_time=NOW)

    xmlsec(sealed, test_seal.certificate.der)


@pytest.mark.xmlsec
def test_xmlsec_accepts_a_pkcs12_seal(
    invoice: bytes, issued: Issued, authority: Authority, tmp_path: Path, xmlsec: Callable[..., None]
) -> None:
    sealer = Pkcs12Sealer.load(issued.save(tmp_path / "mühür.p12", "gizli"), "gizli")

    sealed = seal_ubl(invoice, sealer, signing_time=NOW)

    assert not sealer.is_test
    xmlsec(sealed, issued.der, anchor=authority.der)
    assert verify_document(sealed, trust=[authority.pem]).signatures[0].trusted is True


@pytest.mark.xmlsec
@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Inclusive C14N repeats xml:* attributes of ancestors on the signed parts.
        (b"<Invoice xmlns=", b'<Invoice xml:lang="tr" xml:space="preserve" xmlns='),
        (b"<ext:UBLExtensions>", b'<ext:UBLExtensions xmlns:a="urn:a" xmlns:zz="urn:zz">'),
        (b"<ext:ExtensionContent>", b'<ext:ExtensionContent xmlns="urn:inner" xmlns:ds="urn:not-dsig">'),
        (b"<ext:ExtensionContent>", b'<ext:ExtensionContent xmlns="">'),
        (b'<?xml version="1.0" encoding="UTF-8"?>', b"\xef\xbb\xbf"),
        (b"\n", b"\r\n"),
    ],
)
def test_odd_but_legal_documents(
    invoice: bytes, test_seal: TestSealer, xmlsec: Callable[..., None], old: bytes, new: bytes
) -> None:
    raw = invoice.replace(old, new)
    assert raw != invoice

    sealed = seal_ubl(raw, test_seal, signing_time=NOW)

    assert verify_document(sealed).valid
    xmlsec(sealed, test_seal.certificate.der)


@pytest.mark.xmlsec
def test_names_that_need_escaping(invoice: bytes, xmlsec: Callable[..., None]) -> None:
    sealer = TestSealer.create(OWNER, 'Öz "Çay" & <Şeker>, İç;Dış+Tic. #1')

    sealed = seal_ubl(invoice, sealer, signing_time=NOW, role="Tedarikçi & <ortak>")

    assert verify_document(sealed).signatures[0].role == "Tedarikçi & <ortak>"
    xmlsec(sealed, sealer.certificate.der)


class CountingSealer(SoftwareSealer):
    """Notes how many digests came in each call."""

    def __init__(self, key: rsa.RSAPrivateKey, der: bytes) -> None:
        super().__init__(key, der, title="counting")
        self.calls: list[int] = []

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        self.calls.append(len(digests))
        return super().sign(digests)


def test_many_documents_go_to_the_sealer_at_once(invoice: bytes, issued: Issued) -> None:
    sealer = CountingSealer(issued.key, issued.der)
    items = [invoice.replace(b"MHR2026000000042", b"MHR2026%09d" % n) for n in range(1, 6)]

    sealed = seal_many(items, sealer, signing_time=NOW)

    assert sealer.calls == [5]
    assert [verify_document(raw).signatures[0].id for raw in sealed] == [
        f"Signature_MHR2026{n:09d}" for n in range(1, 6)
    ]
    assert all(verify_document(raw).valid for raw in sealed)


def test_one_bad_document_stops_the_batch_before_the_sealer(invoice: bytes, issued: Issued) -> None:
    sealer = CountingSealer(issued.key, issued.der)
    bad = invoice.replace(b"2026000000042", b"2026000000000")

    with pytest.raises(SealError, match="geçici numaradır") as caught:
        seal_many([invoice, bad], sealer, signing_time=NOW)

    assert caught.value.code == "SEAL.PLACEHOLDER_NUMBER"
    assert sealer.calls == []


def test_nothing_to_seal_does_not_trouble_the_sealer(issued: Issued) -> None:
    sealer = CountingSealer(issued.key, issued.der)

    assert seal_many([], sealer, signing_time=NOW) == []
    assert sealer.calls == []


class LyingSealer(SoftwareSealer):
    """A token that returns a bad signature, as some do."""

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        return [bytes(256) for _ in digests]


class ShortSealer(SoftwareSealer):
    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        return super().sign(digests)[:-1]


@pytest.mark.parametrize(("kind", "code"), [(LyingSealer, "SEAL.SELF_CHECK"), (ShortSealer, "SEAL.COUNT")])
def test_a_bad_signature_is_seen_at_once(invoice: bytes, issued: Issued, kind: type[SoftwareSealer], code: str) -> None:
    with pytest.raises(SealError) as caught:
        seal_ubl(invoice, kind(issued.key, issued.der, title="bad"), signing_time=NOW)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"2026000000042<", b"2026000000000<", "SEAL.PLACEHOLDER_NUMBER"),
        (b"#Signature_MHR", b"Signature_MHR", "SEAL.URI"),
        (b"#Signature_MHR", b"#1:2", "SEAL.URI"),
        (b'VKN_TCKN">1234567808', b'VKN_TCKN">9876543217', "SEAL.FOREIGN_CERT"),
        (b'"VKN">1234567808', b'"VKN">9876543217', "SEAL.FOREIGN_CERT"),
        (b"<ext:ExtensionContent></ext:ExtensionContent>", b"", "SEAL.NO_PLACE"),
        (b"<ext:ExtensionContent>", b"<ext:ExtensionContent>x", "SEAL.NO_PLACE"),
        (b"<ext:ExtensionContent>", b"<ext:ExtensionContent><a/>", "SEAL.NO_PLACE"),
        (b"<cac:Signature>", b"<cac:Signature/><cac:Signature>", "SEAL.SIGNATORY"),
        (b":Invoice-2", b":Order-2", "SEAL.KIND"),
        (b"<cbc:Note>", b'<cbc:Note Id="Signature_MHR2026000000042">', "SEAL.ID_TAKEN"),
    ],
)
def test_documents_that_cannot_be_sealed(
    invoice: bytes, test_seal: TestSealer, old: bytes, new: bytes, code: str
) -> None:
    with pytest.raises(SealError) as caught:
        seal_ubl(invoice.replace(old, new), test_seal, signing_time=NOW)

    assert caught.value.code == code
    assert caught.value.why and caught.value.todo


def test_a_sealed_document_is_not_sealed_again(invoice: bytes, test_seal: TestSealer) -> None:
    sealed = seal_ubl(invoice, test_seal, signing_time=NOW)

    with pytest.raises(SealError) as caught:
        seal_ubl(sealed, test_seal, signing_time=NOW)

    assert caught.value.code == "SEAL.ALREADY_SEALED"


def test_another_encoding_is_refused(invoice: bytes, test_seal: TestSealer) -> None:
    raw = invoice.decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-9"').encode("iso-8859-9")

    with pytest.raises(SealError) as caught:
        seal_ubl(raw, test_seal, signing_time=NOW)

    assert caught.value.code == "SEAL.ENCODING"


def test_bytes_that_are_no_xml(test_seal: TestSealer) -> None:
    with pytest.raises(InputError):
        seal_ubl(b"%PDF-1.7", test_seal, signing_time=NOW)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC), "SEAL.EXPIRED"),
        (datetime(2025, 2, 28, 23, 59, 59, tzinfo=UTC), "SEAL.NOT_YET_VALID"),
    ],
)
def test_a_certificate_out_of_force(invoice: bytes, authority: Authority, moment: datetime, code: str) -> None:
    year = authority.issue(
        not_before=datetime(2025, 3, 1, tzinfo=UTC), not_after=datetime(2026, 3, 1, tzinfo=UTC)
    ).sealer

    with pytest.raises(SealError) as caught:
        seal_ubl(invoice, year, signing_time=moment)
    assert caught.value.code == code

    inside = datetime(2026, 3, 1, tzinfo=UTC)
    assert verify_document(seal_ubl(invoice, year, signing_time=inside)).valid


def test_the_foreign_certificate_is_named(invoice: bytes, authority: Authority) -> None:
    with pytest.raises(SealError) as caught:
        seal_ubl(invoice, authority.issue(STRANGER.digits, "Yabancı Ltd. Şti.").sealer, signing_time=NOW)

    assert caught.value.code == "SEAL.FOREIGN_CERT"
    assert "Yabancı Ltd. Şti." in caught.value.sentence
    assert OWNER.digits in caught.value.sentence


def test_a_certificate_without_an_owner(invoice: bytes, authority: Authority) -> None:
    with pytest.raises(SealError) as caught:
        seal_ubl(invoice, authority.issue(None).sealer, signing_time=NOW)

    assert caught.value.code == "SEAL.NO_OWNER"


def test_a_time_without_zone_is_a_mistake_of_ours(invoice: bytes, test_seal: TestSealer) -> None:
    with pytest.raises(ValueError, match="aware"):
        seal_ubl(invoice, test_seal, signing_time=datetime(2026, 11, 21))


def test_the_signatory_of_a_document(invoice: bytes, answer: bytes) -> None:
    assert signatory_of(invoice) == signatory_of(answer) == OWNER
    assert signatory_of(b"<a/>") is None


@pytest.mark.xmlsec
def test_a_digest_computed_elsewhere(test_seal: TestSealer, xmlsec: Callable[..., None]) -> None:
    """The way of the ledgers: the root is written by a stream, the signature is its last child."""
    import hashlib

    head, tail = b'<e:defter xmlns:e="http://www.edefter.gov.tr"><e:x>1</e:x>', b"</e:defter>"
    signature = build_signature(
        digest=hashlib.sha256(head + tail).digest(),
        certificate=test_seal.certificate,
        signing_time=NOW + timedelta(milliseconds=250),
        ids=SignatureIds.for_signature("Signature_defter"),
        role="",
        namespaces={"e": "http://www.edefter.gov.tr"},
        sign=lambda digest: test_seal.sign([digest])[0],
    )

    report = verify_document(head + signature + tail)

    assert report.valid
    assert report.signatures[0].role == ""
    assert re.search(rb"<xades:SigningTime>2026-11-21T12:30:00\+03:00<", signature)
    xmlsec(head + signature + tail, test_seal.certificate.der)


@pytest.mark.shared
def test_the_official_schema_accepts_the_sealed_invoice(
    shared: Path, tmp_path: Path, invoice: bytes, test_seal: TestSealer
) -> None:
    import zipfile

    with zipfile.ZipFile(shared / "gib" / "UBL-TR1.2.1_Paketi.zip") as package:
        package.extractall(tmp_path, [n for n in package.namelist() if "/xsdrt/" in n])
    (path,) = tmp_path.rglob("UBL-Invoice-2.1.xsd")
    schema = etree.XMLSchema(etree.parse(path))

    schema.assertValid(etree.fromstring(seal_ubl(invoice, test_seal, signing_time=NOW)).getroottree())

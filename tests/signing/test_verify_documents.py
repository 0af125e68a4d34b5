"""Verification of our own and of strangers' signatures."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from app.domain.errors import InputError
from app.signing.canonical import METHODS, canonical_element
from app.signing.soft import TestSealer
from app.signing.verify import verify_document
from app.signing.xades import seal_ubl
from app.ubl.namespaces import DS

from .conftest import NOW, OWNER, Authority, Issued

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


@pytest.fixture(scope="module")
def sealed(invoice: bytes, issued: Issued) -> bytes:
    return seal_ubl(invoice, issued.sealer, signing_time=NOW)


def test_a_good_seal_in_every_field(sealed: bytes, issued: Issued) -> None:
    report = verify_document(sealed)

    (signature,) = report.signatures
    assert report.valid and signature.valid and signature.digest_ok and signature.signature_ok
    assert signature.certificate is not None
    assert signature.certificate.der == issued.der
    assert signature.certificate.owner == OWNER
    assert signature.signing_time == NOW
    assert signature.role == "Tedarikçi"
    assert signature.trusted is None
    assert signature.reasons == ("Güven zinciri denetlenmedi: güvenilen kök sertifika verilmedi.",)


def test_the_json_that_other_programs_read(sealed: bytes) -> None:
    said = verify_document(sealed).to_json()

    assert said["valid"] is True
    (signature,) = said["signatures"]
    assert {"valid", "digest_ok", "signature_ok", "certificate", "signing_time", "reasons"} <= set(signature)
    assert signature["signing_time"] == "2026-11-21T12:30:00+03:00"
    assert signature["certificate"]["owner"] == "1234567808"
    assert {"subject", "issuer", "serial", "owner", "owner_name", "not_before", "not_after", "is_test"} == set(
        signature["certificate"]
    )


def test_the_test_seal_is_valid_but_said_to_be_one(invoice: bytes, test_seal: TestSealer) -> None:
    report = verify_document(seal_ubl(invoice, test_seal, signing_time=NOW))

    assert report.valid
    assert report.signatures[0].certificate is not None and report.signatures[0].certificate.is_test
    assert "TEST" in report.reasons[0]


def test_a_document_without_a_signature(invoice: bytes) -> None:
    report = verify_document(invoice)

    assert not report.valid
    assert report.signatures == ()
    assert report.reasons == ("Belgede imza yok.",)


def test_bytes_that_are_no_xml() -> None:
    with pytest.raises(InputError):
        verify_document(b"")


@pytest.mark.parametrize(
    ("old", "new", "digest_ok", "signature_ok", "words"),
    [
        (b">120.00<", b">220.00<", False, True, "belge imzalandıktan sonra değişmiş"),
        (b"<cbc:Note>", b"<cbc:Note> ", False, True, "belge imzalandıktan sonra değişmiş"),
        (b"2026-11-21T12:30:00", b"2026-11-20T12:30:00", False, True, "imza özellikleri"),
        (b"SignatureMethod Algorithm", b"SignatureMethod  Id='x' Algorithm", True, False, "İmza değeri yanlış"),
        (b'<ds:Reference URI="">', b'<ds:Reference URI="#x">', False, False, "bir tane değil"),
        (b'<ds:Reference URI="">', b'<ds:Reference URI="http://a.invalid/b">', False, False, "dışındaki"),
        (b'<ds:Reference URI="">', b"<ds:Reference>", False, False, "dışındaki"),
        (b"<ds:KeyInfo>", b'<ds:KeyInfo Id="SignedProperties_MHR2026000000042">', False, True, "bir tane değil"),
        (b"xmlenc#sha256", b"xmlenc#sha255", False, False, "Özet algoritması desteklenmiyor"),
        (b"more#rsa-sha256", b"more#rsa-md5", True, False, "İmza algoritması desteklenmiyor"),
        (b"more#rsa-sha256", b"more#ecdsa-sha256", True, False, "anahtarına uymuyor"),
        (ENVELOPED.encode(), b"http://www.w3.org/TR/1999/REC-xpath-19991116", False, False, "dönüşüm desteklenmiyor"),
        (b"<ds:X509Certificate>", b"<ds:X509Certificate>!", True, False, "sertifika yok"),
        (b"<ds:X509Certificate>MII", b"<ds:X509Certificate>MIJ", True, False, "Sertifika okunamadı"),
        (b"<xades:SigningTime>", b"<xades:SigningTime>x", False, True, "SigningTime"),
    ],
)
def test_what_was_changed_is_said(
    sealed: bytes, old: bytes, new: bytes, digest_ok: bool, signature_ok: bool, words: str
) -> None:
    tampered = sealed.replace(old, new)
    assert tampered != sealed

    (signature,) = verify_document(tampered).signatures

    assert not signature.valid
    assert (signature.digest_ok, signature.signature_ok) == (digest_ok, signature_ok)
    assert words in " ".join(signature.reasons)


@pytest.mark.parametrize(("old", "new"), [(b"<!-- end -->", b"<!-- another -->"), (b"\n", b"\r\n")])
def test_what_no_signature_covers_may_change(sealed: bytes, old: bytes, new: bytes) -> None:
    """Comments are not signed, and XML reads CR LF as LF."""
    changed = sealed.replace(old, new)
    assert changed != sealed

    assert verify_document(changed).valid


def test_a_signature_over_a_part_proves_nothing_of_the_rest(issued: Issued) -> None:
    """Wrapping: the signed part is intact, the document around it is another."""
    part = '<part Id="p">100</part>'
    document = _hand_signed(issued, reference=("#p", part.encode(), [C14N]), body=part)

    (signature,) = verify_document(document).signatures

    assert signature.signature_ok and not signature.digest_ok and not signature.valid
    assert "tamamını kapsamıyor" in " ".join(signature.reasons)


def test_the_certificate_must_be_the_one_named_in_the_signature(
    sealed: bytes, issued: Issued, authority: Authority
) -> None:
    """The same key certified anew must not take over an old signature."""
    other = authority.issue()
    swapped = sealed.replace(base64.b64encode(issued.der), base64.b64encode(other.der))

    (signature,) = verify_document(swapped).signatures

    assert not signature.valid and not signature.signature_ok
    assert "sertifika özeti" in " ".join(signature.reasons)


@pytest.mark.parametrize("year", [2019, 2041])
def test_a_certificate_not_in_force_when_signed(year: int, invoice: bytes, issued: Issued) -> None:
    document = _hand_signed(issued, time=f"{year}-06-01T10:00:00Z")

    (signature,) = verify_document(document).signatures

    assert signature.digest_ok and signature.signature_ok and not signature.valid
    assert "geçerli değil" in " ".join(signature.reasons)
    assert signature.signing_time == datetime(year, 6, 1, 10, tzinfo=UTC)


def test_a_time_without_zone_is_turkish_time(issued: Issued) -> None:
    (signature,) = verify_document(_hand_signed(issued, time="2026-06-01T10:00:00.1234567")).signatures

    assert signature.valid
    assert signature.signing_time == datetime(2026, 6, 1, 7, tzinfo=UTC)


def test_a_plain_xml_signature_is_not_xades(issued: Issued) -> None:
    (signature,) = verify_document(_hand_signed(issued, xades=False)).signatures

    assert signature.digest_ok and signature.signature_ok and not signature.valid
    assert "XAdES değil" in " ".join(signature.reasons)


def test_v2_of_the_signing_certificate(issued: Issued) -> None:
    assert verify_document(_hand_signed(issued, version="V2")).valid


def test_an_elliptic_curve_seal(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Eğri"), x509.NameAttribute(NameOID.SERIAL_NUMBER, "1" * 11)]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority.name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(authority.key, hashes.SHA256())
    )

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    holder = Issued(authority.key, certificate.public_bytes(Encoding.DER))
    document = _hand_signed(holder, method=f"{MORE}ecdsa-sha256", sign=sign)

    assert verify_document(document, trust=[authority.pem]).valid


def test_a_counter_signature_confirms_the_value(sealed: bytes, issued: Issued) -> None:
    """As in the berats that GİB approves: a signature inside the signature, over its SignatureValue."""
    tree = etree.fromstring(sealed)
    value = tree.find(f".//{{{DS}}}SignatureValue")
    assert value is not None
    uri = f"#{value.get('Id')}"
    counter = _signature(issued, (uri, canonical_element(value), [C14N]), ids="counter")
    place = b"</xades:QualifyingProperties>"
    unsigned = (
        b"<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature>"
        + counter
        + b"</xades:CounterSignature></xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
    report = verify_document(sealed.replace(place, unsigned + place))

    assert [s.valid for s in report.signatures] == [True, True], report.reasons
    broken = sealed.replace(place, unsigned.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA") + place)
    assert [s.signature_ok for s in verify_document(broken).signatures] == [True, False]


def test_two_independent_signatures(invoice: bytes, issued: Issued) -> None:
    """Each leaves only itself out; so the second covers the first, and the first no longer holds."""
    once = _hand_signed(issued, body="<x/>")
    tree = etree.fromstring(once)
    second = _signature(issued, ("", etree.tostring(tree, method="c14n"), [ENVELOPED]), ids="second")
    twice = once.replace(b"</root>", second + b"</root>")

    assert [s.digest_ok for s in verify_document(twice).signatures] == [False, True]


# --- trust ------------------------------------------------------------------------------------------------------


def test_the_chain_is_judged_only_when_roots_are_given(sealed: bytes, authority: Authority) -> None:
    stranger = Authority("Başka Kök")

    assert verify_document(sealed, trust=[authority.pem]).signatures[0].trusted is True
    assert verify_document(sealed, trust=[authority.der]).valid
    assert verify_document(sealed, trust=[stranger.pem, authority.der]).valid
    assert verify_document(sealed, trust=[stranger.pem + authority.pem]).valid
    refused = verify_document(sealed, trust=[stranger.pem])
    assert refused.signatures[0].trusted is False and not refused.valid
    assert "köklerden birine bağlanmıyor" in " ".join(refused.reasons)


def test_a_root_with_the_right_name_and_another_key_is_refused(sealed: bytes) -> None:
    assert not verify_document(sealed, trust=[Authority().pem]).valid


def test_a_certificate_that_is_no_authority_vouches_for_nobody(invoice: bytes, issued: Issued) -> None:
    child = Authority("Ara")
    child.key, child.name = issued.key, x509.load_der_x509_certificate(issued.der).subject
    sealed = seal_ubl(invoice, child.issue().sealer, signing_time=NOW)

    assert not verify_document(sealed, trust=[issued.der]).valid


def test_a_trusted_leaf_is_trusted(sealed: bytes, issued: Issued) -> None:
    assert verify_document(sealed, trust=[issued.der]).valid


def test_trust_that_holds_no_certificate(sealed: bytes) -> None:
    with pytest.raises(InputError) as caught:
        verify_document(sealed, trust=[b"-----BEGIN NONSENSE-----"])

    assert caught.value.code == "CERT.UNREADABLE"


# --- others' documents, signed by xmlsec1 ---------------------------------------------------------------------------


@pytest.mark.xmlsec
@pytest.mark.parametrize("canonicalization", sorted(METHODS))
@pytest.mark.parametrize("transforms", [[ENVELOPED], [ENVELOPED, EXC], [ENVELOPED, f"{C14N}#WithComments"]])
@pytest.mark.parametrize("method", ["rsa-sha256", "rsa-sha512"])
def test_strangers_algorithms(
    tmp_path: Path, issued: Issued, canonicalization: str, transforms: list[str], method: str
) -> None:
    signed = _signed_by_xmlsec(
        tmp_path, issued, canonicalization=canonicalization, transforms=transforms, method=f"{MORE}{method}"
    )

    report = verify_document(signed)

    assert report.valid, report.reasons
    assert not verify_document(signed.replace(b">100<", b">900<")).signatures[0].digest_ok


@pytest.mark.xmlsec
def test_sha1_is_weak(tmp_path: Path, issued: Issued) -> None:
    signed = _signed_by_xmlsec(tmp_path, issued, method=f"{DS}rsa-sha1", digest=f"{DS}sha1")

    (signature,) = verify_document(signed).signatures

    assert signature.digest_ok and signature.signature_ok
    assert sum("SHA-1" in reason for reason in signature.reasons) == 2


@pytest.mark.shared
def test_gib_signed_samples(shared: Path) -> None:
    """GİB's user list documents (2013) still hold, counter signature included; its edited invoices do not."""
    with zipfile.ZipFile(shared / "gib" / "e-FaturaPaketi.zip") as package:
        users = package.read("e-FaturaPaketi/xml/4_KULLANICI_ACMA.xml")
        invoice = package.read("e-FaturaPaketi/xml/1_TEMEL_FATURA.xml")

    report = verify_document(users)
    assert report.valid and len(report.signatures) == 2
    edited = verify_document(invoice).signatures[0]
    assert edited.signature_ok and not edited.digest_ok
    assert edited.certificate is not None
    # The names as GİB's own signing tool wrote them.
    root = etree.fromstring(invoice)
    assert [edited.certificate.subject] == [e.text for e in root.iter(f"{{{DS}}}X509SubjectName")]
    assert [edited.certificate.issuer.replace(",C=", ", C=")] == [e.text for e in root.iter(f"{{{DS}}}X509IssuerName")]


@pytest.mark.shared
def test_a_document_inside_its_envelope(shared: Path) -> None:
    with zipfile.ZipFile(shared / "gib" / "e-FaturaPaketi.zip") as package:
        envelope = package.read("e-FaturaPaketi/xml/1_TEMEL_FATURA_ZARF.xml")

    assert any("zarf" in reason for reason in verify_document(envelope).reasons)


# --- signatures written by hand ---------------------------------------------------------------------------------


def _properties(issued: Issued, *, ids: str, time: str, version: str) -> str:
    return (
        f'<xades:SignedProperties xmlns:ds="{DS}" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Id="{ids}-p">'
        f"<xades:SignedSignatureProperties><xades:SigningTime>{time}</xades:SigningTime>"
        f"<xades:SigningCertificate{version}><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{base64.b64encode(hashlib.sha256(issued.der).digest()).decode()}</ds:DigestValue>"
        f"</xades:CertDigest></xades:Cert></xades:SigningCertificate{version}>"
        "</xades:SignedSignatureProperties></xades:SignedProperties>"
    )


def _reference(uri: str, data: bytes, transforms: list[str]) -> str:
    steps = "".join(f'<ds:Transform Algorithm="{t}"></ds:Transform>' for t in transforms)
    return (
        f'<ds:Reference URI="{uri}"><ds:Transforms>{steps}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{base64.b64encode(hashlib.sha256(data).digest()).decode()}</ds:DigestValue></ds:Reference>"
    )


def _signature(
    issued: Issued,
    reference: tuple[str, bytes, list[str]],
    *,
    ids: str = "s",
    time: str = "2026-06-01T10:00:00Z",
    version: str = "",
    xades: bool = True,
    method: str = f"{MORE}rsa-sha256",
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A signature canonicalised exclusively, so that it can be written without its surroundings."""
    properties = _properties(issued, ids=ids, time=time, version=version)
    # Under exclusive C14N the ds prefix is declared where it is first used.
    exclusive = (
        properties.replace(f' xmlns:ds="{DS}"', "")
        .replace("<ds:DigestMethod", f'<ds:DigestMethod xmlns:ds="{DS}"')
        .replace("<ds:DigestValue", f'<ds:DigestValue xmlns:ds="{DS}"')
    )
    references = _reference(*reference) + (_reference(f"#{ids}-p", exclusive.encode(), [EXC]) if xades else "")
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXC}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>{references}</ds:SignedInfo>'
    )
    value = sign(info.encode()) if sign else issued.sealer.sign([hashlib.sha256(info.encode()).digest()])[0]
    certificate = base64.b64encode(issued.der).decode()
    qualifying = (
        '<ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">'
        f"{properties}</xades:QualifyingProperties></ds:Object>"
        if xades
        else ""
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="{ids}">{info}'
        f"<ds:SignatureValue>{base64.b64encode(value).decode()}</ds:SignatureValue>"
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f"{qualifying}</ds:Signature>"
    ).encode()


def _hand_signed(
    issued: Issued,
    *,
    body: str = "<amount>100</amount>",
    reference: tuple[str, bytes, list[str]] | None = None,
    time: str = "2026-06-01T10:00:00Z",
    version: str = "",
    xades: bool = True,
    method: str = f"{MORE}rsa-sha256",
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    whole = etree.tostring(etree.fromstring(f"<root>{body}</root>"), method="c14n")
    signature = _signature(
        issued,
        reference or ("", whole, [ENVELOPED]),
        time=time,
        version=version,
        xades=xades,
        method=method,
        sign=sign,
    )
    return f"<root>{body}".encode() + signature + b"</root>"


def _signed_by_xmlsec(
    folder: Path,
    issued: Issued,
    *,
    canonicalization: str = C14N,
    transforms: list[str] | None = None,
    method: str,
    digest: str = SHA256,
) -> bytes:
    """A stranger's document: namespaces, comments and xml:lang around a template that xmlsec1 fills in."""
    steps = "".join(f'<ds:Transform Algorithm="{t}"/>' for t in transforms or [ENVELOPED])
    cert_digest = base64.b64encode(hashlib.sha256(issued.der).digest()).decode()
    template = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- before -->
<f:fatura xmlns:f="urn:f" xmlns="urn:d" xmlns:unused="urn:u" xml:lang="tr">
  <tutar f:a="1" b="2">100</tutar><!-- inside -->
  <ds:Signature xmlns:ds="{DS}" Id="S">
    <ds:SignedInfo><!-- c -->
      <ds:CanonicalizationMethod Algorithm="{canonicalization}"/>
      <ds:SignatureMethod Algorithm="{method}"/>
      <ds:Reference URI=""><ds:Transforms>{steps}</ds:Transforms>
        <ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>
      <ds:Reference URI="#P" Type="http://uri.etsi.org/01903#SignedProperties">
        <ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
    <ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>
    <ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#S">
      <xades:SignedProperties Id="P"><!-- p --><xades:SignedSignatureProperties>
        <xades:SigningTime>2026-06-01T10:00:00Z</xades:SigningTime>
        <xades:SigningCertificate><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="{SHA256}"/>
          <ds:DigestValue>{cert_digest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificate>
      </xades:SignedSignatureProperties></xades:SignedProperties>
    </xades:QualifyingProperties></ds:Object>
  </ds:Signature>
</f:fatura>
"""
    source, output, key = folder / "template.xml", folder / "signed.xml", folder / "key.pem"
    source.write_text(template, encoding="utf-8")
    key.write_bytes(issued.key_pem)
    certificate = folder / "certificate.pem"
    certificate.write_bytes(x509.load_der_x509_certificate(issued.der).public_bytes(Encoding.PEM))
    subprocess.run(
        [
            "xmlsec1",
            "--sign",
            "--privkey-pem",
            f"{key},{certificate}",
            "--id-attr:Id",
            "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
            "--output",
            str(output),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return output.read_bytes()

"""The TEST seal, PKCS#12 files, and what certificates say."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12

from app.domain.errors import InputError, SealError
from app.domain.taxnumber import TaxNumber
from app.signing.certificates import describe_certificate, format_name, load_certificates, parse_name, rsa_public_key
from app.signing.soft import Pkcs12Sealer, TestSealer

from .conftest import OWNER, Authority, Issued

PASSWORD = "çok-gizli-parola"


def test_the_test_seal_says_test_everywhere(test_seal: TestSealer) -> None:
    certificate = test_seal.certificate

    assert test_seal.is_test and certificate.is_test
    assert "TEST" in certificate.owner_name and "TEST" in test_seal.title
    assert certificate.owner == OWNER
    assert certificate.subject == certificate.issuer


def test_a_person_and_a_long_name() -> None:
    sealer = TestSealer.create(TaxNumber("10000000146"), "Ç" * 200)

    assert sealer.certificate.owner == TaxNumber("10000000146")
    assert sealer.certificate.owner_name == "TEST " + "Ç" * 29


def test_the_test_seal_is_kept_and_found_again(tmp_path: Path, test_seal: TestSealer) -> None:
    path = tmp_path / "seal.p12"
    test_seal.save(path, PASSWORD)

    again = TestSealer.load(path, PASSWORD)

    assert again.certificate == test_seal.certificate
    assert again.title == test_seal.title
    digest = hashlib.sha256(b"x").digest()
    assert again.sign([digest, digest]) == test_seal.sign([digest, digest])
    assert Pkcs12Sealer.load(path, PASSWORD).is_test


def test_signatures_are_pkcs1_over_the_digest(issued: Issued) -> None:
    digest = hashlib.sha256(b"belge").digest()
    (value,) = issued.sealer.sign([digest])

    rsa_public_key(issued.sealer.certificate).verify(value, digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


def test_a_real_seal_does_not_pass_for_a_test_one(tmp_path: Path, issued: Issued) -> None:
    path = issued.save(tmp_path / "real.p12", PASSWORD)

    with pytest.raises(SealError) as caught:
        TestSealer.load(path, PASSWORD)

    assert caught.value.code == "P12.NOT_TEST"
    assert Pkcs12Sealer.load(path, PASSWORD).is_test is False


def test_a_company_named_test_is_no_test(authority: Authority) -> None:
    assert not authority.issue(name="TEST Ölçüm Ltd. Şti.").sealer.is_test


def test_a_wrong_password_is_one_clear_sentence(tmp_path: Path, issued: Issued) -> None:
    path = issued.save(tmp_path / "real.p12", PASSWORD)

    with pytest.raises(SealError) as caught:
        Pkcs12Sealer.load(path, "yanlış-parola")

    assert caught.value.code == "P12.PASSWORD"
    assert "yanlış-parola" not in caught.value.sentence


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "P12.NOT_PKCS12"), (b"<xml/>", "P12.NOT_PKCS12"), (b"-----BEGIN PRIVATE KEY-----", "P12.NOT_PKCS12")],
)
def test_files_that_are_no_seal(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.p12"
    path.write_bytes(content)

    with pytest.raises(InputError) as caught:
        Pkcs12Sealer.load(path, PASSWORD)

    assert caught.value.code == code


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Pkcs12Sealer.load(tmp_path / "yok.p12", PASSWORD)

    assert caught.value.code == "P12.MISSING"


def test_a_file_without_a_key_or_with_another_kind(tmp_path: Path, issued: Issued) -> None:
    certificate = x509.load_der_x509_certificate(issued.der)
    path = tmp_path / "x.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", None, certificate, None, NoEncryption()))
    with pytest.raises(InputError) as caught:
        Pkcs12Sealer.load(path, "")
    assert caught.value.code == "P12.NO_KEY"

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    elliptic = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(certificate.not_valid_before_utc)
        .not_valid_after(certificate.not_valid_after_utc)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, elliptic, None, NoEncryption()))
    with pytest.raises(InputError) as caught:
        Pkcs12Sealer.load(path, "")
    assert caught.value.code == "P12.NOT_RSA"


def test_no_secret_in_texts_or_logs(tmp_path: Path, issued: Issued, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = issued.save(tmp_path / "real.p12", PASSWORD)

    sealer = Pkcs12Sealer.load(path, PASSWORD)

    assert PASSWORD not in repr(sealer) + str(vars(sealer)) + caplog.text


def test_names_are_written_as_rfc_4514(authority: Authority) -> None:
    certificate = describe_certificate(authority.issue(name=' #Çay "ve" Şeker, A+B <x>; \\ ').der)

    assert certificate.owner_name == ' #Çay "ve" Şeker, A+B <x>; \\ '
    text = '2.5.4.5=#130a31323334353637383038,CN=\\ #Çay \\"ve\\" Şeker\\, A\\+B \\<x\\>\\; \\\\\\ '
    assert certificate.subject == text
    assert certificate.issuer.startswith("CN=Deneme Mali Mühür")
    assert certificate.issuer.endswith(",C=TR")


def test_names_in_old_encodings() -> None:
    """BMPString and T61String still stand in certificates; attributes without a short name come as hex."""
    bmp = b"\x1e\x08" + "ĞÜŞİ".encode("utf-16-be")
    attribute = b"\x30" + bytes([5 + len(bmp)]) + b"\x06\x03\x55\x04\x03" + bmp
    rdn = b"\x31" + bytes([len(attribute)]) + attribute
    parts = parse_name(b"\x30" + bytes([len(rdn)]) + rdn)

    assert format_name(parts) == "CN=ĞÜŞİ"


@pytest.mark.parametrize("data", [b"", b"\x30\x03\x02\x01\x01", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_bytes_that_are_no_certificate(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_certificates(data)

    assert caught.value.code == "CERT.UNREADABLE"


def test_pem_files_with_several_certificates(authority: Authority, issued: Issued) -> None:
    leaf = x509.load_der_x509_certificate(issued.der).public_bytes(Encoding.PEM)

    assert load_certificates(authority.pem + leaf) == [authority.der, issued.der]

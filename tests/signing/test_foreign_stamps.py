"""Time stamps that another program made (openssl ts): other digests, both certificate bindings, elliptic curves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.signing.chain import load_anchors
from app.signing.stamp_checks import judge_token

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="only on machines with openssl")
DATA = b"what is stamped"
CONFIG = """
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = {signer}
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = {binding}
[tsa_ext]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
[ca_ext]
basicConstraints = critical,CA:TRUE
"""


def openssl(folder: Path, *words: str) -> None:
    ran = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def authority(folder: Path, *, key: tuple[str, ...], signer: str, binding: str) -> None:
    (folder / "a.cnf").write_text(CONFIG.format(signer=signer, binding=binding), "utf-8")
    (folder / "serial").write_text("01\n", "utf-8")
    (folder / "data").write_bytes(DATA)
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days",
            "30", "-subj", "/CN=Kok", "-extensions", "ca_ext", "-config", "ca.cnf")  # fmt: skip
    openssl(folder, "req", "-new", *key, "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj",
            "/C=TR/CN=Yabanci Damga", "-config", "ca.cnf")  # fmt: skip
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "tsa.pem", "-days", "30", "-extfile", "a.cnf", "-extensions", "tsa_ext")  # fmt: skip


def token(folder: Path, digest: str) -> bytes:
    openssl(folder, "ts", "-query", "-data", "data", f"-{digest}", "-cert", "-out", "q.tsq")
    openssl(folder, "ts", "-reply", "-config", "a.cnf", "-queryfile", "q.tsq", "-token_out", "-out", "t.der")
    return (folder / "t.der").read_bytes()


RSA = ("-newkey", "rsa:2048")
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@pytest.mark.parametrize(
    ("key", "signer", "binding", "digest"),
    [(RSA, "sha256", "sha1", "sha256"), (RSA, "sha512", "sha256", "sha512"), (CURVE, "sha384", "sha256", "sha384")],
    ids=["v1", "v2", "ec"],
)
def test_it_is_understood(tmp_path: Path, key: tuple[str, ...], signer: str, binding: str, digest: str) -> None:
    (tmp_path / "ca.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n" + CONFIG, "utf-8")
    authority(tmp_path, key=key, signer=signer, binding=binding)
    made = token(tmp_path, digest)
    report = judge_token(made, DATA, anchors=load_anchors([(tmp_path / "ca.pem").read_bytes()]))
    assert (report.valid, report.trusted, report.reasons) == (True, True, ())
    assert (report.authority, report.policy) == ("Yabanci Damga", "1.2.3.4.1")
    assert judge_token(made, b"other").valid is False


def test_a_weak_digest_cannot_be_judged(tmp_path: Path) -> None:
    (tmp_path / "ca.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n" + CONFIG, "utf-8")
    authority(tmp_path, key=RSA, signer="sha256", binding="sha1")
    report = judge_token(token(tmp_path, "sha1"), DATA)
    assert report.valid is None and "desteklenmiyor" in report.reasons[0]

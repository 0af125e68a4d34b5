"""The TEST seals of a data folder: one key for all its companies, a certificate each; never valid outside the sandbox.

Making an RSA key takes a tenth of a second and more, with the interpreter's lock held: sixty companies that synchronise
for the first time would hold up the window for that long each.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.domain.protocols import Sealer
from app.domain.taxnumber import TaxNumber
from app.office import Office
from app.runtime.files import write_output
from app.signing.soft import Pkcs12Sealer, TestSealer, build_test_certificate
from app.storage import companies

#: Not a secret: it guards a seal that says TEST and that no live endpoint is ever given.
_PASSWORD: Final = "muhurdar-test"
_KEY_BITS: Final = 2048
_lock = threading.Lock()
_known: dict[Path, Sealer] = {}
_keys: dict[Path, rsa.RSAPrivateKey] = {}


def test_sealer(office: Office, owner: TaxNumber) -> Sealer:
    """The software TEST seal of this taxpayer, the same one in every session. Any thread."""
    folder = office.folder.root / "test-seals"
    path = folder / f"{owner}.cer"
    with _lock:
        known = _known.get(path)
        # The folder may have been deleted and made anew since.
        if known is not None and path.exists():
            return known
        sealer = _load_or_make(office, owner, folder, path)
        _known[path] = sealer
        return sealer


def _load_or_make(office: Office, owner: TaxNumber, folder: Path, path: Path) -> Sealer:
    old = path.with_suffix(".p12")
    if old.exists():
        # A folder of an earlier version: its seal stays what it was.
        return Pkcs12Sealer.load(old, _PASSWORD)
    title = f"TEST mührü {owner.digits} (yazılım)"
    key = _key_of(folder)
    if path.exists():
        return TestSealer(key, path.read_bytes(), title=title)
    with office.db.read() as s:
        record = companies.get_company(s, owner.digits)
    name = record.company.party.display_name if record is not None else owner.digits
    certificate = build_test_certificate(key, owner, name)
    write_output(path, certificate)
    return TestSealer(key, certificate, title=title)


def _key_of(folder: Path) -> rsa.RSAPrivateKey:
    """The folder's key, made at its first use."""
    path = folder / "anahtar.pem"
    known = _keys.get(path)
    if known is not None and path.exists():
        return known
    if path.exists():
        loaded = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError(f"{path} holds {type(loaded).__name__}")
        _keys[path] = loaded
        return loaded
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_output(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _keys[path] = key
    return key

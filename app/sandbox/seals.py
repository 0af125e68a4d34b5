"""TEST seals of the sandbox: of the made-up senders, and of the companies whose documents the integrator seals.

Making an RSA key is slow, so one key serves all of them in a process; each owner gets a certificate of its own.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.taxnumber import parse_tax_number
from app.signing.soft import SoftwareSealer, build_test_certificate


@lru_cache(maxsize=1)
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache(maxsize=512)
def seal_for(vkn: str, name: str) -> SoftwareSealer:
    """The TEST seal of a taxpayer. Any thread. Raises InvalidTaxNumber."""
    owner = parse_tax_number(vkn)
    certificate = build_test_certificate(_key(), owner, name)
    return SoftwareSealer(_key(), certificate, title=f"Deneme entegratörü TEST mührü {owner.masked}")

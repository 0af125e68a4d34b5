"""A SoftHSM2 token with a TEST certificate, for the demo and for tests: a real token without the hardware."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.errors import EnvironmentFault
from app.domain.taxnumber import TaxNumber
from app.runtime.children import ChildPool
from app.signing.isolated import IsolatedSealer
from app.signing.modules import find_softhsm
from app.signing.pins import PinSource
from app.signing.soft import build_test_certificate

CONFIG_VARIABLE = "SOFTHSM2_CONF"
_LABEL = "MUHURDAR TEST"  # with the owner below the 32 bytes a label may have
_TOOL_DEADLINE_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoToken:
    """A token kept in `folder`. `open()` gives its sealer."""

    folder: Path
    module: Path
    label: str
    owner: TaxNumber
    pin: str = field(repr=False)

    def open(self, pin: str | None = None) -> IsolatedSealer:
        """Log in, in a child process, with `pin` or the PIN the token was made with. Close it. Raises: SealError."""
        source = PinSource.typed(self.pin if pin is None else pin)
        return IsolatedSealer.open([self.module], pin=source, token_label=self.label, owner=self.owner)


def create_demo_token(folder: Path, owner: TaxNumber, name: str, pin: str) -> DemoToken | None:
    """Make (or find again) a SoftHSM2 token in `folder` that holds a TEST seal of `owner`.

    One token per owner. Returns None where SoftHSM2 is not installed. Sets SOFTHSM2_CONF for this process and its
    children. A token that the folder already holds is used as it is.
    Raises: EnvironmentFault (TOKEN.DEMO) when SoftHSM2 refuses.
    """
    module, tool = find_softhsm(), shutil.which("softhsm2-util")
    if module is None or tool is None:
        return None
    config = write_softhsm_config(folder)
    os.environ[CONFIG_VARIABLE] = str(config)
    label = f"{_LABEL} {owner}"
    ready = folder / f"{owner}.ready"
    if not ready.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        init_softhsm_token(tool, config, label=label, pin=pin)
        store_seal(module, config, label, pin, key, [build_test_certificate(key, owner, name)])
        ready.touch()
    return DemoToken(folder=folder, module=module, label=label, owner=owner, pin=pin)


def write_softhsm_config(folder: Path) -> Path:
    """Write `softhsm2.conf` for tokens kept under `folder` and return its path."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True, exist_ok=True)
    config = folder / "softhsm2.conf"
    config.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
        encoding="utf-8",
    )
    return config


def init_softhsm_token(tool: str, config: Path, *, label: str, pin: str) -> None:
    """Initialise a free slot. The PIN protects a throw-away TEST key, so it may stand in the command."""
    command = [tool, "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", f"{pin}{pin}"]
    environment = {**os.environ, CONFIG_VARIABLE: str(config)}
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=_TOOL_DEADLINE_S)
    except (subprocess.SubprocessError, OSError) as e:
        raise EnvironmentFault(
            "TOKEN.DEMO",
            "Deneme tokeni hazırlanamadı.",
            why="SoftHSM2 yeni token açamadı.",
            todo="Klasöre yazma iznini denetleyin; TEST mührü tokensiz de kullanılabilir.",
            raw_text=type(e).__name__,
        ) from None


def store_seal(
    module: Path, config: Path, label: str, pin: str, key: rsa.RSAPrivateKey, certificates: list[bytes]
) -> None:
    """Put an RSA key and its DER certificates on a SoftHSM2 token, in a child process of its own."""
    numbers = key.private_numbers()
    parts = {
        "n": numbers.public_numbers.n,
        "e": numbers.public_numbers.e,
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    encoded = {name: value.to_bytes((value.bit_length() + 7) // 8, "big") for name, value in parts.items()}
    with ChildPool(1) as pool:
        pool.call("app.signing.demo_child:store", str(module), str(config), label, pin, encoded, certificates)

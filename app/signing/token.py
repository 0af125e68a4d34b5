"""The token room's front door: what other rooms call to find tokens and to seal with them.

`IsolatedSealer` looks through several modules, each in a child process; `Pkcs11Sealer` works in this process with one
module. Both belong on the token lane.
"""

from __future__ import annotations

from app.signing.choose import Wanted
from app.signing.doctor import DoctorReport, TestSignature, doctor, list_tokens, module_to_json
from app.signing.isolated import IsolatedSealer, ModuleLook
from app.signing.modules import known_modules, module_title
from app.signing.pins import PinPrompt, PinSource
from app.signing.pkcs11_sealer import Pkcs11Sealer
from app.signing.token_facts import TokenCertificate, TokenFacts

__all__ = [
    "DoctorReport",
    "IsolatedSealer",
    "ModuleLook",
    "PinPrompt",
    "PinSource",
    "Pkcs11Sealer",
    "TestSignature",
    "TokenCertificate",
    "TokenFacts",
    "Wanted",
    "doctor",
    "known_modules",
    "list_tokens",
    "module_title",
    "module_to_json",
]

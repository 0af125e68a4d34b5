"""The TEST seal of a company: made once, kept in the data folder, never valid outside the sandbox."""

from __future__ import annotations

from app.domain.protocols import Sealer
from app.domain.taxnumber import TaxNumber
from app.office import Office
from app.runtime.files import write_output
from app.signing.soft import Pkcs12Sealer, TestSealer
from app.storage import companies

#: Not a secret: it guards a seal that says TEST and that no live endpoint is ever given.
_PASSWORD = "muhurdar-test"


def test_sealer(office: Office, owner: TaxNumber) -> Sealer:
    """The software TEST seal of this taxpayer, the same one in every session."""
    path = office.folder.root / "test-seals" / f"{owner}.p12"
    if path.exists():
        return Pkcs12Sealer.load(path, _PASSWORD)
    with office.db.read() as s:
        record = companies.get_company(s, owner.digits)
    name = record.company.party.display_name if record is not None else owner.digits
    sealer = TestSealer.create(owner, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_output(path, sealer.to_pkcs12(_PASSWORD))
    return sealer

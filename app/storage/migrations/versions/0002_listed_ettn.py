"""How the integrator spells the ETTN of a received document, kept with it."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE document_spelling (
    document_id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    ettn VARCHAR NOT NULL,
    CONSTRAINT pk_document_spelling PRIMARY KEY (document_id),
    CONSTRAINT fk_document_spelling_document_id FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE CASCADE,
    CONSTRAINT fk_document_spelling_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
)


def upgrade() -> None:
    """A table of its own: the document table and its triggers stay as they are."""
    for statement in STATEMENTS:
        op.execute(statement)

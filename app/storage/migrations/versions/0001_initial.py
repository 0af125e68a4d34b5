"""The first released tables."""

# ruff: noqa: E501 - statements as SQLite keeps them

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE company (
    id INTEGER NOT NULL,
    tax_number VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    data VARCHAR NOT NULL,
    logo BLOB NOT NULL,
    stamp BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_company PRIMARY KEY (id),
    CONSTRAINT uq_company_tax_number UNIQUE (tax_number)
)
""",
    """
CREATE TABLE setting (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (name)
)
""",
    """
CREATE TABLE account (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    connector VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    user_name VARCHAR NOT NULL,
    secret_name VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    labels VARCHAR NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_company_id_connector UNIQUE (company_id, connector),
    CONSTRAINT fk_account_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE partner (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    tax_number VARCHAR NOT NULL,
    name_folded VARCHAR NOT NULL,
    data VARCHAR NOT NULL,
    registered BOOLEAN,
    preferred_pk VARCHAR NOT NULL,
    checked_at BIGINT,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_partner PRIMARY KEY (id),
    CONSTRAINT uq_partner_company_id_tax_number UNIQUE (company_id, tax_number),
    CONSTRAINT fk_partner_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    "CREATE INDEX ix_partner_company_id_name_folded ON partner (company_id, name_folded)",
    """
CREATE TABLE series (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    purpose VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    is_current BOOLEAN NOT NULL,
    CONSTRAINT pk_series PRIMARY KEY (id),
    CONSTRAINT uq_series_company_id_series UNIQUE (company_id, series),
    CONSTRAINT ck_series_purpose CHECK (purpose IN ('einvoice', 'export', 'earchive', 'earchive_internet')),
    CONSTRAINT fk_series_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    "CREATE UNIQUE INDEX ux_series_current ON series (company_id, purpose) WHERE is_current = 1",
    """
CREATE TABLE counter (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    series VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    next_sequence INTEGER NOT NULL,
    last_date DATE,
    CONSTRAINT pk_counter PRIMARY KEY (id),
    CONSTRAINT uq_counter_company_id_series_year UNIQUE (company_id, series, year),
    CONSTRAINT ck_counter_next_sequence CHECK (next_sequence BETWEEN 1 AND 1000000000),
    CONSTRAINT fk_counter_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE document (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    direction VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    ettn VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    series VARCHAR,
    year INTEGER,
    sequence INTEGER,
    profile VARCHAR NOT NULL,
    type_code VARCHAR NOT NULL,
    issue_date DATE,
    partner_vkn VARCHAR NOT NULL,
    partner_name VARCHAR NOT NULL,
    partner_folded VARCHAR NOT NULL,
    partner_sort VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    payable BIGINT,
    vat BIGINT,
    state VARCHAR NOT NULL,
    is_final BOOLEAN NOT NULL,
    review_code VARCHAR NOT NULL,
    review_reason VARCHAR NOT NULL,
    review_todo VARCHAR NOT NULL,
    sender_label VARCHAR NOT NULL,
    receiver_label VARCHAR NOT NULL,
    sealed_by VARCHAR NOT NULL,
    attempt_no INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    arrived_at BIGINT,
    answer_due_at BIGINT,
    last_status_at BIGINT,
    acked_at BIGINT,
    raw_code VARCHAR NOT NULL,
    raw_text VARCHAR NOT NULL,
    gib_code INTEGER,
    answer VARCHAR NOT NULL,
    duplicate_of INTEGER,
    is_read BOOLEAN NOT NULL,
    has_legal_copy BOOLEAN NOT NULL,
    CONSTRAINT pk_document PRIMARY KEY (id),
    CONSTRAINT uq_document_company_id_direction_ettn UNIQUE (company_id, direction, ettn),
    CONSTRAINT ck_document_state CHECK ((direction = 'out' AND state IN ('draft', 'ready', 'sealed', 'queued', 'sending', 'unknown', 'sent', 'delivered', 'failed', 'accepted', 'rejected', 'lapsed', 'cancelled')) OR (direction = 'in' AND state IN ('received', 'answer_due', 'answering', 'answered', 'lapsed'))),
    CONSTRAINT ck_document_kind CHECK (kind IN ('invoice', 'earchive', 'despatch', 'receipt', 'creditnote', 'application-response')),
    CONSTRAINT ck_document_sealed_by CHECK (sealed_by IN ('', 'own', 'test', 'integrator')),
    CONSTRAINT ck_document_answer CHECK (answer IN ('', 'KABUL', 'RED')),
    CONSTRAINT ck_document_number_parts CHECK ((sequence IS NULL) = (series IS NULL) AND (sequence IS NULL) = (year IS NULL)),
    CONSTRAINT ck_document_number CHECK (sequence IS NULL OR (sequence BETWEEN 1 AND 999999999 AND number = series || printf('%04d%09d', year, sequence))),
    CONSTRAINT fk_document_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_document_duplicate_of FOREIGN KEY(duplicate_of) REFERENCES document (id)
)
""",
    "CREATE UNIQUE INDEX ux_document_number ON document (company_id, series, year, sequence) WHERE direction = 'out' AND sequence IS NOT NULL",
    "CREATE INDEX ix_document_by_partner ON document (company_id, direction, partner_sort, id, state, review_code)",
    "CREATE INDEX ix_document_sender_number ON document (company_id, direction, partner_vkn, number)",
    "CREATE INDEX ix_document_partner_folded ON document (partner_folded, company_id, direction)",
    "CREATE INDEX ix_document_by_state ON document (company_id, direction, state, id, review_code)",
    "CREATE INDEX ix_document_by_arrival ON document (company_id, direction, arrived_at, id, state, review_code)",
    "CREATE INDEX ix_document_review ON document (company_id, id) WHERE review_code <> ''",
    "CREATE INDEX ix_document_open_status ON document (company_id, state, last_status_at) WHERE is_final = 0",
    "CREATE INDEX ix_document_by_payable ON document (company_id, direction, payable, id, state, review_code)",
    "CREATE INDEX ix_document_by_number ON document (company_id, direction, number, id, state, review_code)",
    "CREATE INDEX ix_document_by_issue ON document (company_id, direction, issue_date, id, state, review_code)",
    """
CREATE TABLE blob (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    sha256 VARCHAR NOT NULL,
    size_bytes INTEGER NOT NULL,
    codec VARCHAR NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_blob PRIMARY KEY (id),
    CONSTRAINT uq_blob_company_id_sha256 UNIQUE (company_id, sha256),
    CONSTRAINT ck_blob_codec CHECK (codec IN ('raw', 'zlib')),
    CONSTRAINT fk_blob_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE lease (
    company_id INTEGER NOT NULL,
    token VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    pid INTEGER NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    CONSTRAINT pk_lease PRIMARY KEY (company_id),
    CONSTRAINT fk_lease_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE partner_label (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    partner_id INTEGER NOT NULL,
    label VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_partner_label PRIMARY KEY (id),
    CONSTRAINT uq_partner_label_partner_id_label UNIQUE (partner_id, label),
    CONSTRAINT fk_partner_label_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_partner_label_partner_id FOREIGN KEY(partner_id) REFERENCES partner (id) ON DELETE CASCADE
)
""",
    """
CREATE TABLE document_search (
    document_id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    keys VARCHAR NOT NULL,
    extra VARCHAR NOT NULL,
    CONSTRAINT pk_document_search PRIMARY KEY (document_id),
    CONSTRAINT fk_document_search_document_id FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE CASCADE,
    CONSTRAINT fk_document_search_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE document_file (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    attempt_no INTEGER NOT NULL,
    blob_id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_document_file PRIMARY KEY (id),
    CONSTRAINT uq_document_file_document_id_role_attempt_no UNIQUE (document_id, role, attempt_no),
    CONSTRAINT ck_document_file_role CHECK (role IN ('sealed', 'legal', 'received', 'answer')),
    CONSTRAINT fk_document_file_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_document_file_document_id FOREIGN KEY(document_id) REFERENCES document (id),
    CONSTRAINT fk_document_file_blob_id FOREIGN KEY(blob_id) REFERENCES blob (id)
)
""",
    "CREATE INDEX ix_document_file_blob_id ON document_file (blob_id)",
    """
CREATE TABLE attempt (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    attempt_no INTEGER NOT NULL,
    ettn VARCHAR NOT NULL,
    sealed_by VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_attempt PRIMARY KEY (id),
    CONSTRAINT uq_attempt_document_id_attempt_no UNIQUE (document_id, attempt_no),
    CONSTRAINT ck_attempt_sealed_by CHECK (sealed_by IN ('own', 'test', 'integrator')),
    CONSTRAINT fk_attempt_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_attempt_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
""",
    "CREATE INDEX ix_attempt_company_id_ettn ON attempt (company_id, ettn)",
    """
CREATE TABLE draft (
    document_id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    data VARCHAR NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_draft PRIMARY KEY (document_id),
    CONSTRAINT fk_draft_document_id FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE CASCADE,
    CONSTRAINT fk_draft_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE history (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    raw_code VARCHAR NOT NULL,
    raw_text VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    CONSTRAINT pk_history PRIMARY KEY (id),
    CONSTRAINT fk_history_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_history_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
""",
    "CREATE INDEX ix_history_document_id ON history (document_id)",
    """
CREATE TABLE outbox (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    ettn VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    tries INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    payload VARCHAR NOT NULL,
    error_code VARCHAR NOT NULL,
    error_text VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT ck_outbox_action CHECK (action IN ('send', 'answer', 'ack', 'legal_copy')),
    CONSTRAINT ck_outbox_state CHECK (state IN ('waiting', 'in_flight', 'done', 'parked', 'withdrawn')),
    CONSTRAINT fk_outbox_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_outbox_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
""",
    "CREATE INDEX ix_outbox_due ON outbox (company_id, state, next_at)",
    "CREATE UNIQUE INDEX ux_outbox_open ON outbox (document_id, action) WHERE state IN ('waiting', 'in_flight')",
    """
CREATE TABLE poll (
    account_id INTEGER NOT NULL,
    what VARCHAR NOT NULL,
    company_id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_poll PRIMARY KEY (account_id, what),
    CONSTRAINT fk_poll_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
    CONSTRAINT fk_poll_company_id FOREIGN KEY(company_id) REFERENCES company (id)
)
""",
    """
CREATE TABLE quarantine (
    id INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    blob_id INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_quarantine PRIMARY KEY (id),
    CONSTRAINT uq_quarantine_company_id_blob_id_code UNIQUE (company_id, blob_id, code),
    CONSTRAINT fk_quarantine_company_id FOREIGN KEY(company_id) REFERENCES company (id),
    CONSTRAINT fk_quarantine_blob_id FOREIGN KEY(blob_id) REFERENCES blob (id)
)
""",
    "CREATE VIRTUAL TABLE document_fts USING fts5(keys, extra, content='document_search', content_rowid='document_id', tokenize='trigram case_sensitive 1', columnsize=0)",
    "CREATE TRIGGER document_search_insert AFTER INSERT ON document_search BEGIN INSERT INTO document_fts (rowid, keys, extra) VALUES (new.document_id, new.keys, new.extra); END",
    "CREATE TRIGGER document_search_delete AFTER DELETE ON document_search BEGIN INSERT INTO document_fts (document_fts, rowid, keys, extra) VALUES ('delete', old.document_id, old.keys, old.extra); END",
    "CREATE TRIGGER document_search_update AFTER UPDATE ON document_search BEGIN INSERT INTO document_fts (document_fts, rowid, keys, extra) VALUES ('delete', old.document_id, old.keys, old.extra); INSERT INTO document_fts (rowid, keys, extra) VALUES (new.document_id, new.keys, new.extra); END",
    "CREATE TRIGGER document_number_stays BEFORE UPDATE OF company_id, direction, series, year, sequence, number ON document WHEN old.sequence IS NOT NULL AND (new.sequence IS NOT old.sequence OR new.series IS NOT old.series OR new.year IS NOT old.year OR new.number IS NOT old.number OR new.company_id IS NOT old.company_id OR new.direction IS NOT old.direction) BEGIN SELECT RAISE(ABORT, 'a stored number never changes'); END",
    "CREATE TRIGGER document_number_kept BEFORE DELETE ON document WHEN old.sequence IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a numbered document is never deleted'); END",
    "CREATE TRIGGER counter_forward BEFORE UPDATE ON counter WHEN new.next_sequence < old.next_sequence AND old.last_date IS NOT NULL OR new.series IS NOT old.series OR new.year IS NOT old.year OR new.company_id IS NOT old.company_id BEGIN SELECT RAISE(ABORT, 'a counter never goes back'); END",
    "CREATE TRIGGER counter_kept BEFORE DELETE ON counter WHEN old.last_date IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a used counter is never deleted'); END",
    "CREATE TRIGGER blob_immutable BEFORE UPDATE ON blob BEGIN SELECT RAISE(ABORT, 'stored bytes never change'); END",
    "CREATE TRIGGER attempt_immutable BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'an attempt never changes'); END",
    "CREATE TRIGGER attempt_kept BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END",
    "CREATE TRIGGER document_file_immutable BEFORE UPDATE ON document_file BEGIN SELECT RAISE(ABORT, 'a stored file never changes'); END",
    "CREATE TRIGGER history_immutable BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history never changes'); END",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement.strip())

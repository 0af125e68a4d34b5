"""Alembic's environment: runs inside the connection and transaction that `app.storage.migrate` has opened."""

from __future__ import annotations

from alembic import context

from app.storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    # One transaction around all steps, opened by the caller.
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()

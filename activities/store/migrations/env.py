"""Run by Alembic: applies the versions on the connection that `migrate.upgrade` holds."""

from alembic import context

from activities.store.all_tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

"""The metadata of every table of the roll database, whichever module has it."""

from activities.store import (
    act_tables,
    bounce_table,
    gateway_tables,
    mailing_tables,
    objection_table,
    operator_table,
    progress_table,
    schema,
    tables,
)

MODULES = (
    tables,
    progress_table,
    mailing_tables,
    objection_table,
    operator_table,
    act_tables,
    bounce_table,
    gateway_tables,
)  # imported, so that their tables are in the metadata
metadata = schema.metadata

"""Rules that count over many rows: one transaction counts after the other."""

from odoo.tools import SQL


def take_turns(records):
    """Let transactions that rely on sums over these records come one after the other.

    A lock alone would not do: the transaction that waited for it still sees the rows as at its start. The second one
    here is refused by the database (serialization), and Odoo starts it again on the new state. Nothing changes.

    :param records: what the sums are over, such as the order lines or the customers
    """
    if not records.ids:
        return
    table = SQL.identifier(records._table)
    records.env.cr.execute(
        SQL(
            "UPDATE %(table)s SET write_date = write_date WHERE id IN"
            " (SELECT id FROM %(table)s WHERE id IN %(ids)s ORDER BY id FOR NO KEY UPDATE)",
            table=table,
            ids=tuple(records.ids),
        ),
        # To come second is no error.
        log_exceptions=False,
    )

"""What happens to what hangs on a record when it is united with another."""

from odoo.models import MAGIC_COLUMNS


def move_attachments_and_activities(record, target):
    """Move the attachments and all activities of ``record`` to ``target``, a record of the same model."""
    env = record.env
    attachments = env["ir.attachment"].search([("res_model", "=", record._name), ("res_id", "=", record.id)])
    attachments.res_id = target.id
    # Core moves activities of merged partners only; done ones are archived and belong to the history.
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("res_model", "=", record._name), ("res_id", "=", record.id)]).write({"res_id": target.id})


def is_fact(field):
    """Tell whether a field holds a fact of its own: neither derived, nor another record's, nor Odoo's bookkeeping."""
    return (
        field.store
        and field.name not in MAGIC_COLUMNS
        and not field.related
        and field.type not in ("one2many", "many2many")
        and field.name not in ("file_id", "sequence")
        and (not field.compute or not field.readonly)
    )

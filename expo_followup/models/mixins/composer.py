"""The one way to open a mail to a customer in the composer."""

# What stands around such a mail.
LETTER_LAYOUT = "expo_followup.letter_layout"


def composer_action(records, title, template=None, **context):
    """Return the action that opens a mail about records in a dialog; nothing is sent before the user says so.

    :param records: what the mail is about, where it is posted
    :param str title: what the dialog is called
    :param template: the ``mail.template`` it begins with, if there is one
    :param context: more defaults of the composer
    """
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": "mail.compose.message",
        "views": [(False, "form")],
        "target": "new",
        "context": {
            "default_model": records._name,
            "default_res_ids": records.ids,
            "default_composition_mode": "comment",
            "default_template_id": template.id if template else False,
            "default_email_layout_xmlid": LETTER_LAYOUT,
            "force_email": True,
            **context,
        },
    }

"""From 19.0.1.3.0: shipped records get the present words, unless a user edited them."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import refresh_shipped_texts


@openupgrade.migrate()
def migrate(env, version):
    """Refresh the words of shipped records."""
    refresh_shipped_texts(env)

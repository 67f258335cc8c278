"""From 19.0.1.3.0: labels, views and shipped records get the present words; what a user edited in a record stays."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import MODULE, refresh_shipped_texts


@openupgrade.migrate()
def migrate(env, version):
    """Refresh the words of shipped records, the translations of labels and views, and the rules of captures.

    An update translates what has no translation yet; a label whose English is unchanged would keep its older Chinese.
    """
    refresh_shipped_texts(env)
    # Who captured a contact no longer changes it once it is a colleague's customer.
    openupgrade.load_data(env, MODULE, "security/capture/capture_rules.xml")
    languages = [code for code, _name in env["res.lang"].get_installed()]
    env["ir.module.module"]._load_module_terms([MODULE], languages, overwrite=True)

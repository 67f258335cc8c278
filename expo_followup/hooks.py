import hashlib
import json
import logging
import re

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tools import SQL, file_open, mute_logger
from odoo.tools.convert import xml_import

_logger = logging.getLogger(__name__)
MODULE = "expo_followup"
# The texts of shipped records that have changed: fingerprints of what releases said, and what this version says.
# Model or field: neither has another word before it.
_OUR_NAME = re.compile(r"(?<![\w.])expo[._][a-z]|[/.]expo_[a-z]")
#: Where users name our models, beside favourites, exports and windows.
_NAMING = {
    "ir.actions.report": "model",
    "ir.embedded.actions": "parent_res_model",
    "ir.ui.view": "model",
    "base_import.mapping": "res_model",
    "mail.message.subtype": "res_model",
}
SHIPPED_TEXTS = f"{MODULE}/migrations/shipped_texts.json"


def load_new_records(env, *filenames, names=()):
    """Load data records that a version adds, once: called by the migration to that version.

    Shipped records are marked ``forcecreate="False"``, so that an upgrade brings none back that a company deleted. A
    record that is there is left as it is, and so is a company's own one with the same unique value.

    :param filenames: data files, relative to the addon
    :param names: XML ids to load; empty: all of the files
    """
    for filename in filenames:
        with file_open(f"{MODULE}/{filename}", "rb") as file:
            nodes = list(etree.parse(file).getroot().iterchildren(etree.Element))
        for node in nodes:
            name = node.get("id", "")
            if (names and name not in names) or (name and env.ref(f"{MODULE}.{name}", raise_if_not_found=False)):
                continue
            document = etree.Element("odoo")
            document.append(node)
            try:
                with env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    xml_import(env, MODULE, {}, "init", noupdate=True, xml_filename=filename).parse(document)
            except Exception as error:
                if not isinstance(error.__cause__, IntegrityError):
                    raise
                _logger.info("%s is not loaded: the company has its own record with the same value.", name)


def read_shipped_texts(env, noupdate=True):
    """Return the translated texts of shipped records, as they are stored.

    :param noupdate: those that updates leave alone; else the others, such as labels, views and menus
    :returns: ``{"XML id.field": {language: text}}``
    """
    texts = {}
    rows = env["ir.model.data"].search([("module", "=", "expo_followup"), ("noupdate", "=", noupdate)])
    for model, known in rows.grouped("model").items():
        names = {row.res_id: row.name for row in known}
        for field in env[model]._fields.values() if model in env else ():
            if field.store and field.column_type and field.translate and names:
                query = "SELECT id, %s FROM %s WHERE %s IS NOT NULL AND id IN %%s"
                env.cr.execute(query % (field.name, env[model]._table, field.name), [tuple(names)])
                texts.update({f"{names[ident]}.{field.name}": stored for ident, stored in env.cr.fetchall()})
    return texts


def get_fingerprint(text):
    """Return what a text is known by in the list of shipped texts."""
    return hashlib.sha1(text.encode()).hexdigest()[:16]


def refresh_shipped_texts(env):
    """Give shipped records the present words, language by language, where a text is still that of a release.

    What a user edited stays. A text that is shipped no more goes, unless a user edited it in any language. Called by
    the migration to a version that changes such words.
    """
    with file_open(SHIPPED_TEXTS) as file:
        changes = json.load(file)
    stored = read_shipped_texts(env)
    for key in changes.keys() & stored.keys():
        name, _dot, field = key.rpartition(".")
        texts = {
            lang: changes[key][lang]["now"]
            for lang, text in stored[key].items()
            if lang in changes[key] and text and get_fingerprint(text) in changes[key][lang]["was"]
        }
        record = texts and env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
        if record and not any(texts.values()):
            if texts.keys() == stored[key].keys():
                record[field] = False
        elif record:
            # In SQL: written through the ORM, a text in one language would take those of the others along.
            env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(field)s = %(field)s || %(texts)s::jsonb WHERE id = %(id)s",
                    table=SQL.identifier(record._table),
                    field=SQL.identifier(field),
                    texts=json.dumps(texts),
                    id=record.id,
                )
            )
            record.invalidate_recordset([field])


def uninstall_hook(env):
    """Take away what we hold of customers, in the order in which the rows refer to each other.

    Left to the uninstallation itself, tiers and activity types would be deleted while follow-ups still refer to
    them. Partners, orders, invoices and the blacklist stay as they are.
    """
    keep_demo_records_in_use(env)
    _release_links_to_us(env)
    # What was done is protected from users, not from the end of the addon.
    env.cr.execute("DELETE FROM expo_followup")
    env.invalidate_all()
    # In whatever state: nothing else deletes them.
    env["expo.complaint"].with_context(active_test=False).search([])._erase()
    env["expo.incoming.mail"].with_context(active_test=False).search([]).unlink()
    # With the last problem, reminders of invoices are what they were before.
    env["expo.problem.notice"].search([]).unlink()
    # Through the ORM, for their chatter; those of no show's customer would stay otherwise.
    env["expo.sample"].search([]).unlink()
    visits = env["expo.visit"].search([])
    visits._drop_meeting()
    visits.write({"state": "cancelled"})
    visits.unlink()
    everything = env["expo.participation"].with_context(active_test=False).search([])
    # Through the ORM: chatter, reminders and attachments go with their customer, and letters in the queue.
    everything.unlink()
    # Through the ORM as well, for the same reason. After the customers: they point at their files.
    env["expo.customer.file"].with_context(active_test=False).search([]).unlink()
    env["ir.attachment"].search([("res_model", "=", "expo.capture"), ("res_field", "!=", False)]).unlink()
    env.cr.execute("DELETE FROM expo_capture")
    shows = env["expo.exhibition"].with_context(active_test=False).search([])
    campaigns = shows.campaign_id
    shows.unlink()
    campaigns.filtered(lambda campaign: not _is_referred_to(campaign)).unlink()
    _hand_over_activities(env)
    _forget_our_names(env)
    # Opportunities that were lost keep their reason.
    reasons = env["crm.lead"].with_context(active_test=False).search([("lost_reason_id", "!=", False)]).lost_reason_id
    kept = [("module", "=", "expo_followup"), ("model", "=", "crm.lost.reason"), ("res_id", "in", reasons.ids)]
    env["ir.model.data"].search(kept).unlink()
    # Each company has a sequence of its own, made with it.
    env["ir.sequence"].with_context(active_test=False).search([("code", "=", "expo.complaint")]).unlink()
    # By these keys a restored row is known again.
    env["ir.model.data"].search([("module", "=", "expo_archive")]).unlink()
    env["mail.activity.plan"].with_context(active_test=False).search(
        [("res_model", "=", "expo.participation")]
    ).unlink()


def _release_links_to_us(env):
    """Let go of our rows what a company linked to them in fields of its own, some of which would refuse to.

    The links end with our tables. Fields that such a company's views show stay, and hold nothing.
    """
    env.cr.execute(
        r"""SELECT conrelid::regclass::text, conname FROM pg_constraint
             WHERE contype = 'f' AND confdeltype IN ('r', 'a') AND conrelid::regclass::text !~ '^"?expo_'
               AND confrelid::regclass::text ~ '^"?expo_' AND conname ~ '^x_|_x_'"""
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name)))
    for field in env["ir.model.fields"].search(
        [("state", "=", "manual"), ("relation", "=like", "expo.%"), ("model", "not like", "expo.%")]
    ):
        try:
            with env.cr.savepoint():
                field.unlink()
        except UserError:
            _logger.info("The field %s of %s is shown in a view and stays.", field.name, field.model)


def _is_referred_to(record):
    """Tell whether a record of any model links to a record."""
    env = record.env(context={"active_test": False})
    links = (
        (model, field.name)
        for model in env.values()
        if model._auto and not model._abstract
        for field in model._fields.values()
        if field.store and field.type in ("many2one", "many2many") and field.comodel_name == record._name
    )
    return any(model.search_count([(name, "in", record.ids)], limit=1) for model, name in links)


def _hand_over_activities(env):
    """Give activities of other apps' records that have one of our types the general type: they stay to be done."""
    names = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "mail.activity.type")])
    activities = env["mail.activity"].with_context(active_test=False)
    theirs = activities.search(
        [("activity_type_id", "in", names.mapped("res_id")), ("res_model", "not like", "expo.%")]
    )
    theirs.activity_type_id = env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)


def _forget_our_names(env):
    """Take away what names our models and fields, and would raise once they are gone: favourites, exports, bundles."""
    rows = env["ir.filters"].with_context(active_test=False).search([])
    rows.filtered(lambda row: any(map(_is_our_name, (row.model_id, row.domain, row.context, row.sort)))).unlink()
    exports = env["ir.exports"].search([])
    exports.filtered(lambda row: _is_our_name(row.resource)).unlink()
    exports.exists().export_fields.filtered(lambda row: _is_our_name(row.name)).unlink()
    env["ir.attachment"].search([("url", "=like", f"/web/assets/%{MODULE}.%")]).unlink()
    env["ir.config_parameter"].search([("key", "=like", f"{MODULE}.%")]).unlink()
    custom = env["ir.ui.view.custom"].search([])
    custom.filtered(lambda row: _is_our_name(row.arch)).unlink()
    _drop_user_actions(env)
    for name, field in _NAMING.items():
        _get_user_made(env, name, lambda row, field=field: _is_our_name(row[field])).unlink()
    # What users added to the views of others stays, and is used no more.
    _get_user_made(env, "ir.ui.view", lambda row: _is_our_name(row.arch_db)).active = False


def _drop_user_actions(env):
    """Take away windows that users made of our models and fields, and the menus that open them."""
    names = ("res_model", "domain", "context")
    windows = _get_user_made(env, "ir.actions.act_window", lambda row: any(_is_our_name(row[name]) for name in names))
    env["ir.embedded.actions"].search(
        ["|", ("parent_action_id", "in", windows.ids), ("action_id", "in", windows.ids)]
    ).unlink()
    env["res.users"].with_context(active_test=False).search([("action_id", "in", windows.ids)]).action_id = False
    wanted = [f"ir.actions.act_window,{window.id}" for window in windows]
    menus = env["ir.ui.menu"].with_context(active_test=False, **{"ir.ui.menu.full_list": True})
    opened = menus.search([("action", "in", wanted)])
    opened.action = False
    # A menu with others below stays for these.
    while empty := opened.exists().filtered(lambda menu: not menu.child_id):
        empty.unlink()
    windows.unlink()


def _get_user_made(env, name, is_meant):
    """Return the records of a model that are meant, without the shipped ones: these go with the addon."""
    shipped = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", name)]).mapped("res_id")
    rows = env[name].with_context(active_test=False).search([("id", "not in", shipped)])
    return rows.filtered(is_meant)


def _is_our_name(text):
    """Tell whether a text names one of our models or fields."""
    return bool(_OUR_NAME.search(text or ""))


def keep_demo_records_in_use(env):
    """Before an uninstall: demo customers and products that orders or invoices refer to stay with these.

    The others go, as all demo data does; deleting these would fail, one by one.
    """
    names = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "res.partner")])
    companies = env["res.partner"].browse(names.mapped("res_id")).commercial_partner_id
    theirs = [("partner_id.commercial_partner_id", "in", companies.ids)]
    orders, invoices = env["sale.order"].search(theirs), env["account.move"].search(theirs)
    partners = orders.partner_id | orders.partner_invoice_id | orders.partner_shipping_id | invoices.partner_id
    products = orders.order_line.product_id | invoices.line_ids.product_id
    for records in (
        partners | partners.commercial_partner_id,
        products,
        products.product_tmpl_id,
        products.categ_id,
    ):
        env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", records._name), ("res_id", "in", records.ids)]
        ).unlink()

"""What a form sends for a new record, defaults included, is accepted for the users who may create it."""

from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from tests.common_access import AccessCase

#: Dialogs that say themselves who may open them.
CLOSED = {"expo.archive.restore"}
GET_MODIFIER = Form._get_modifier


def without_required(form, field_name, modifier, **kwargs):
    """Leave out what is required: a form that lacks it is refused for that, after the checks of access."""
    return False if modifier == "required" else GET_MODIFIER(form, field_name, modifier, **kwargs)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestNewForms(AccessCase):
    def _get_contexts(self):
        """Yield the contexts in which our screens create records of each of our models."""
        actions = self.env["ir.model.data"].search(
            [("module", "=", "expo_followup"), ("model", "=", "ir.actions.act_window")]
        )
        for action in self.env["ir.actions.act_window"].browse(actions.mapped("res_id")):
            if "form" in action.view_mode and action.res_model in self.env:
                names = {
                    "uid": self.env.uid,
                    "active_id": False,
                    "active_ids": [],
                    "context": {},
                    "allowed_company_ids": [],
                }
                context = safe_eval(action.context or "{}", names)
                yield action.res_model, {name: value for name, value in context.items() if value is not False}

    def test_new_form_that_is_saved_at_once_is_not_refused_for_what_it_sends_along(self):
        seen, saved = set(), set()
        for name, context in self._get_contexts():
            if (name, str(context)) in seen or self.env[name]._abstract:
                continue
            seen.add((name, str(context)))
            for role in ("manager", "salesperson"):
                model = self.env[name].with_user(self.users[role]).with_context(**context)
                if not model.has_access("create"):
                    continue
                if etree.fromstring(model.get_view(view_type="form")["arch"]).get("create") == "0" or name in CLOSED:
                    continue
                with (
                    self.subTest(model=name, role=role, context=context),
                    patch.object(Form, "_get_modifier", without_required),
                    mute_logger("odoo.sql_db"),
                ):
                    try:
                        with self.env.cr.savepoint():
                            Form(model).save()
                            saved.add(name)
                    except AccessError as error:
                        self.fail(f"A new form is refused: {error}")
                    except Exception:
                        # It lacks what the user is to fill in: refused after the checks of access.
                        pass
        self.assertGreaterEqual(len(seen), 20)
        self.assertTrue(saved, "some need nothing of the user")

    def test_manager_saves_a_new_exhibition_from_its_form(self):
        with Form(self.env["expo.exhibition"].with_user(self.users["manager"])) as form:
            form.name = "Autumn Fair"
            form.date_begin = "2026-10-12"
            form.date_end = "2026-10-15"
        self.assertTrue(
            form.record.sudo().survey_id, "the feedback form is proposed, though the manager may not read it"
        )

    def test_salesperson_saves_a_new_captured_contact_from_its_form(self):
        with Form(self.env["expo.capture"].with_user(self.users["salesperson"])) as form:
            form.exhibition_id = self.show
            form.name = "Maria Rossi"
            form.email = "maria@rossi.example"
        self.assertEqual(form.record.state, "new")
        for forged in ({"state": "approved"}, {"captured_by_id": self.colleague.id}):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                self.env["expo.capture"].with_user(self.users["salesperson"]).create(
                    {"exhibition_id": self.show.id, "name": "Maria", **forged}
                )

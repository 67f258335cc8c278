"""Users cannot link a record to one they may not read, and a form that is not saved shows nothing of it."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.common import ExpoCase
from tests.common_access import AccessCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-22 08:00:00")
class TestUnsavedForms(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry = cls._make_participation("Maria Rossi", user=cls.colleague)
        cls.file = cls.entry.file_id
        cls.person = cls.env["expo.customer.person"].create({"file_id": cls.file.id, "name": "Signora Rossi"})
        lines = [Command.create({"name": "Plates"})]
        cls.sample = cls.env["expo.sample"].create({"participation_id": cls.entry.id, "line_ids": lines})

    def _ask(self, user, model, values, shown, **context):
        """Ask what a new form of this model would show, as the web client does."""
        spec = {name: {} for name in {*values, *shown}}
        return self.env[model].with_user(user).with_context(**context).onchange(values, list(values), spec)["value"]

    def test_unsaved_form_shows_nothing_of_a_colleagues_customer(self):
        asked = (
            ("expo.visit.person", {"person_id": self.person.id}, ["name", "decides"]),
            ("expo.visit", {"participation_id": self.entry.id}, ["partner_id"]),
            ("expo.sample", {"participation_id": self.entry.id}, ["partner_id"]),
            ("expo.sample.step", {"sample_id": self.sample.id}, ["goods"]),
            ("expo.followup", {"participation_id": self.entry.id}, ["partner_id"]),
            ("expo.suggestion", {"person_id": self.person.id}, ["file_id"]),
        )
        for model, values, shown in asked:
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    self._ask(self.seller, model, values, shown)
                defaults = {f"default_{name}": value for name, value in values.items()}
                with self.assertRaises(AccessError):
                    self._ask(self.seller, model, {}, [*values, *shown], **defaults)
                self.assertTrue(self._ask(self.colleague, model, values, shown))

    def test_nor_through_a_line_of_a_form(self):
        line = [0, "virtual_1", {"person_id": self.person.id}]
        with self.assertRaises(AccessError):
            self._ask(self.seller, "expo.visit", {"person_ids": [line]}, [])

    def test_who_was_asked_to_make_a_visit_opens_and_saves_it(self):
        visit = self.env["expo.visit"].with_user(self.colleague).create({"participation_id": self.entry.id})
        visit.user_id = self.seller
        with Form(visit.with_user(self.seller)) as form:
            form.aim = "An order"
        self.assertEqual(visit.aim, "An order")


@tagged("post_install", "-at_install")
class TestPointed(AccessCase):
    """In both directions of two companies, whatever a user may point at."""

    def _make_unreadable(self, user):
        """Records of the company in which the user does not work, by the model's name."""
        records = self._make_customer(user, "other company")
        partner, company = records["expo.participation"].partner_id, records["expo.participation"].company_id
        partner.write({"name": "Secret Person", "email": "secret@customer.example", "phone": "+39 02 5550 1234"})
        product = self.env["product.product"].create({"name": "Secret Mug", "company_id": company.id})
        values = {"partner_id": partner.id, "company_id": company.id}
        found = {
            **records,
            "res.partner": partner,
            "product.product": product,
            "product.template": product.product_tmpl_id,
            "sale.order": self.env["sale.order"].create(values),
            "crm.lead": self.env["crm.lead"].create({"name": "Secret", **values}),
        }
        readable = self.env(user=user)
        return {
            model: record
            for model, record in found.items()
            if record and record._auto and not readable[model].browse(record.ids).has_access("read")
        }

    def _get_pointing_fields(self, user, targets):
        for model in sorted(name for name in self.env.registry if name.startswith("expo.")):
            records = self.env[model].with_user(user)
            if not records._abstract and (records.has_access("create") or records.has_access("write")):
                for field in records._fields.values():
                    if field.type in ("many2one", "many2many") and field.comodel_name in targets:
                        yield records, field

    def _get_doors(self, records, field, target, own):
        """Yield each way to point at a record, as what it is called and a function that does it."""
        value = target.id if field.type == "many2one" else [Command.set(target.ids)]
        default = records.with_context(**{f"default_{field.name}": value})
        spec = {field.name: {}, "display_name": {}}
        yield "onchange", lambda: records.onchange({field.name: value}, [field.name], spec)
        yield "default of a form", lambda: default.onchange({}, [], spec)
        if records.has_access("create"):
            yield "create", lambda: records.create({**self._get_needed(records, own), field.name: value})
            if not field.readonly:
                needed = self._get_needed(records, own)
                needed.pop(field.name, None)
                yield "default", lambda: default.create(needed)
        if records._name in own and records.has_access("write"):
            yield "write", lambda: records.browse(own[records._name].id).write({field.name: value})

    def _get_needed(self, records, own):
        """What a record needs besides, of the models that do not refuse at once."""
        partner = self.env["res.partner"].create({"name": "Hans Becker"})
        show = self._show_of(records.env.user)
        # Those whose constraints speak first.
        later = records._fields.values() if records._expo_checked_later else ()
        words = {field.name: "X" for field in later if field.required and field.type in ("char", "text")}
        return words | {
            "expo.participation": {"exhibition_id": show.id, "partner_id": partner.id},
            "expo.sample": {"partner_id": partner.id},
            "expo.visit.person": {"visit_id": own["expo.visit"].id},
        }.get(records._name, {})

    def test_record_pointed_at_what_one_may_not_read_is_refused(self):
        count = 0
        for user in (self.users["salesperson"], self.their_seller):
            targets, own = self._make_unreadable(user), self._make_customer(user, "own")
            for records, field in self._get_pointing_fields(user, targets):
                target = targets[field.comodel_name]
                for door, point in self._get_doors(records, field, target, own):
                    with self.subTest(user=user.login, model=records._name, field=field.name, door=door):
                        count += 1
                        try:
                            with self.env.cr.savepoint():
                                made = point()
                        except UserError as error:
                            self.assertNotIn("Secret", str(error))
                        else:
                            self.assertIn(door, ("create", "default"), "not refused")
                            self.assertFalse(made.sudo()[field.name] & target, "left out in silence")
                    self.env.invalidate_all()
        self.assertGreater(count, 500)

    def test_followup_or_sample_of_a_contact_one_may_not_read_tells_no_address(self):
        roles = ("salesperson", "all documents", "other manager", "clerk", "portal")
        for user in (*(self.users[role] for role in roles), self.their_seller):
            secret = self._make_unreadable(user)["res.partner"]
            for model in ("expo.followup", "expo.sample", "expo.visit", "expo.participation"):
                records = self.env[model].with_user(user)
                spec = {name: {} for name in ("display_name", "email", "phone") if name in records._fields}
                for door, ask in (
                    ("create", lambda r=records, s=secret: r.create({"partner_id": s.id})),
                    ("save", lambda r=records, s=secret, spec=spec: r.web_save({"partner_id": s.id}, spec)),
                    ("form", lambda r=records, s=secret, spec=spec: r.onchange({"partner_id": s.id}, [], spec)),
                    ("context", lambda r=records, s=secret: r.with_context(default_partner_id=s.id).create({})),
                ):
                    with self.subTest(user=user.login, model=model, door=door), self.assertRaises(AccessError):
                        ask()
                self.env["ir.default"].set(model, "partner_id", secret.id, user_id=user.id)
                with self.subTest(user=user.login, model=model, door="stored default"):
                    with self.assertRaises(AccessError):
                        records.onchange({}, [], spec)
                    with self.assertRaises(AccessError):
                        records.create({})

    def test_sample_line_of_a_product_one_may_not_read_is_refused(self):
        user = self.users["salesperson"]
        secret, own = self._make_unreadable(user), self._make_customer(user, "own")
        line = {"product_id": secret["product.product"].id, "name": "A mug"}
        samples = self.env["expo.sample"].with_user(user)
        for command in (Command.create(line), Command.link(secret["expo.sample.line"].id)):
            values = {"line_ids": [command]}
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    samples.create({"participation_id": own["expo.participation"].id, **values})
                with self.assertRaises(AccessError):
                    samples.browse(own["expo.sample"].id).write(values)
                with self.assertRaises(AccessError):
                    samples.onchange(values, ["line_ids"], {"goods": {}})

    def test_record_that_points_there_already_is_still_written(self):
        user = self.users["salesperson"]
        touch = self._make_customer(user, "own")["expo.followup"]
        touch.partner_id.company_id = self.other_company
        mine = self.env["expo.followup"].with_user(user).browse(touch.id)
        mine.write({"partner_id": touch.partner_id.id, "summary": "Call again"})
        self.assertEqual(touch.summary, "Call again")


@tagged("post_install", "-at_install")
class TestEveryModel(ExpoCase):
    def test_form_with_lines_of_a_core_model_is_checked_as_well(self):
        entry = self._make_participation("Maria Rossi", user=self.seller).with_user(self.seller)
        foreign = self._make_participation("Hans Becker", user=self.colleague).partner_id
        activity = {"summary": "Call", "user_id": self.seller.id}
        entry.onchange({"activity_ids": [Command.create(activity)]}, [], {"activity_ids": {"fields": {"summary": {}}}})
        own_file = self._make_participation("Rosa Rossi", user=self.colleague).file_id
        order = {"partner_id": foreign.id, "expo_participation_id": own_file.participation_ids.id}
        with self.assertRaises(AccessError):
            entry.onchange({"order_ids": [Command.create(order)]}, [], {"order_ids": {"fields": {"name": {}}}})

    def test_model_that_users_write_names_the_check_of_links_last(self):
        for name, model in self.registry.items():
            if name.startswith("expo.") and not model._abstract and model._auto:
                with self.subTest(model=name):
                    self.assertTrue(
                        issubclass(model, self.registry["expo.linked.records"]), "users could point it at anything"
                    )

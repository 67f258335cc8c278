"""Users cannot link a record to one they may not read, and a form that is not saved shows nothing of it."""

from collections import Counter

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from tests.common import ExpoCase
from tests.common_access import SECRET, AccessCase


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

    def test_order_is_linked_to_a_colleagues_entry_of_its_own_customer_only(self):
        other = self._make_participation("Hans Becker", user=self.colleague)
        orders = self.env["sale.order"].with_user(self.seller)
        with Form(orders) as form:
            form.partner_id = self.entry.partner_id
        order = form.record
        self.assertEqual(order.sudo().expo_participation_id, self.entry)
        order.write({"partner_id": self.entry.partner_id.id, "expo_participation_id": self.entry.id})
        for values in (
            {"expo_participation_id": other.id},
            {"partner_id": self.entry.partner_id.id, "expo_participation_id": other.id},
        ):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    order.write(values)
                with self.assertRaises(AccessError):
                    orders.create({"partner_id": self.entry.partner_id.id, **values})
                with self.assertRaises(AccessError):
                    self._ask(self.seller, "sale.order", values, ["expo_participation_id"])

    def test_who_was_asked_to_make_a_visit_opens_and_saves_it(self):
        visit = self.env["expo.visit"].with_user(self.colleague).create({"participation_id": self.entry.id})
        visit.user_id = self.seller
        with Form(visit.with_user(self.seller)) as form:
            form.aim = "An order"
        self.assertEqual(visit.aim, "An order")


@tagged("post_install", "-at_install")
class TestPointed(AccessCase):
    """In both directions of two companies, whatever a user may point at.

    Salespeople of both companies try every way to every field of every model. The check is the same for every user, so
    the other roles try one way to one field of each model, a different one each.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["res.partner"].create({"name": "Hans Becker"})

    def _get_roles(self):
        """Yield each user, and the number of the field of each model, and of the way, that they try; None for all."""
        for number, (role, user) in enumerate(self.users.items()):
            yield user, None if role == "salesperson" else number
        yield self.their_seller, None

    def setUp(self):
        super().setUp()
        self.far = {}

    def _make_unreadable(self, user):
        """Records of the company in which the user does not work, by the model's name."""
        if user.company_id not in self.far:
            self.far[user.company_id] = self._make_far(user)
        readable = self.env(user=user)
        return {
            model: record
            for model, record in self.far[user.company_id].items()
            if record and record._auto and not readable[model].browse(record.ids).has_access("read")
        }

    def _make_far(self, user):
        records = self._make_customer(user, "other company")
        partner, company = records["expo.participation"].partner_id, records["expo.participation"].company_id
        partner.write({"name": "Secret Person", "email": "secret@customer.example", "phone": "+39 02 5550 1234"})
        product = self.env["product.product"].create({"name": "Secret Mug", "company_id": company.id})
        values = {"partner_id": partner.id, "company_id": company.id}
        file = records["expo.customer.file"]
        in_file = {"res_model": file._name, "res_id": file.id}
        records["expo.participation"]._ensure_feedback_inputs()
        line = {"name": "Secret", "product_id": product.id}
        return {
            **records,
            "res.users": self.their_seller if user.company_id != self.other_company else self.seller,
            "ir.attachment": self.env["ir.attachment"].create({"name": "Secret", **in_file}),
            "mail.message": file.message_post(body="Secret"),
            "mail.activity": file.activity_schedule("mail.mail_activity_data_todo", summary="Secret"),
            "survey.user_input": records["expo.participation"].feedback_input_ids,
            "crm.team": self.env["crm.team"].create({"name": "Secret", "company_id": company.id}),
            "res.partner": partner,
            "product.product": product,
            "product.template": product.product_tmpl_id,
            "sale.order": (order := self.env["sale.order"].create({**values, "order_line": [Command.create(line)]})),
            "sale.order.line": order.order_line,
            "crm.lead": self.env["crm.lead"].create({"name": "Secret", **values}),
        }

    def _get_pointing_fields(self, user, targets, number=None):
        """Yield the fields of our models, and ours of core's, by which the user might point at one of the targets.

        :param int number: of the one field of each model; all when None
        """
        for model in sorted(self.env.registry):
            records = self.env[model].with_user(user)
            if records._abstract or not (records.has_access("create") or records.has_access("write")):
                continue
            found = [
                field
                for field in records._fields.values()
                if field.relational
                and field.comodel_name in targets
                and (model.startswith("expo.") or "expo_followup" in field._modules)
            ]
            if found and number is not None:
                found = [found[number % len(found)]]
            for field in found:
                yield records, field

    def _get_doors(self, records, field, target, own):
        """Yield each way to point at a record, as what it is called and a function that does it."""
        value = {"many2one": target[:1].id, "many2many": [Command.set(target.ids)]}.get(field.type)
        value = value or [Command.link(target[:1].id)]
        default = records.with_context(**{f"default_{field.name}": value})
        spec = {field.name: {"fields": {"display_name": {}}}, "display_name": {}}
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
        partner, show = self.known, self._show_of(records.env.user)
        # Those whose constraints speak first.
        later = records._fields.values() if getattr(records, "_expo_checked_later", ()) else ()
        words = {field.name: "X" for field in later if field.required and field.type in ("char", "text")}
        return words | {
            "expo.participation": {"exhibition_id": show.id, "partner_id": partner.id},
            "expo.sample": {"partner_id": partner.id},
            "expo.visit.person": {"visit_id": own["expo.visit"].id},
            "expo.followup": {"partner_id": partner.id},
            "expo.complaint.line": {"complaint_id": own["expo.complaint"].id, "product_name": "Mug"},
            "sale.order": {"partner_id": partner.id},
            "crm.lead": {"name": "Lead"},
            "res.partner": {"name": "Rosa Becker"},
        }.get(records._name, {})

    def _try(self, records, field, target, own, door, point):
        """Go through a door, and see that nothing of the target is told or linked."""
        try:
            made = point()
        except UserError as error:
            self.assertNotIn("Secret", str(error))
            return
        if records._name.startswith("expo."):
            self.assertIn(door, ("create", "default"), "not refused")
        if door == "write":
            made = records.browse(own[records._name].id)
        if door in ("create", "default", "write"):
            made.invalidate_recordset()
            self.assertFalse(made.sudo()[field.name] & target, "left out in silence")
        else:
            self.assertNotIn("Secret", str(made))
            self.assertNotIn(SECRET, str(made))

    def test_record_pointed_at_what_one_may_not_read_is_refused(self):
        counts = Counter()
        for user, number in self._get_roles():
            targets, own = self._make_unreadable(user), self._make_customer(user, "own")
            own["res.partner"] = own["expo.participation"].partner_id
            own["sale.order"] = self.env["sale.order"].create(
                {"partner_id": own["res.partner"].id, "company_id": user.company_id.id, "user_id": user.id}
            )
            for records, field in self._get_pointing_fields(user, targets, number):
                target = targets[field.comodel_name]
                doors = list(self._get_doors(records, field, target, own))
                if number is not None:
                    doors = [doors[(number + counts[user]) % len(doors)]]
                # Taken back only where something was made: to fetch everything anew is what takes the time.
                with self.env.cr.savepoint() as savepoint:
                    for door, point in doors:
                        with self.subTest(user=user.login, model=records._name, field=field.name, door=door):
                            counts[user] += 1
                            self._try(records, field, target, own, door, point)
                        if door == "create":
                            savepoint.rollback()
                    savepoint.rollback()
        few = [counts.pop(user, 0) for user, number in self._get_roles() if number is not None]
        self.assertGreater(min(counts.values()), 500)
        self.assertGreater(sum(few), 150)

    def test_unsaved_form_of_core_shows_nothing_of_ours_behind_what_one_may_not_read(self):
        count = 0
        for user in (*self.users.values(), self.their_seller):
            targets = self._make_unreadable(user)
            for model in sorted(self.env.registry):
                records = self.env[model].with_user(user)
                ours = [name for name, field in records._fields.items() if name.startswith("expo_")]
                if model.startswith("expo.") or records._abstract or not ours or not records.has_access("read"):
                    continue
                names = [name for name in ours if records._has_field_access(records._fields[name], "read")]
                spec = {
                    name: {"fields": {"display_name": {}}} if records._fields[name].relational else {} for name in names
                }
                for field in records._fields.values():
                    if field.type != "many2one" or field.comodel_name not in targets:
                        continue
                    with self.subTest(user=user.login, model=model, field=field.name):
                        count += 1
                        try:
                            with self.env.cr.savepoint():
                                value = {field.name: targets[field.comodel_name][:1].id}
                                told = str(records.onchange(value, [field.name], spec))
                        except UserError as error:
                            told = str(error)
                        self.assertNotIn("Secret", told)
                        self.assertNotIn(SECRET, told)
                    self.env.invalidate_all()
        self.assertGreater(count, 50)

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

    def test_form_with_a_saved_line_that_points_there_already_still_opens(self):
        user = self.users["salesperson"]
        sample = self._make_customer(user, "own")["expo.sample"]
        product = self.env["product.product"].create({"name": "Old Mug"})
        line = sample.line_ids
        line.product_id = product
        product.company_id = self.other_company
        self.assertFalse(product.with_user(user).has_access("read"))
        values = {"line_ids": [Command.update(line.id, {"product_id": product.id, "name": "A mug"})]}
        spec = {"goods": {}, "line_ids": {"fields": {"name": {}}}}
        told = sample.with_user(user).onchange(values, ["line_ids"], spec)["value"]
        self.assertEqual(told["goods"], "A mug")


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

    def test_product_that_a_customer_asked_about_is_shown_when_it_is_sold_no_more(self):
        """Exhibits are of the present: they are offered in letters and at the booth."""
        product = self.env["product.product"].create({"name": "Pump"})
        customer = self._make_participation("Maria")
        records = {
            "expo.participation": customer,
            "expo.capture": self.env["expo.capture"].create({"exhibition_id": self.show.id, "name": "Maria"}),
            "expo.distribute.line": self.env["expo.distribute.line"].create(
                {"wizard_id": self.env["expo.distribute"].create({}).id, "participation_id": customer.id}
            ),
        }
        links = [
            field
            for model in self.env.values()
            if model._original_module == "expo_followup" and not model._abstract and model._name != "expo.exhibition"
            for field in model._fields.values()
            if field.type == "many2many" and field.comodel_name == "product.product"
        ]
        self.assertEqual({field.model_name for field in links}, set(records))
        for field in links:
            if not field.related:
                records[field.model_name][field.name] = product
        product.active = False
        self.env.invalidate_all()
        for field in links:
            with self.subTest(field=str(field)):
                shown = records[field.model_name].web_read({field.name: {"fields": {"display_name": {}}}})
                self.assertEqual([[one["id"] for one in row[field.name]] for row in shown], [[product.id]] * len(shown))

    def test_model_that_users_write_names_the_check_of_links_last(self):
        for name, model in self.registry.items():
            if name.startswith("expo.") and not model._abstract and model._auto:
                with self.subTest(model=name):
                    self.assertTrue(
                        issubclass(model, self.registry["expo.linked.records"]), "users could point it at anything"
                    )

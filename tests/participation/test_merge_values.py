"""Whatever differs between merged records is kept: in a field, on another row, or in a note."""

import base64
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.addons.expo_followup.models.core import base_partner_merge
from odoo.addons.expo_followup.models.mixins.merging import get_fact_names, get_words
from odoo.addons.expo_followup.models.participation import participation
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestMergeKeepsValues(ExpoCase):
    """Whatever differs: each value of a merged record stands in the one that is kept, or in a note on it."""

    # What one relation or selection cannot vary freely; these have tests of their own, or are the same by nature.
    SAME = {
        "expo.participation": {"exhibition_id", "partner_id", "lead_id", "captured_on"},
        "expo.customer.person": {"partner_id"},
        "expo.customer.file": {"partner_id", "company_id", "customer_since", "greeted_on", "reminder_id"},
        "res.partner": {"parent_id", "is_company", "company_id", "image_1920", "type", "peppol_eas"},
    }

    def _get_values(self, model, names, number):
        """Values for facts, different for each ``number`` as far as the field allows."""
        values = {}
        for name in names:
            field = self.env[model]._fields[name]
            if field.type in ("char", "text"):
                values[name] = f"{field.string} No. {number}"
            elif field.type == "html":
                values[name] = f"<p>{field.string} No. {number}</p>"
            elif field.type in ("integer", "float", "monetary"):
                values[name] = 1990 + number
            elif field.type == "date":
                values[name] = date(2026, 4, 1 + number)
            elif field.type == "datetime":
                values[name] = datetime(2026, 4, 1 + number, 8)
            elif field.type == "boolean":
                values[name] = True
            elif field.type == "selection":
                keys = [key for key, _label in field._description_selection(self.env)]
                values[name] = keys[number % len(keys)]
            elif field.type == "many2one":
                found = self.env[field.comodel_name].with_context(active_test=False).search([], limit=4)
                if field.comodel_name == "res.users":
                    found = self.manager | self.seller | self.colleague
                if found:
                    values[name] = found[number % len(found)].id
        return values

    def _get_said(self, record, names):
        """The words for each fact that a record knows."""
        words = {name: get_words(record, name) for name in names if record[name] and name != "image_1920"}
        return {name: str(text) for name, text in words.items()}

    def _assert_kept(self, kept, said, *threads):
        """Each word stands in its field of the record that is kept, or with the field's label in a note."""
        self.env.flush_all()
        self.env.invalidate_all()
        notes = " ".join(html2plaintext(body) for body in (kept, *threads)[-1].message_ids.mapped("body"))
        now = self._get_said(kept, get_fact_names(kept))
        for name, text in said.items():
            label = kept._fields[name]._description_string(self.env)
            with self.subTest(model=kept._name, field=name, text=text):
                self.assertTrue(text in now.get(name, "") or f"{label}: {text}" in notes, notes)

    def _merge(self, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept + self.env["res.partner"].concat(*others)).ids, dst_partner=kept)

    def _get_entry_names(self):
        entries = self.env["expo.participation"]
        names = get_fact_names(entries, entries._unmerged_fields)
        return [name for name in names if name not in self.SAME["expo.participation"]]

    def _make_full_entry(self, number, **values):
        facts = self._get_values("expo.participation", self._get_entry_names(), number) | values
        partner = self._make_partner(f"Maria Rossi {number}")
        return self.env["expo.participation"].create({"exhibition_id": self.show.id, "partner_id": partner.id, **facts})

    def test_notes_of_two_contacts_written_as_plain_text_stand_on_lines_of_their_own(self):
        kept = self._make_partner("Maria Rossi", email="", comment="Likes tea")
        other = self._make_partner("Maria Rosi", email="", comment="Likes coffee")
        self._merge(kept, other)
        self.assertEqual(html2plaintext(kept.comment).split("\n"), ["Likes tea", "Likes coffee"])

    def test_entry_that_differs_in_every_fact_loses_none(self):
        names = self._get_entry_names()
        for case, numbers in {"two": (0, 1), "three": (0, 1, 2)}.items():
            for kept_number in (0, 1):
                with self.subTest(case=case, kept=kept_number), self.env.cr.savepoint() as savepoint:
                    entries = self.env["expo.participation"].concat(*map(self._make_full_entry, numbers))
                    said = [self._get_said(entry, names) for entry in entries]
                    for entry, words in zip(entries, said, strict=True):
                        for name, value in participation.NEUTRAL.items():
                            if entry[name] == value:
                                words.pop(name)
                    partners = entries.partner_id
                    self._merge(partners[kept_number], partners - partners[kept_number])
                    kept = entries.exists()
                    self.assertEqual(len(kept), 1)
                    for words in said:
                        words.pop("user_id")
                        self._assert_kept(kept, words)
                    owners = kept.user_id | kept.co_recorder_ids
                    self.assertLessEqual({self.manager, self.seller}, set(owners))
                    note = kept.message_ids.filtered(lambda message: "now merged into" in message.body)
                    self.assertEqual(len(note), 1)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_entry_without_facts_takes_over_those_of_the_other(self):
        names = self._get_entry_names()
        empty = self._make_participation("Maria Rosi", captured_on="2026-04-01 09:00:00", user=False)
        full = self._make_full_entry(1, captured_on="2026-04-02 09:00:00")
        said = self._get_said(full, names)
        optional = [name for name in names if not empty[name]]
        self.assertIn("booth", optional)
        self._merge(empty.partner_id, full.partner_id)
        now = self._get_said(empty, names)
        for name in optional:
            if name in said and name not in ("tier_reason", "outcome_reason"):
                with self.subTest(field=name):
                    self.assertEqual(now.get(name), said[name])
        self._assert_kept(empty, {name: text for name, text in said.items() if name != "user_id"})

    def test_reason_of_an_outcome_comes_with_the_outcome(self):
        first = self._make_participation("Maria Rossi")
        second = self._make_participation("Maria Rosi", outcome="won", outcome_reason="Signed at the stand")
        third = self._make_participation("Maria Rosso", outcome="lost", outcome_reason="Too dear")
        self._merge(first.partner_id, second.partner_id, third.partner_id)
        self.assertEqual((first.outcome, first.outcome_reason), ("won", "Signed at the stand"))
        self.assertIn("Outcome Reason: Too dear", html2plaintext("".join(first.message_ids.mapped("body"))))

    def test_entry_that_is_the_same_leaves_no_note(self):
        first, second = (self._make_participation(name) for name in ("Maria Rossi", "Maria Rosi"))
        self._merge(first.partner_id, second.partner_id)
        self.assertNotIn("now merged into", "".join(first.message_ids.mapped("body")))

    def test_every_row_of_a_merged_record_moves(self):
        """No model that points at an entry, a file or a person of a file is forgotten."""
        companies = [self._make_partner(f"Rossi {number}", is_company=True) for number in range(2)]
        people = [self._make_partner("Maria Rossi", parent_id=company.id) for company in companies]
        entries = [self._make_participation(partner=partner) for partner in people]
        files = [entry.file_id for entry in entries]
        rows = [file.person_ids for file in files]
        gone = {record._name: record for record in (entries[1], files[1], rows[1])}
        links = [
            (model, name)
            for model in self.env.registry.models.values()
            if not model._abstract and not model._transient and model._auto
            for name, field in model._fields.items()
            if field.type == "many2one" and field.store and not field.related and field.comodel_name in gone
        ]
        self.assertGreater(len(links), 15)
        target, file, person = entries[1], files[1], rows[1]
        self.env["expo.suggestion"].create({"file_id": file.id, "participation_id": target.id, "text": "Good"})
        visit = self.env["expo.visit"].create(
            {"participation_id": target.id, "aim": "Talk", "start": "2026-05-14 08:00:00"}
        )
        self.env["expo.visit.person"].create({"visit_id": visit.id, "person_id": person.id})
        self.env["expo.sample"].create({"participation_id": target.id})
        self.env["expo.gift"].create({"file_id": file.id, "person_id": person.id, "name": "Tea"})
        self.env["expo.customer.account"].create({"person_id": person.id, "kind": "qq", "account": "1"})
        self.env["expo.customer.preference"].create({"person_id": person.id, "text": "Tea"})
        self.env["expo.customer.plan"].create({"file_id": file.id, "name": "May"})
        self.env["expo.complaint"].create({"subject": "Late", "partner_id": people[1].id})
        self.env["sale.order"].create({"partner_id": people[1].id, "expo_participation_id": target.id})
        counts = {}
        for model, name in links:
            records = self.env[model._name].with_context(active_test=False)
            field = model._fields[name]
            counts[model._name, name] = records.search([(name, "=", gone[field.comodel_name].id)])
        self._merge(companies[0], companies[1])
        self._merge(people[0], people[1])
        self.assertFalse(entries[1].exists() or files[1].exists() or rows[1].exists())
        kept = {record._name: record for record in (entries[0], files[0], rows[0])}
        covered = set()
        for (model, name), records in counts.items():
            expected = kept[self.env[model]._fields[name].comodel_name]
            with self.subTest(model=model, field=name):
                # Planned rows and changes are made anew for the one entry.
                left = records.exists() if model == "expo.followup" else records
                self.assertTrue(all(record[name] == expected for record in left.exists()))
                self.assertEqual(
                    left, left.exists() | (left & kept.get(model, left.browse()) | gone.get(model, left.browse()))
                )
            covered |= {(model, name)} if records else set()
        self.assertIn(("expo.suggestion", "participation_id"), covered)
        self.assertIn(("expo.visit.person", "person_id"), covered)

    def test_contact_that_differs_in_every_fact_loses_none(self):
        model = "res.partner"
        names = [
            name
            for name in get_fact_names(self.env[model], base_partner_merge.NOT_MERGED)
            if name not in self.SAME[model] and not self.env[model]._fields[name].company_dependent
        ]
        for name in ("phone", "function", "email", "website", "comment", "expo_foreign_notes", "street", "ref"):
            self.assertIn(name, names)
        companies = [self._make_partner(f"Rossi {number}", is_company=True) for number in range(3)]
        for case, count in {"two": 2, "three": 3}.items():
            for is_company in (False, True):
                with self.subTest(case=case, company=is_company), self.env.cr.savepoint() as savepoint:
                    contacts = self.env[model].with_context(no_vat_validation=True).create(
                        [
                            {
                                **self._get_values(model, names, number), "name": f"Maria {number}",
                                "email": f"maria{number}@customer.example", "website": f"http://m{number}.example",
                                "vat": False, "peppol_endpoint": False, "global_location_number": False,
                                "is_company": is_company, "parent_id": not is_company and companies[number].id,
                            }
                            for number in range(count)
                        ]
                    )  # fmt: skip
                    of_company = set() if is_company else set(contacts._commercial_fields())
                    said = [self._get_said(contact, names) for contact in contacts[1:]]
                    self._merge(contacts[0], *contacts[1:])
                    for words in said:
                        self._assert_kept(
                            contacts[0], {name: text for name, text in words.items() if name not in of_company}
                        )
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_contact_notes_are_joined_and_the_picture_is_attached(self):
        pictures = [
            base64.b64encode(
                b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="%d"/></svg>' % number
            )
            for number in (1, 2)
        ]
        first, second = (
            self._make_partner(
                name, comment=f"<p>{name} is tall</p>", expo_foreign_notes=f"{name} eats no pork", image_1920=picture
            )
            for name, picture in zip(("Maria", "Mary"), pictures, strict=True)
        )
        self._merge(first, second)
        self.assertEqual(html2plaintext(first.comment).split("\n")[0], "Maria is tall")
        self.assertIn("Mary is tall", first.comment)
        self.assertEqual(first.expo_foreign_notes, "Maria eats no pork\n\nMary eats no pork")
        self.assertNotIn("pork", "".join(first.message_ids.mapped("body")), "not all employees may read it")
        self.assertEqual((first.image_1920, first.message_ids.attachment_ids.datas), tuple(pictures))

    def test_contact_merged_by_a_clerk_keeps_what_the_clerk_cannot_read(self):
        clerk = new_test_user(self.env, "clerk", "base.group_user,base.group_partner_manager")
        first, second = (self._make_partner(name, email="m@customer.example") for name in ("Maria", "Mary"))
        second.write({"expo_foreign_notes": "No pork", "user_id": self.seller.id})
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(clerk).create({})
        wizard._merge((first + second).ids, dst_partner=first.with_user(clerk))
        self.assertEqual((first.expo_foreign_notes, first.user_id), ("No pork", self.seller))

    def test_contacts_merged_by_hand_keep_what_differs(self):
        first, second = (
            self._make_partner(name, email="m@customer.example", phone=f"+39 02 123456{number}", user_id=self.seller.id)
            for number, name in enumerate(("Maria Rossi", "Maria Rosi"))
        )
        pair = self.env["expo.duplicate"].create(
            {"partner_a_id": first.id, "partner_b_id": second.id, "reason": "email"}
        )
        pair.with_user(self.seller).action_merge_into_b()
        self.assertIn("Phone: +39 02 1234560", html2plaintext("".join(second.message_ids.mapped("body"))))

    def test_person_of_a_file_that_differs_in_every_fact_loses_none(self):
        model = "expo.customer.person"
        names = [name for name in get_fact_names(self.env[model]) if name not in self.SAME[model]]
        company = self._make_partner("Rossi Srl", is_company=True)
        file = self.env["expo.customer.file"].create({"partner_id": company.id})
        contacts = [self._make_partner(f"Maria {number}", parent_id=company.id) for number in range(3)]
        people = self.env[model].create(
            [
                {"file_id": file.id, "partner_id": contact.id} | self._get_values(model, names, number)
                for number, contact in enumerate(contacts)
            ]
        )
        said = [self._get_said(person, names) for person in people]
        self._merge(*contacts)
        person = people.exists()
        self.assertEqual(len(person), 1)
        for words in said:
            words.pop("name")
            self._assert_kept(person, words, file)
        # The note is the person's as well: it is told and erased with the person.
        contacts[0].name = "Full Name No. 1"
        found = self.env["expo.privacy"]._find_records(contacts[0])
        messages = self.env["expo.privacy"]._find_messages(contacts[0], found)
        self.assertIn("Hobbies No. 1", "".join(messages.mapped("body")))

    def test_file_that_differs_in_every_fact_loses_none(self):
        model = "expo.customer.file"
        names = [name for name in get_fact_names(self.env[model]) if name not in self.SAME[model]]
        skipped = {"failure_count", "failure_reason", "opened_on", "verified_on", "verified_by_id", "closing_day"}
        names = [name for name in names if name not in skipped]
        files = self.env[model].concat(
            *(
                self.env[model].create(
                    {"partner_id": self._make_partner(f"Rossi {number}", is_company=True).id, "closing_day": 3 + number}
                    | self._get_values(model, names, number)
                )
                for number in range(3)
            )
        )
        said = [self._get_said(file, [*names, "closing_day"]) for file in files]
        self._merge(*files.partner_id)
        kept = files.exists()
        self.assertEqual(len(kept), 1)
        for words in said:
            self._assert_kept(kept, words)

    def test_scheduled_messages_and_done_activities_move_to_the_kept_records(self):
        first, second = (self._make_participation(name) for name in ("Maria Rossi", "Maria Rosi"))
        places = [second, second.partner_id, second.file_id]
        messages = self.env["mail.scheduled.message"].with_user(self.seller).create(
            [
                {
                    "model": record._name, "res_id": record.id, "body": "Soon",
                    "author_id": self.seller.partner_id.id, "partner_ids": second.partner_id.ids,
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                }
                for record in places
            ]
        )  # fmt: skip
        activities = self.env["mail.activity"].concat(
            *(record.activity_schedule("mail.mail_activity_data_call", note="Call") for record in places)
        )
        activities._action_done(feedback="Talked")
        self._merge(first.partner_id, second.partner_id)
        kept = [first.id, first.partner_id.id, first.file_id.id]
        self.assertEqual(messages.mapped("res_id"), kept)
        self.assertEqual(messages.partner_ids, first.partner_id)
        self.assertEqual(activities.mapped("res_id"), kept)
        self.assertEqual(messages.with_user(self.seller).search([]), messages, "their author still sees them")

    def test_merging_three_entries_with_everything_takes_few_queries_more(self):
        def count(number):
            entries = self.env["expo.participation"].concat(*map(self._make_full_entry, range(number)))
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._merge(*entries.partner_id)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertLess(count(3), 1.7 * count(2))

    def test_three_entries_with_the_same_plan_become_one(self):
        entries = [
            self._make_participation(f"Maria {number}", captured_on=f"2026-04-17 0{number}:00:00")
            for number in range(3)
        ]
        self.show.with_user(self.manager).close_show()
        for entry in entries[1:]:
            self._step_of(entry, "first_call").record_outcome(f"Talked to {entry.partner_id.name}", "neutral")
        self._merge(*(entry.partner_id for entry in entries))
        done = entries[0].followup_ids.filtered(lambda followup: followup.state == "done" and not followup.is_letter)
        self.assertEqual(set(done.mapped("content")), {"Talked to Maria 1", "Talked to Maria 2"})
        self.assertEqual(len(self._step_of(entries[0], "first_call")), 1)

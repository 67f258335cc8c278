"""Possible duplicates: found, compared side by side, merged or called different, once and for all."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase

SELLER, ALL, MANAGER = (
    "sales_team.group_sale_salesman", "sales_team.group_sale_salesman_all_leads", "sales_team.group_sale_manager"
)  # fmt: skip


class DuplicateCase(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = new_test_user(cls.env, "expo_all", ALL, email="lead@ours.example")
        cls.pairs = cls.env["expo.duplicate"]

    def _make_company(self, name="Acme Trading Co., Ltd.", **values):
        return self._make_partner(name, email="", is_company=True, **values)

    def _pair(self, one, other, reason="name"):
        self.pairs._propose([(one.id, other.id, reason)])
        ids = sorted([one.id, other.id])
        return self.pairs.search([("partner_a_id", "=", ids[0]), ("partner_b_id", "=", ids[1])])

    def _found(self):
        self.pairs._look_for_duplicates(self.env.company)
        return {(pair.partner_a_id, pair.partner_b_id): pair.reason for pair in self.pairs.search([])}


@tagged("post_install", "-at_install")
class TestFinding(DuplicateCase):
    def test_companies_and_people_who_look_alike_are_found_with_the_reason(self):
        acme = self._make_company(website="https://acme.example")
        twin = self._make_company("ACME TRADING LTD")
        branch = self._make_company("Acme Milano", website="http://www.acme.example/it")
        rossi = self._make_partner("Maria Rossi", email="maria@rossi.example", parent_id=acme.id)
        again = self._make_partner("ROSSI, Maria", email="m.rossi@gmail.com", parent_id=twin.id)
        phone = self._make_partner("Luca Bianchi", email="", phone="+39 02 1234567")
        called = self._make_partner("Bianchi Luca", email="luca@libero.it", phone="+39021234567")
        mail = self._make_partner("Paolo", email="paolo@verdi.example")
        mailed = self._make_partner("Paolo Verdi", email="PAOLO@verdi.example")
        self.assertEqual(
            self._found(),
            {
                (acme, twin): "company",
                (acme, branch): "domain",
                (rossi, again): "name",
                (phone, called): "phone",
                (mail, mailed): "email",
            },
        )

    def test_colleagues_who_share_a_number_a_mailbox_or_a_company_are_no_duplicates(self):
        acme = self._make_company(phone="+39 02 1234567", website="https://acme.example")
        for name in ("Maria Rossi", "Luca Bianchi"):
            self._make_partner(name, email="info@acme.example", phone="+39 02 1234567", parent_id=acme.id)
        self._make_partner("Warehouse", email="", parent_id=acme.id, type="delivery", phone="+39 02 1234567")
        self.assertEqual(self._found(), {})

    def test_companies_of_one_name_in_different_countries_and_domains_are_no_duplicates(self):
        self._make_company("Global Trading", website="https://global.example")
        self._make_company("Global Trading", website="https://another.example", country="us")
        self.assertEqual(self._found(), {})

    def test_archived_contacts_colleagues_and_other_companies_customers_are_left_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_company()
        self._make_company(active=False)
        self._make_company(company_id=other.id)
        self.seller.partner_id.email = self.colleague.partner_id.email
        self.assertEqual(self._found(), {})

    def test_what_was_called_different_is_never_proposed_again(self):
        one, other = self._make_company(), self._make_company()
        self._found()
        pair = self.pairs.search([])
        pair.with_user(self.seller).action_different()
        self.assertEqual((pair.state, pair.decided_by_id), ("different", self.seller))
        self._found()
        self.assertEqual(self.pairs.search([]), pair)
        self.assertEqual(self.pairs._propose([(other.id, one.id, "phone")]), 0)
        self.assertEqual(pair.state, "different")

    def test_a_large_group_is_compared_with_its_oldest_only(self):
        partners = [self._make_company() for _number in range(30)]
        found = self._found()
        self.assertEqual(len(found), 29)
        self.assertEqual({pair[0] for pair in found}, {partners[0]})

    def test_queries_do_not_grow_with_the_number_of_pairs(self):
        def count(number, name):
            for index in range(number):
                self._make_company(f"{name} {index}")
                self._make_company(f"{name} {index} Ltd")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.pairs._look_for_duplicates(self.env.company)
            self.assertEqual(found, number)
            return self.env.cr.sql_log_count - before

        few, many = count(5, "First"), count(100, "Second")
        self.assertLessEqual(many, few + 2)

    def test_qualifying_a_contact_proposes_possible_duplicates(self):
        known = self._make_company(website="https://acme.example")
        capture = self.env["expo.capture"].create(
            {
                "exhibition_id": self.show.id,
                "name": "Luca Bianchi",
                "company_name": "Acme Milano",
                "email": "luca@acme.example",
            }
        )
        capture._enter_customers()
        self.assertIn(known, capture.near_ids)
        [pair] = self.pairs.search(
            [("partner_a_id", "=", known.id), ("partner_b_id", "=", capture.partner_id.parent_id.id)]
        )
        self.assertEqual((pair.state, pair.reason), ("open", "domain"))
        action = capture.action_compare()
        self.assertEqual(self.pairs.search(action["domain"]), pair)

    def _enter(self, *rows):
        captures = self.env["expo.capture"].create([{"exhibition_id": self.show.id, **row} for row in rows])
        captures._enter_customers()
        return captures

    def test_two_at_one_mailbox_in_one_list_stay_two_and_are_proposed(self):
        rossi = {"name": "Maria Rossi", "company_name": "Acme Srl", "email": "ventas@acme.example"}
        other = {**rossi, "name": "Luca Bianchi"}
        captures = self._enter(rossi, other, {**rossi, "name": "ROSSI Maria"})
        self.assertEqual(captures.mapped("result"), ["created", "created", "duplicate"])
        one, two = captures.partner_id
        self.assertEqual(one.parent_id, two.parent_id)
        [pair] = self.pairs.search([("partner_a_id", "=", one.id)])
        self.assertEqual((pair.partner_b_id, pair.reason, pair.state), (two, "email", "open"))

    def test_two_companies_at_one_mailbox_stay_two_and_are_proposed(self):
        known = self._make_company("Ege Mermer A.Ş.", country="tr")
        known.email = "export@agents.example"
        capture = self._enter(
            {
                "company_name": "Kıbrıs Taş Ltd.",
                "email": "export@agents.example",
                "country_id": self.env.ref("base.cy").id,
            }
        )
        self.assertNotEqual(capture.partner_id, known)
        [pair] = self.pairs.search([("partner_a_id", "=", known.id)])
        self.assertEqual((pair.partner_b_id, pair.reason), (capture.partner_id, "email"))

    def test_what_was_called_different_stays_so_when_met_again(self):
        row = {"company_name": "Acme Milano", "email": "info@acme.example"}
        known = self._make_company("Acme Trading", website="https://acme.example")
        company = self._enter(row).partner_id
        pair = self.pairs.search([("partner_a_id", "=", known.id)])
        pair.with_user(self.seller).action_different()
        autumn = self._make_show(name="Autumn", code="AF26")
        again = self._enter({**row, "exhibition_id": autumn.id})
        self.assertEqual((again.partner_id, pair.state), (company, "different"))
        self._found()
        self.assertEqual(self.pairs.search([]), pair)

    def test_domain_of_three_companies_makes_no_pairs(self):
        for name in ("Acme", "Bolt", "Candle"):
            self._make_company(name, website="portal.example")
        self._make_company("Acme Milano", website="portal.example")
        self.assertEqual(self._found(), {})

    def test_customer_named_by_its_address_is_the_one_met_later(self):
        known = self._make_partner("hello@quiet.example", email="hello@quiet.example")
        self.assertEqual(self._enter({"name": "Ann Wood", "email": "hello@quiet.example"}).partner_id, known)

    def test_only_who_sees_all_customers_may_compare_all(self):
        with self.assertRaises(AccessError):
            self.pairs.with_user(self.seller).action_look_for_duplicates()
        self._make_company()
        self._make_company()
        action = self.pairs.with_user(self.lead).action_look_for_duplicates()
        self.assertIn("New possible duplicates: 1", action["params"]["message"])
        self.assertIn("No new", self.pairs.with_user(self.lead).action_look_for_duplicates()["params"]["message"])


@tagged("post_install", "-at_install")
class TestMerging(DuplicateCase):
    def test_merging_keeps_what_was_known_of_both(self):
        first = self._make_participation("Maria Rossi", tier="intent")
        show = self._make_show(name="Autumn", code="AF26")
        second = self._make_participation("Maria Rosi", show=show)
        kept, gone = first.partner_id, second.partner_id
        pair = self._pair(kept, gone)
        pair.with_user(self.seller).action_merge_into_a()
        self.assertFalse(gone.exists())
        self.assertEqual(kept.expo_participation_ids, first | second)
        self.assertEqual((pair.state, pair.partner_a_id, pair.decided_by_id), ("merged", kept, self.seller))
        self.assertFalse(pair.partner_b_id)
        self.assertIn("Maria Rosi", kept.message_ids[0].body)

    def test_the_one_with_more_history_is_suggested_else_the_older(self):
        old, new = self._make_company(), self._make_company()
        pair = self._pair(old, new)
        self.assertEqual(pair.suggested_id, old)
        self._make_participation(partner=new)
        pair.invalidate_recordset()
        self.assertEqual(pair.with_user(self.seller).suggested_id, new)
        pair.with_user(self.seller).action_merge()
        self.assertEqual((old | new).exists(), new)
        self.assertEqual(pair.partner_a_id, new)

    def test_merging_twice_is_once(self):
        one, other = self._make_company(), self._make_company()
        pair = self._pair(one, other)
        pair.with_user(self.seller).action_merge_into_a()
        action = pair.with_user(self.seller).action_merge_into_b()
        self.assertEqual(action["res_id"], one.id)
        self.assertTrue(one.exists())

    def test_pairs_of_who_was_merged_point_to_who_is_left(self):
        a, b, c, d = (self._make_company(f"Company {letter}") for letter in "ABCD")
        ab, bc, bd, ad = self._pair(a, b), self._pair(b, c), self._pair(b, d), self._pair(a, d)
        bd.with_user(self.seller).action_different()
        ab.with_user(self.seller).action_merge_into_a()
        self.assertEqual((bc.partner_a_id, bc.partner_b_id, bc.state), (a, c, "open"))
        left = (ad | bd).exists()
        self.assertEqual(left.state, "different", "a decision counts before an open pair")
        self.assertEqual((left.partner_a_id, left.partner_b_id), (a, d))
        bc.with_user(self.seller).action_merge_into_b()
        self.assertEqual((a | b | c).exists(), c)
        self.assertEqual((left.partner_a_id | left.partner_b_id), c | d)
        self.assertEqual(self.pairs.search([("state", "=", "merged")]).partner_a_id, c)

    def test_a_merge_by_cores_own_screen_is_followed_as_well(self):
        one, other = self._make_company(), self._make_company()
        pair = self._pair(one, other)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge([one.id, other.id], dst_partner=other)
        self.assertEqual((pair.state, pair.partner_a_id), ("merged", other))

    def test_captures_follow_a_merge_and_match_no_own_duplicate(self):
        known = self._make_company(website="https://acme.example")
        values = {"name": "Luca", "company_name": "Acme Milano", "email": "luca@acme.example"}
        capture = self.env["expo.capture"].create({"exhibition_id": self.show.id, **values})
        capture._enter_customers()
        person = capture.partner_id
        other = self._make_partner("Luca B")
        self._pair(person, other).with_user(self.manager).action_merge_into_b()
        self.assertEqual(capture.partner_id, other)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge([known.id, other.id], dst_partner=known)
        self.assertEqual((capture.partner_id, capture.near_ids), (known, known.browse()))

    def test_a_company_and_its_own_contact_cannot_be_merged_and_nothing_changes(self):
        acme = self._make_company()
        rossi = self._make_partner("Maria Rossi", parent_id=acme.id)
        pair = self._pair(acme, rossi)
        with self.assertRaises(UserError), self.cr.savepoint():
            pair.with_user(self.manager).action_merge()
        self.assertEqual(pair.state, "open")

    def test_the_two_are_shown_side_by_side_with_their_differences(self):
        one = self._make_company(phone="+39 02 1234567", city="Milano")
        other = self._make_company("Acme Trading <b>Ltd</b>", city="Milano")
        html = self._pair(one, other).with_user(self.seller).comparison
        self.assertIn("+39 02 1234567", html)
        self.assertIn("&lt;b&gt;", html)
        rows = {row[0]: row[3] for row in self._pair(one, other)._get_compared_rows()}
        self.assertEqual((rows["City"], rows["Phone"], rows["Name"]), (False, True, True))


@tagged("post_install", "-at_install")
class TestAccess(DuplicateCase):
    def setUp(self):
        super().setUp()
        self.own = self._make_participation("Maria Rossi", user=self.seller)
        self.theirs = self._make_participation(
            "Maria Rosi", user=self.colleague, captured_on="2026-04-19 09:00:00", show=self._make_show(name="Other")
        )
        self.pair = self._pair(self.own.partner_id, self.theirs.partner_id)

    def test_who_serves_one_of_them_sees_the_pair_but_may_not_take_the_colleagues_customer(self):
        pair = self.pair.with_user(self.seller)
        self.assertEqual(self.pairs.with_user(self.seller).search([]), pair)
        self.assertNotIn("Other", pair.comparison, "which shows a colleague's customer went to is not told")
        for action in (pair.action_merge, pair.action_merge_into_a, pair.action_merge_into_b):
            with self.assertRaises(AccessError):
                action()
        self.pair.with_user(self.lead).action_merge()
        self.assertEqual(self.own.partner_id, self.theirs.partner_id)

    def test_a_third_salesperson_sees_nothing_of_it(self):
        third = new_test_user(self.env, "third", SELLER)
        self.assertFalse(self.pairs.with_user(third).search([]))
        with self.assertRaises(AccessError):
            self.pair.with_user(third).action_different()

    def test_duplicate_pairs_cannot_be_written_by_hand(self):
        for user in (self.seller, self.lead, self.manager):
            pairs = self.pairs.with_user(user)
            with self.assertRaises(AccessError):
                pairs.create({"partner_a_id": 1, "partner_b_id": 2, "reason": "name"})
            with self.assertRaises(AccessError):
                self.pair.with_user(user).write({"state": "different"})
            with self.assertRaises(AccessError):
                self.pair.with_user(user).unlink()

    def test_colleagues_contacts_are_not_merged_here(self):
        partner = self._make_partner("Anna")
        pair = self._pair(partner, self.seller.partner_id)
        with self.assertRaises(UserError):
            pair.with_user(self.manager).action_merge_into_a()
        self.assertTrue(self.seller.partner_id.exists())

    def test_another_companys_people_see_only_their_own_pairs(self):
        other = self.env["res.company"].create({"name": "Other"})
        boss = new_test_user(self.env, "other_boss", MANAGER, company_id=other.id, company_ids=[Command.set(other.ids)])
        (self.own.partner_id | self.theirs.partner_id).company_id = self.env.company
        self.assertFalse(self.pairs.with_user(boss).search([]))
        with self.assertRaises(AccessError):
            self.pair.with_user(boss).action_merge()
        pair = self._pair(*(self._make_company(company_id=other.id) for _number in range(2)))
        self.assertEqual(self.pairs.with_user(boss).search([]), pair)
        pair.with_user(boss).action_merge()
        self.assertEqual(pair.state, "merged")

"""Every model of ours says what archive, privacy, merging and reassigning do with it, and with each text it holds."""

from types import SimpleNamespace

from odoo.addons.expo_followup.models.mixins.record_keeping import PERSONAL, RecordKeeping, get_declarations
from odoo.addons.expo_followup.models.participation.participation import MERGE_STEPS
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import OrderedSet
from odoo.tools.safe_eval import safe_eval

from tests.common import ExpoCase

#: Fields of these types hold words or files; and so do links to these models.
TYPES = ("char", "text", "html", "json", "binary")
COMODELS = ("res.partner", "ir.attachment")
#: Of Odoo, in rows of ours.
CORE_FIELDS = frozenset({"display_name"})


def find_undecided(name, fields, kept):
    """Return what is to be declared of a model, as messages.

    :param str name: of the model
    :param dict fields: its fields by name
    :param kept: its own declaration, or ``None``
    """
    if not kept:
        return [f"{name}: declare `_record_keeping = RecordKeeping(…)` in its class (models/mixins/record_keeping.py)"]
    if kept.personal in ("erase", "with_parent", "with_complaint"):
        return []
    decided = {*kept.named, *kept.cleared, *kept.no_personal}
    return [
        f"{name}.{field.name} may hold something of a person: name it in `named`, `cleared` or `no_personal`, "
        'or let the rows go with the person (`personal="erase"`)'
        for field in fields.values()
        if field.store
        and not field.related
        and (field.type in TYPES or (field.type in ("many2one", "many2many") and field.comodel_name in COMODELS))
        and field.name not in decided | CORE_FIELDS
    ]


def get_paths(domain, prefix=""):
    """Yield the path and the values of each condition of a domain, those of subdomains included."""
    for condition in Domain(domain).iter_conditions():
        if condition.operator in ("any", "any!"):
            yield from get_paths(condition.value, f"{prefix}{condition.field_expr}.")
        else:
            is_several = isinstance(condition.value, (OrderedSet, list, tuple))
            yield f"{prefix}{condition.field_expr}", condition.value if is_several else [condition.value]


@tagged("post_install", "-at_install")
class TestRecordKeeping(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = {
            name: cls.env[name]
            for name, model in sorted(cls.registry.items())
            if model._original_module == "expo_followup" and model._auto and not (model._abstract or model._transient)
        }
        cls.kept = {name: model._record_keeping for name, model in cls.models.items() if cls._get_own(model)}

    @staticmethod
    def _get_own(model):
        """Return what the class of the model declares itself, not what it inherits."""
        own = (vars(base).get("_record_keeping") for base in type(model)._base_classes__)
        return next((kept for kept in own if kept), None)

    def _get_links(self, name, comodels):
        return [
            field
            for field in self.models[name]._fields.values()
            if field.type == "many2one" and field.store and not field.related and field.comodel_name in comodels
        ]

    def test_every_model_and_field_has_a_decision(self):
        self.assertGreater(len(self.models), 40)
        undecided = [
            line
            for name, model in self.models.items()
            for line in find_undecided(name, model._fields, self._get_own(model))
        ]
        if undecided:
            self.fail("\n".join(["These models and fields need a decision:", *undecided]))

    def test_model_without_decision_is_named_with_what_to_declare(self):
        note = SimpleNamespace(name="note", type="text", store=True, related=None, comodel_name=None)
        contact = SimpleNamespace(
            name="guide_id", type="many2one", store=True, related=None, comodel_name="res.partner"
        )
        fields = {"note": note, "guide_id": contact}
        self.assertIn("expo.tour: declare `_record_keeping", find_undecided("expo.tour", fields, None)[0])
        found = find_undecided("expo.tour", fields, RecordKeeping(no_personal={"note"}))
        self.assertEqual([line.split(" ")[0] for line in found], ["expo.tour.guide_id"])
        self.assertFalse(find_undecided("expo.tour", fields, RecordKeeping(personal="erase", erase_order=1)))
        self.assertEqual(len(find_undecided("expo.tour", fields, RecordKeeping(personal="clear"))), 2)

    def test_declaration_names_fields_that_are_there_once(self):
        for name, kept in self.kept.items():
            with self.subTest(model=name):
                self.assertIn(kept.personal, PERSONAL)
                links = {kept.archive_parent, kept.archive_match, kept.archive_needs} - {""}
                decided = [*kept.named, *kept.cleared, *kept.no_personal]
                self.assertLessEqual({*decided, *links, *kept.personal_links}, self.models[name]._fields.keys())
                self.assertEqual(len(decided), len(set(decided)))
                self.assertEqual(kept.personal == "clear", bool(kept.named or kept.cleared))
                self.assertEqual(kept.personal == "erase", bool(kept.erase_order))
                self.assertEqual(bool(kept.archive), bool(kept.archive_order))

    def test_sheets_of_the_archive_have_names_and_places_of_their_own(self):
        for key in ("archive", "archive_order", "erase_order"):
            values = [getattr(kept, key) for kept in self.kept.values() if getattr(kept, key)]
            self.assertEqual(len(values), len(set(values)), key)
        selected = self.env["expo.archive.registers"]._select()
        self.assertEqual({one.model for one in self.env["expo.archive.registers"]._get_registers()}, selected.keys())

    def test_files_of_every_archived_model_with_a_chatter_are_archived(self):
        for name, kept in self.kept.items():
            if kept.archive and "message_ids" in self.models[name]._fields:
                with self.subTest(model=name):
                    self.assertTrue(kept.attachments)

    def test_order_follows_the_links(self):
        for key, sign in (("archive_order", 1), ("erase_order", -1)):
            placed = {name: sign * getattr(kept, key) for name, kept in self.kept.items() if getattr(kept, key)}
            for name, place in placed.items():
                for field in self._get_links(name, placed):
                    # A link that the database empties holds no deletion up; it is written when both are restored.
                    if field.comodel_name != name and (key == "archive_order" or field.ondelete != "set null"):
                        with self.subTest(key=key, field=str(field)):
                            self.assertLess(placed[field.comodel_name], place, "referred-to models come first")

    def test_rows_that_are_erased_with_a_person_are_looked_for(self):
        partner = self.env["res.partner"].create({"name": "Maria Rossi"})
        erased = {name for name, kept in self.kept.items() if kept.personal in ("erase", "with_complaint")}
        self.assertLessEqual(erased, self.env["expo.privacy"]._find_records(partner).keys(), "name `personal_links`")
        for name, kept in self.kept.items():
            if kept.named and name != "expo.complaint":
                self.assertIn("complaint_id", self.models[name]._fields, "names are replaced in complaints only")

    def test_rows_that_go_with_the_one_above_are_deleted_with_it(self):
        for name, kept in self.kept.items():
            if kept.personal == "with_parent":
                above = {"res.partner", *(one for one, other in self.kept.items() if other.personal)}
                cascades = [one for one in self._get_links(name, above) if one.ondelete == "cascade" and one.required]
                with self.subTest(model=name):
                    self.assertTrue(cascades)

    def test_rows_that_point_at_an_entry_have_a_place_in_merging(self):
        for name, kept in self.kept.items():
            with self.subTest(model=name):
                self.assertEqual(bool(kept.merge), bool(self._get_links(name, {"expo.participation"})))
                self.assertIn(kept.merge, ("", "move", *MERGE_STEPS))

    def test_path_to_the_salesperson_is_that_of_the_record_rules(self):
        group = self.env.ref("sales_team.group_sale_salesman")
        context = {**self.env["ir.rule"]._eval_context(), "user": self.seller}
        for name, kept in self.kept.items():
            rules = self.env["ir.rule"].search([("model_id.model", "=", name), ("groups", "in", group.ids)])
            paths = {
                path
                for rule in rules
                for path, values in get_paths(safe_eval(rule.domain_force, context))
                if self.seller.id in values
            }
            with self.subTest(model=name):
                if kept.salesperson:
                    self.assertIn(kept.salesperson, paths)
                else:
                    self.assertFalse([path for path in paths if "participation" in path], "declare `salesperson`")

    def test_walk_finds_each_declaration_in_order(self):
        self.assertEqual(set(get_declarations(self.env, "archive")), {m for m, k in self.kept.items() if k.archive})
        orders = [kept.erase_order for kept in get_declarations(self.env, "erase_order", "erase_order").values()]
        self.assertEqual(orders, sorted(orders))

"""Fields for some groups only: who is in none of them neither reads nor searches, sorts or groups by them."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestGroupFields(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        entry = cls._make_participation(tier="intent")
        entry.partner_id.expo_foreign_notes = "No red ink"
        cls.outsiders = [
            new_test_user(cls.env, "expo_clerk", "base.group_user"),
            new_test_user(cls.env, "expo_portal", "base.group_portal"),
            new_test_user(cls.env, "expo_accountant", "base.group_user,account.group_account_manager"),
        ]

    def _get_fields(self):
        """Our fields for groups that the outsiders are not in, on models of ours and of core."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                is_ours = name.startswith("expo.") or field.name.startswith("expo_")
                if is_ours and field.groups and field.groups.startswith("sales_team."):
                    yield model, field

    def test_field_of_a_group_is_neither_read_nor_searched_by_others(self):
        found = list(self._get_fields())
        self.assertGreaterEqual(len(found), 8)
        for user in self.outsiders:
            for model, field in found:
                asked = model.with_user(user)
                if not asked.has_access("read"):
                    continue
                values = {"many2one": 1, "integer": 1, "float": 1, "boolean": True, "date": "2026-01-01"}
                value = values.get(field.type, "x")
                with self.subTest(user=user.login, field=str(field)):
                    if field._description_searchable:
                        for condition in (("!=", False), ("=", value), ("in", [value])):
                            with self.assertRaises(AccessError, msg=condition):
                                asked.search([(field.name, *condition)])
                    if field.store:
                        with self.assertRaises(AccessError):
                            asked.search([], order=field.name)
                        with self.assertRaises(AccessError):
                            asked._read_group([], [field.name])
                    with self.assertRaises(AccessError):
                        asked.search([], limit=1).read([field.name])

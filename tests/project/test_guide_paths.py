"""The paths of menus in the guides are those of the app, in both languages."""

import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ROOT = Path(__file__).resolve().parents[2]
GUIDES = {
    "en_US": (r"\*(Exhibitions › [^*]+)\*", ("docs/user-guide.md", "README.md")),
    "zh_CN": (r"“(展会 › [^”]+)”", ("docs/user-guide.zh_CN.md", "README.zh-CN.md")),
}
#: What a path may name after the last menu: a button of the page.
BUTTONS = {"New", "新建"}


@tagged("post_install", "-at_install")
class TestGuidePaths(TransactionCase):
    def test_every_path_leads_through_menus_to_a_page(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "expo_followup")])._update_translations(["zh_CN"])
        for lang, (pattern, files) in GUIDES.items():
            paths = self._get_paths(lang)
            for name in files:
                found = re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"))
                self.assertTrue(found, name)
                for path in found:
                    parts = [part for part in " ".join(path.split()).split(" › ") if part not in BUTTONS]
                    with self.subTest(guide=name, path=path):
                        self.assertIn(tuple(parts), paths)

    def _get_paths(self, lang):
        """Return the paths of all menus, and of the pages that *More lists* and *More settings* list."""
        menus = self.env["ir.ui.menu"].with_context(active_test=False, lang=lang)
        root = self.env.ref("expo_followup.menu_expo_root").with_env(menus.env)
        paths = {(root.name,)}
        for menu in menus.search([("id", "child_of", root.id)]):
            names, above = [menu.name], menu.parent_id
            while above:
                # A folder of pages is a heading there, no step on the way.
                if above.active:
                    names.insert(0, above.name)
                above = above.parent_id
            paths.add(tuple(names))
        return paths

"""A first sign of life: the addon is installed in the database under test."""

from odoo.tests import HttpCase, TransactionCase


class TestAlive(TransactionCase):
    def test_addon_is_installed_in_both_languages(self):
        self.assertEqual(self.env["ir.module.module"]._get("expo_followup").state, "installed")
        self.assertEqual({code for code, _name in self.env["res.lang"].get_installed()}, {"en_US", "zh_CN"})


class TestBrowser(HttpCase):
    def test_login_page_answers(self):
        self.assertEqual(self.url_open("/web/login").status_code, 200)

    def test_browser_opens_the_web_client(self):
        self.browser_js("/odoo", "console.log('test successful')", "odoo.isReady === true", login="admin")

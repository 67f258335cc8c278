from odoo import api, models


class IrUiMenu(models.Model):
    """Pages that are listed on a page of their own rather than in the menu."""

    _inherit = "ir.ui.menu"

    @api.model
    def expo_get_pages(self, folder):
        """Return the pages below a menu of this addon that are not active, grouped as their folders are.

        :param str folder: name of the menu, without the addon's
        :return: for each folder its name and pages, as far as the user's groups and access allow
        """
        # In sudo: menus are shown by their groups, which users may not read.
        known = self.sudo().with_context(active_test=False)
        parent = self.env["ir.model.data"]._xmlid_to_res_id(f"expo_followup.{folder}", raise_if_not_found=True)
        sections = known.search([("parent_id", "=", parent), ("active", "=", False)])
        pages = [
            (
                section.name,
                [(page.name, page.action.id) for page in section.child_id if page._expo_is_allowed(self.env)],
            )
            for section in sections
            if section._expo_has_group(self.env)
        ]
        return [{"name": name, "pages": found} for name, found in pages if found]

    def _expo_has_group(self, env):
        return not self.group_ids or bool(set(self.group_ids.ids) & set(env.user._get_group_ids()))

    def _expo_is_allowed(self, env):
        """Tell whether a user may open the page: what core asks of menus that are active."""
        action = self.action
        if not action or not self._expo_has_group(env):
            return False
        return "res_model" not in action or env[action.res_model].has_access("read")

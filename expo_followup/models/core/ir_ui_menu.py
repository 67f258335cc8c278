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
        ours = self.env["ir.model.data"].sudo().search([("module", "=", "expo_followup"), ("model", "=", self._name)])
        ours = set(ours.mapped("res_id"))
        pages = []
        for section in known.search([("parent_id", "=", parent)]):
            # With what users have put below our menus; what they archived is not shown.
            below = known.search([("id", "child_of", section.id)])
            found = below.filtered(lambda menu: menu.active or menu.id in ours)
            pages.append(
                (section.name, [(menu.name, menu.action.id) for menu in found if menu._expo_is_allowed(self.env)])
            )
        return [{"name": name, "pages": found} for name, found in pages if found]

    def _expo_is_allowed(self, env):
        """Tell whether a user may open the page: what core asks of menus that are active, and of those above."""
        action, groups, menu = self.action, set(env.user._get_group_ids()), self
        while menu:
            if menu.group_ids and not groups & set(menu.group_ids.ids):
                return False
            menu = menu.parent_id
        if not action:
            return False
        return "res_model" not in action or env[action.res_model].has_access("read")

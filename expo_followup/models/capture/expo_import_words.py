from odoo import models

from ...tools import tables


class ExpoImport(models.Model):
    """What is said about files and rows that are not as they should be."""

    _inherit = "expo.import"

    def _get_longest_file(self):
        return tables.MAX_BYTES

    def _get_table_problem(self, code):
        """Say in the user's language why a file cannot be read; see :class:`..tools.tables.TableError`."""
        megabytes = self._get_longest_file() >> 20
        return {
            "empty": self.env._("The list is empty."),
            "too_big": self.env._("The list is too large: at most %s MB, and no workbook full of pictures.", megabytes),
            "too_many_rows": self.env._("The list has more than %s rows: cut it into several.", f"{tables.MAX_ROWS:,}"),
            "old_excel": self.env._("This is a workbook of an old Excel (.xls): save it as .xlsx or CSV."),
            "locked_excel": self.env._("This workbook has a password: save it without one."),
            "bad_excel": self.env._("This workbook is damaged or is none: open it and save it again as .xlsx or CSV."),
            "binary": self.env._(
                "This file holds no text: a CSV file, an Excel workbook (.xlsx) or cards (.vcf) can be read."
            ),
            "no_list": self.env._("This is a document, not a list: save it as CSV or as an Excel workbook (.xlsx)."),
            "not_a_card": self.env._("This is no business card."),
            "unreadable": self.env._("This card cannot be read."),
            "nothing_in_it": self.env._("Neither name nor company, e-mail nor phone: who is it?"),
        }[code]

    def _get_remark(self, code, what):
        """Say in the user's language what was put right in a row; see :func:`..tools.rows.clean_row`."""
        return {
            "email_placeholder": self.env._("No real e-mail address, left out: %s", what),
            "email_picture": self.env._("A picture's name instead of an e-mail address, left out: %s", what),
            "email_phone": self.env._("A phone number stood where the e-mail address should be: %s", what),
            "email_bad": self.env._("Not an e-mail address, kept as a note: %s", what),
            "email_several": self.env._("Several e-mail addresses, the first one counts: %s", what),
            "phone_rounded": self.env._("A spreadsheet rounded this phone number, ask for it again: %s", what),
            "phone_email": self.env._("An e-mail address stood where the phone should be: %s", what),
            "website_several": self.env._("Several web sites, the first one counts: %s", what),
            "website_bad": self.env._("Not a web site, kept as a note: %s", what),
            "country_moved": self.env._("More or something else than a country: %s", what),
            "too_long": self.env._("Too long, kept whole as a note: %s", what),
            "tier_unknown": self.env._("No such intent tier, kept as a note: %s", what),
            "role_unknown": self.env._("Neither exhibitor nor visitor, kept as a note: %s", what),
            "products_unknown": self.env._("Not among our products, kept as a note: %s", what),
        }[code]

    def _get_match_text(self, plan):
        """Say how a known customer was recognised, and who looks alike."""
        texts = {
            "email": self.env._("Known by e-mail"),
            "phone": self.env._("Known by phone"),
            "company": self.env._("Known company"),
        }
        text = texts.get(plan.reason, "") if plan.action != "created" or plan.company_id > 0 else ""
        if plan.action == "updated" and plan.fills:
            labels = self.env["res.partner"]._fields
            names = ", ".join(sorted(labels[name]._description_string(self.env) for name in plan.fills))
            return self.env._("%(how)s; adds: %(what)s", how=text, what=names)
        return text

from odoo import models
from odoo.exceptions import LockError, UserError


class ExpoExhibition(models.Model):
    """Closing a show: preview, then letters queued and the rest planned, once whoever presses the button."""

    _inherit = "expo.exhibition"

    def action_close(self):
        """Open the preview of what closing the show would send and plan. Nothing changes yet.

        :raises UserError: when the show does not run or has no customers
        """
        self.ensure_one()
        self._check_can_close()
        wizard = self.env["expo.close.show"].create({"exhibition_id": self.id})
        return wizard._open()

    def close_show(self):
        """Close the show: state ``followup``, follow-ups planned, letters queued.

        Closing twice, or two people at once, does it once: the second finds it closed and changes nothing.

        :returns: whether this call closed it
        :raises UserError: when it has no customers, has not started, or a letter does not render
        """
        self.ensure_one()
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is closing “%s” right now. Look again in a minute.", self.name)
            ) from error
        self.invalidate_recordset(["state"])
        if self.state in ("followup", "done"):
            return False
        self._check_can_close()
        self._check_letters_render()
        self.state = "followup"
        self.participation_ids._sync_followups()
        self._sync_media_report()
        letters = self.env["expo.followup"].search(self._get_queueable_letters_domain())
        letters._queue_letters_in_batches()
        return True

    def _check_can_close(self):
        if self.state == "preparation":
            raise UserError(self.env._("“%s” has not started yet: start it first.", self.name))
        if self.state != "running":
            raise UserError(self.env._("“%s” is closed already.", self.name))
        if not self.plan_id.template_ids:
            raise UserError(self.env._("“%s” has no follow-up plan with steps: choose one first.", self.name))
        if not self.env["expo.participation"].search_count([("exhibition_id", "=", self.id)], limit=1):
            raise UserError(
                self.env._("Nobody was met at “%s” yet: enter its customers before you close it.", self.name)
            )

    def _check_letters_render(self):
        """Refuse to close while a letter that would leave by itself cannot be made.

        :raises UserError: naming the letter and what is wrong with it
        """
        if problem := self._get_letter_problem():
            raise UserError(problem)

    def _get_letter_problem(self):
        """Try each letter of the plan on one customer of each language; return the first problem in words."""
        by_language = self.participation_ids._group_by_language()
        people = self.env["expo.participation"].concat(*(customers[0] for customers in by_language.values()))
        for step in self.plan_id.template_ids.filtered("expo_letter_template_id"):
            try:
                people._render_letters(step.expo_letter_template_id)
            except UserError as error:
                return self.env._(
                    "The letter “%(letter)s” cannot be made, so nothing was sent: %(problem)s",
                    letter=step.expo_letter_template_id.name,
                    problem=str(error),
                )
        return ""

    def _get_queueable_letters_domain(self):
        return [
            ("exhibition_id", "in", self.ids),
            ("state", "=", "planned"),
            ("auto_send", "=", True),
            ("mail_mail_id", "=", False),
        ]

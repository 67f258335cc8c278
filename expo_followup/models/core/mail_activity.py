from odoo import fields, models

from ..followup.followup_board import OPEN_STATES


class MailActivity(models.Model):
    """An activity that stands for a follow-up: whatever happens to one happens to the other."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        followups = self._get_expo_followups()
        shows = self._get_media_reported_shows()
        res = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if followups:
            # The user who may end the activity has done the follow-up; its effect is asked for afterwards.
            followups._mark_done()
            followups.write({"content": feedback, "outcome_missing": True})
            followups.participation_id._sync_followups()
            followups._sync_contacts()
        for show in shows:
            show.media_report_on = show._today()
        return res

    def write(self, vals):
        res = super().write(vals)
        if vals.get("user_id"):
            followups = self._get_expo_followups()
            followups.write({"user_id": vals["user_id"]})
            followups._translate_reminders()
            self._translate_expo_summaries()
        if vals.get("date_deadline"):
            self._postpone_expo_followups()
        return res

    def unlink(self):
        """A reminder that a person cancels is a follow-up that they leave out."""
        followups = self._get_expo_followups()
        followups.activity_id = False
        # The system ends reminders as well: of a person who leaves, of a show that is over.
        shows = self.env["expo.exhibition"]
        if not shows._is_system():
            shows = self._get_media_reported_shows()
        res = super().unlink()
        shows.filtered(lambda show: show.state == "running" and not show.media_report_on).media_report_off = True
        if followups:
            followups.action_skip()
        return res

    def _postpone_expo_followups(self):
        """Move follow-ups to the day to which their reminders were moved."""
        for followup in self._get_expo_followups():
            day = followup.activity_id.date_deadline
            if day >= fields.Date.context_today(self) and day != followup.window_start:
                followup.postpone_to(day)

    def _translate_expo_summaries(self):
        """Say what the type of our activities asks for in the language of who is to do it now."""
        ours = self.filtered(lambda activity: (activity.res_model or "").startswith("expo.") and activity.summary)
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for (kind, summary, lang), activities in ours.grouped(
            lambda activity: (activity.activity_type_id, activity.summary, activity.user_id.lang)
        ).items():
            if summary in {kind.with_context(lang=code).summary for code in languages}:
                activities.summary = kind.with_context(lang=lang).summary

    def _get_expo_followups(self):
        """Return the open follow-ups that these activities stand for.

        In sudo: a colleague may be asked to do a follow-up without seeing the customer's follow-ups.
        """
        ids = self.filtered(lambda activity: activity.res_model in ("expo.participation", "res.partner")).ids
        followups = self.env["expo.followup"].sudo()
        return followups.search([("activity_id", "in", ids), ("state", "in", OPEN_STATES)]) if ids else followups

    def _get_media_reported_shows(self):
        media = self.filtered(lambda activity: activity.res_model == "expo.exhibition")
        kind = self.env.ref("expo_followup.activity_media_report", raise_if_not_found=False)
        media = media.filtered(lambda activity: activity.activity_type_id == kind)
        return self.env["expo.exhibition"].sudo().browse(media.mapped("res_id")).exists()

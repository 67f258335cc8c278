from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.clock import add_working_days


class ExpoVisit(models.Model):
    """Who has to do what next: one reminder per visit, derived from its state; late minutes are chased.

    Chasing is in two steps: the owner is told on the first day that his minutes are late, all of them in one message;
    after as many working days again a manager gets a reminder of each.
    """

    _inherit = "expo.visit"

    todo_id = fields.Many2one("mail.activity", "Reminder", readonly=True, copy=False, ondelete="set null")
    chase_state = fields.Selection(
        [("none", "In time"), ("chased", "Owner told"), ("escalated", "Manager told")],
        "Late Minutes",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    escalate_on = fields.Date(readonly=True, copy=False, help="From this day on a manager is reminded.")

    # -- reminders ---------------------------------------------------------------------------------------

    def _get_todo(self):
        """Return who has to do what until when; None when nobody has to do anything."""
        today = self.company_id._expo_today()
        owner = self.user_id.filtered("active") or self.participation_id._get_server()
        match self.state:
            case "submitted":
                return self._get_deciders()[:1], self.env._("Approve the visit"), today
            case "sent_back":
                return owner, self.env._("The visit was sent back: change the plan"), today
            case "approved" | "held":
                return owner, self.env._("Write the minutes of the visit"), self.minutes_due_on
            case "minutes":
                return self._get_deciders()[:1], self.env._("Review the minutes of the visit"), today
            case "reviewed":
                return owner, self.env._("Send the minutes to the customer"), today
        return None

    def _update_todo(self):
        """Bring the reminders in line with the state. Nothing happens to one that says the right thing already."""
        for visit in self:
            # In sudo: reminders of others, which follow from the visit that the user has just moved on.
            visit = visit.sudo()
            user, summary, deadline = visit._get_todo() or (False, False, False)
            todo = visit.todo_id.filtered("active")
            if todo and user and todo.user_id == user and todo.summary == summary:
                todo.date_deadline = deadline
                continue
            visit.todo_id = False
            if todo and user and todo.user_id == self.env.user:
                todo._action_done()
            else:
                todo.unlink()
            if user:
                visit.todo_id = visit.activity_schedule(
                    "expo_followup.activity_visit_step", deadline, summary=summary, user_id=user.id
                )

    # -- calendar ----------------------------------------------------------------------------------------

    def _make_meeting(self):
        """Put the visit into the calendars of those who go; a meeting that stands is moved.

        The customer is not invited: he has agreed on the day, and gets no mail from a calendar. As the owner, and in
        sudo: it is his meeting, whoever approves.
        """
        for visit in self.sudo():
            meetings = self.env["calendar.event"].with_user(visit.user_id).sudo()
            people = (visit.user_id | visit.member_ids).partner_id
            values = {
                "name": self.env._("Visit: %s", visit.partner_id.display_name),
                "start": visit.start,
                "stop": visit.stop,
                "location": visit.location,
                "user_id": visit.user_id.id,
                "partner_ids": [fields.Command.set(people.ids)],
                "description": visit.aim,
                # Whom we visit is between us and the customer.
                "privacy": "private",
            }
            quiet = {"no_mail_to_attendees": True, "dont_notify": True, "expo_visit_moving": True}
            if visit.event_id:
                meetings.browse(visit.event_id.id).with_context(**quiet).write(values)
            else:
                visit.event_id = meetings.with_context(**quiet).create(values).sudo()

    def _move_meeting(self):
        """The day or the place was changed: so is the meeting, and a touch that stands for this visit alone."""
        for visit in self.filtered(lambda visit: visit.state == "approved" and visit.start):
            visit._make_meeting()
            # In sudo: follow-ups are kept by the engine, and who moves the visit may write it.
            followup = visit.sudo().followup_id
            if followup.state == "planned" and not followup.step_id:
                day = visit.company_id._expo_local_date(visit.start)
                followup.write({"window_start": day, "deadline": day})

    def _drop_meeting(self):
        for visit in self.sudo():
            # As the owner, and in sudo: it is his meeting.
            event = visit.event_id.with_user(visit.user_id).sudo()
            event.with_context(no_mail_to_attendees=True, dont_notify=True).unlink()

    # -- late minutes ------------------------------------------------------------------------------------

    @api.model
    def _chase(self):
        """Chase minutes that are late: first their owners, then a manager."""
        late = self._get_late_domain("minutes_due_on") & Domain("chase_state", "=", "none")
        self._run_job(late, lambda batch: batch._chase_owners())
        long_late = self._get_late_domain("escalate_on") & Domain("chase_state", "=", "chased")
        self._run_job(long_late, lambda batch: batch._chase_managers())

    @api.model
    def _get_late_domain(self, day_field):
        """Visits without minutes whose day in this field has passed where the company is."""
        companies = self.env["res.company"].search([])
        return Domain("state", "in", ("approved", "held")) & Domain.OR(
            Domain("company_id", "=", company.id) & Domain(day_field, "<", company._expo_today())
            for company in companies
        )

    def _chase_owners(self):
        """Tell each owner in one message whose minutes are late."""
        for user, visits in self.grouped("user_id").items():
            visits._tell_late(user)
        for company, visits in self.grouped("company_id").items():
            is_working = company._expo_calendar().is_working
            day = add_working_days(company._expo_today(), company.expo_minutes_days, is_working)
            visits.write({"chase_state": "chased", "escalate_on": day})

    def _tell_late(self, user):
        # In sudo: to whom our people's messages go is no secret of theirs.
        partner = user.sudo().partner_id
        told = self.with_context(lang=partner.lang or self.env.lang)
        items = Markup().join(
            Markup('<li><a href="/odoo/visits/%s">%s</a></li>') % (visit.id, visit.display_name) for visit in told
        )
        self.env["mail.thread"].message_notify(
            partner_ids=partner.ids,
            subject=told.env._("Minutes of visits are late: %s", len(told)),
            body=Markup("<ul>%s</ul>") % items,
        )

    def _chase_managers(self):
        """Remind a manager of minutes that are late for long."""
        kind = self.env.ref("expo_followup.activity_visit_step").id
        model, today = self.env["ir.model"]._get_id(self._name), fields.Date.context_today(self)
        # Activities store the name of their record: warm it, else it is one query each.
        self.mapped("display_name")
        managers = {
            (company, owner): visits[:1]._get_deciders()[:1]
            for (company, owner), visits in self.grouped(lambda visit: (visit.company_id, visit.user_id)).items()
        }
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model,
                    "res_id": visit.id,
                    "activity_type_id": kind,
                    "summary": self.env._("Minutes are late: %s", visit.user_id.name),
                    "date_deadline": today,
                    "user_id": manager.id,
                    "automated": True,
                }
                for visit in self
                if (manager := managers[visit.company_id, visit.user_id])
            ]
        )
        self.write({"chase_state": "escalated"})

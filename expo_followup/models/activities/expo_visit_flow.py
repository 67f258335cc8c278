from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from .expo_visit import OPEN_STATES, PLANNED_STATES

MANAGER = "sales_team.group_sale_manager"
ALL_CUSTOMERS = "sales_team.group_sale_salesman_all_leads"


class ExpoVisit(models.Model):
    """From the plan to the visit: requested, approved or sent back with a reason, put into the calendar.

    **Who decides.** A sales manager of the company, never about his own: neither the owner of the visit nor whoever
    asked for it (or wrote the minutes). Where the company has no other manager, as when its only one goes himself,
    any other user who sees all customers decides instead. Where there is nobody, nobody does.
    """

    _inherit = "expo.visit"

    can_decide = fields.Boolean(compute="_compute_can_decide", help="Whether you may approve or send back.")

    @api.depends("state", "user_id", "submitted_by_id", "minutes_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for visit in self:
            visit.can_decide = visit.state in ("submitted", "minutes") and self.env.user in visit._get_deciders()

    def _get_deciders(self):
        """Return who may approve this visit or review its minutes now, the responsible of the show first."""
        own = self.user_id | self.submitted_by_id
        if self.state == "minutes":
            own |= self.minutes_by_id
        # In sudo: who has which right is no secret of a customer's.
        deciders = self._find_users(MANAGER) - own.sudo()
        deciders = deciders or self._find_users(ALL_CUSTOMERS) - own.sudo()
        responsible = self.sudo().exhibition_id.user_id & deciders
        return (responsible | deciders).sudo(self.env.su)

    def _find_users(self, group):
        """Return the people of the visit's company with this right, in sudo."""
        users = self.env["res.users"].sudo()
        return users.search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ],
            order="id",
        )

    # -- the steps ---------------------------------------------------------------------------------------

    def action_submit(self):
        """Ask for approval of the plan."""
        for visit in self._take(PLANNED_STATES):
            visit._check_plan()
            visit._step(
                "submitted", submitted_by_id=self.env.uid, submitted_on=fields.Datetime.now(), back_reason=False
            )
            if not visit._get_deciders():
                raise UserError(
                    self.env._("Nobody but you may approve this visit: another manager, or a user of all customers.")
                )
        return True

    def _check_plan(self):
        """Refuse a request that does not say whom, why, what and when.

        :raises UserError: naming what is missing
        """
        names = ("aim", "plan", "person_ids", "start")
        if missing := [name for name in names if not self[name]]:
            labels = ", ".join(self._fields[name]._description_string(self.env) for name in missing)
            raise UserError(self.env._("Say this first: %s.", labels))

    def action_approve(self):
        """Approve the plan: the visit is in the calendars of those who go, and a touch of the customer."""
        for visit in self._take(("submitted",)):
            visit._check_decides()
            visit._step("approved", approved_by_id=self.env.uid, approved_on=fields.Datetime.now())
            visit._ensure_followup()
            visit._make_meeting()
            visit._tell(self.env._("The visit is approved: %s", visit.display_name))
        return True

    def send_back(self, reason):
        """Send the plan, or the minutes, back to whoever wrote it.

        :param str reason: what is to be changed
        :raises UserError: without a reason
        """
        for visit in self._take(("submitted", "minutes")):
            visit._check_decides()
            # Minutes go back to the writing of them, a plan to its planning.
            visit._step("held" if visit.state == "minutes" else "sent_back", back_reason=self._get_reason(reason))
            visit._tell(self.env._("Sent back: %s", visit.back_reason))

    def action_revise(self):
        """Take an approved or requested plan back to change it; it is to be approved again."""
        for visit in self._take(("submitted", "approved")):
            visit._step("draft", approved_by_id=False, approved_on=False)
            visit._drop_meeting()
        return True

    def cancel(self, reason):
        """Call the visit off.

        :param str reason: why
        :raises UserError: without a reason, or when the visit was held
        """
        for visit in self._take(("draft", "submitted", "sent_back", "approved")):
            visit._step("cancelled", cancel_reason=self._get_reason(reason))
            visit._drop_meeting()
            # A touch that stood for this visit alone goes with it; the plan's own visit is still to be made.
            followup = visit.sudo().followup_id
            if not followup.step_id:
                followup.action_skip()

    def action_open_participation(self):
        """Open the customer's entry at the show."""
        self.ensure_one()
        return self.participation_id.get_formview_action()

    def action_send_back(self):
        """Ask for the reason, then send back."""
        return self._ask_reason("send_back")

    def action_cancel(self):
        """Ask for the reason, then cancel."""
        return self._ask_reason("cancel")

    def _ask_reason(self, step):
        self.ensure_one()
        dialog = self.env["expo.visit.reason"].create({"visit_id": self.id, "step": step})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is to be changed?")
            if step == "send_back"
            else self.env._("Why is it called off?"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # -- taking a step -----------------------------------------------------------------------------------

    def _take(self, states):
        """Lock visits for a step, and refuse those that are not in one of these states.

        :raises UserError: when somebody else is at one of them, or was faster
        """
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is working on this visit right now.")) from error
        self.invalidate_recordset()
        names = dict(self._fields["state"]._description_selection(self.env))
        for visit in self:
            if visit.state not in states:
                raise UserError(
                    self.env._(
                        "“%(visit)s” is in the state “%(state)s”: this step is not open.",
                        visit=visit.display_name,
                        state=names[visit.state],
                    )
                )
        return self

    def _step(self, state, **values):
        """Move on to a state. In sudo: users change it through the methods only, which have checked their right."""
        self.sudo().write({"state": state, **values})
        self._update_todo()

    def _check_decides(self):
        """Refuse a decision about one's own visit, and of people who have no say.

        :raises AccessError: in either case
        """
        if self.env.user in self._get_deciders():
            return
        if self.env.user in self.user_id | self.submitted_by_id | self.minutes_by_id:
            raise AccessError(self.env._("Nobody decides about his own visit: somebody else approves and reviews it."))
        raise AccessError(self.env._("Managers approve visits and review minutes."))

    def _get_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason."))
        return reason.strip()

    def _tell(self, text):
        """Tell the owner and those who go along, unless they did it themselves."""
        people = (self.user_id | self.member_ids | self.submitted_by_id) - self.env.user
        # In sudo: to whom our people's messages go is no secret of theirs.
        partners = people.sudo().partner_id
        self.message_notify(
            partner_ids=partners.ids, subject=self.display_name, body=text, model_description=self._description
        )

    # -- the touch ---------------------------------------------------------------------------------------

    def _ensure_followup(self):
        """Let the visit be one touch of the customer: the plan's visit where one is open, else one of its own.

        In sudo: follow-ups are kept by the engine, and the visit's access has been checked.
        """
        visit = self.sudo()
        if visit.followup_id.state in ("planned", "due", "done"):
            return
        kind = self.env.ref("expo_followup.activity_visit", raise_if_not_found=False)
        found = visit.participation_id.followup_ids.filtered(
            lambda followup: followup.state in ("planned", "due") and followup.activity_type_id == kind
        )
        taken = self.search_count([("followup_id", "in", found[:1].ids), ("state", "in", OPEN_STATES)], limit=1)
        visit.followup_id = found[:1] if found and not taken else visit._create_followup(kind)
        # Other touches make room for it.
        visit.participation_id._sync_followups()

    def _create_followup(self, kind):
        values = {
            "participation_id": self.participation_id.id,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "window_start": self.company_id._expo_local_date(self.start),
            "summary": self.aim,
        }
        if kind:
            values["activity_type_id"] = kind.id
        return self.env["expo.followup"].create(values)

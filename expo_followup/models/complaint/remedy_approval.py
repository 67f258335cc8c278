from math import inf

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.authority import Promised, compare, get_best, judge, window_start
from ...tools.numbers import show_number
from ..mixins.notices import Reminder, notify, remind
from ..mixins.record_keeping import as_user
from ..mixins.taking_turns import take_turns
from .line import DEAD_STATES

ACTIVITY = "expo_followup.activity_complaint_approve"
# The number of photos shown to approvers.
PHOTOS = 8
# The number of users asked for an approval; the rest find it in the list.
ASKED = 5


class ExpoComplaintRemedyApproval(models.AbstractModel):
    """The authority that covers a remedy, and the approval of remedies beyond their author's authority.

    Everything proposed and not refused counts, by any author: on the complaint, and to the customer within
    twelve months. Users cannot approve what they wrote, changed or asked approval for. No more is credited than was
    invoiced, and no more replaced than is claimed, over all complaints.
    """

    _name = "expo.complaint.remedy.approval"
    _description = "Approval of a Remedy"

    can_approve = fields.Boolean(
        "Approval Allowed",
        compute="_compute_can_approve",
        help="Set when the remedy awaits approval and you are not its author.",
    )

    approval_facts = fields.Html(
        "Facts for Approval",
        compute="_compute_approval_facts",
        compute_sudo=True,
        sanitize=False,
        help="Limits, the customer's last twelve months, goods and photos; shown to users who may approve the remedy.",
    )

    @api.depends("approval", "author_id", "company_amount", "complaint_id.line_ids", "complaint_id.evidence_ids")
    @api.depends_context("uid", "lang")
    def _compute_approval_facts(self):
        """Show what the decision needs to those who may take it."""
        for remedy in self:
            may_see = remedy.can_approve and not remedy._get_exceeded_limits(self.env.user, is_locking=False)
            remedy.approval_facts = may_see and self.env["ir.qweb"]._render(
                "expo_followup.remedy_approval_facts", remedy._get_approval_facts()
            )

    @api.depends("approval", "author_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for remedy in self:
            remedy.can_approve = remedy.approval == "to_approve" and not remedy._is_own()

    @api.depends("exceeded")
    @api.depends_context("lang")
    def _compute_beyond(self):
        """Say in the reader's language which sides of the author's authority it exceeds."""
        for remedy in self:
            remedy.beyond = remedy.exceeded and self._get_side_texts(remedy.exceeded.split(","))

    def _is_own(self):
        return self.env.user in self.author_id | self.create_uid

    # -- the steps ---------------------------------------------------------------------------------------

    def action_submit(self):
        """Propose the remedy: approved at once within the user's authority, else another user is asked."""
        for remedy in self._lock_for_step("submit"):
            remedy._check_complaint()
            remedy._check_complete()
            # In sudo: facts of the step; access has been checked.
            remedy.sudo().write(
                {
                    "author_id": self.env.uid,
                    "day": remedy.company_id._expo_today(),
                    "invoice_id": remedy._find_invoice().id,
                    "refuse_reason": False,
                    "approval": "to_approve",
                }
            )
            remedy._check_goods()
            remedy._void_offer()
            if sides := remedy._get_exceeded_limits(self.env.user):
                remedy._request_approval(sides)
            else:
                remedy._approve(is_within=True)
        return True

    def action_approve(self):
        """Approve the remedy of another user, within one's own authority.

        :raises AccessError: of one's own, or beyond one's authority
        """
        for remedy in self._lock_for_step("approve"):
            if remedy._is_own():
                raise AccessError(self.env._("You cannot approve your own remedy. Ask another approver."))
            remedy._check_within()
            remedy._approve(is_within=False)
        return True

    def refuse(self, reason):
        """Refuse a remedy, or withdraw one's own; what was offered with it is offered no more.

        :param str reason: why
        :raises UserError: without a reason, or while its document stands
        :raises AccessError: beyond one's authority
        """
        for remedy in self._lock_for_step("refuse"):
            if not (reason or "").strip():
                raise UserError(
                    self.env._(
                        "You cannot refuse or withdraw this remedy because the reason is missing. Enter a reason."
                    )
                )
            if not remedy._is_own():
                remedy._check_within()
            remedy._check_undocumented()
            # In sudo: facts of the step; access has been checked.
            remedy.sudo().write({"approval": "refused", "refuse_reason": reason.strip(), "approved_by_id": False})
            remedy._void_offer()
            remedy._end_approval_reminders()
            remedy._notify_people(
                remedy.author_id | remedy.complaint_id.user_id,
                lambda remedy: remedy.env._("Remedy refused: %s", remedy.refuse_reason),
            )

    def action_refuse(self):
        """Ask for the reason, then refuse or withdraw."""
        self.ensure_one()
        return self.env["expo.complaint.step"]._open_dialog(self.complaint_id, "refuse", self)

    # -- the rule ----------------------------------------------------------------------------------------

    def _get_exceeded_limits(self, user, is_locking=True):
        """Return which sides of a user's authority this remedy exceeds, with all that counts together with it."""
        return judge(self._get_authority()._get_limits(user), self._get_promised(is_locking))

    def _get_authority(self):
        return self.env["expo.complaint.authority"]._get_rows(self.company_id)

    def _get_promised(self, is_locking=True):
        """Return the sum of remedies not refused, this one included, in the company's currency.

        :param bool is_locking: for a decision; what is only shown waits for no other user
        """
        # In sudo: remedies of colleagues count, and only the answer is shown.
        remedy = self.sudo()
        complaint = remedy.complaint_id
        # Two remedies proposed at once do not both fit.
        if is_locking:
            take_turns(complaint.commercial_partner_id)
        rows = remedy.browse().with_context(active_test=False)
        given = Domain("approval", "in", ("to_approve", "approved")) & Domain("id", "!=", remedy.id)
        of_customer = Domain("complaint_id.commercial_partner_id", "=", complaint.commercial_partner_id.id)
        # Branches are one company.
        ours = Domain("company_id", "child_of", remedy.company_id.root_id.id)
        in_window = Domain("day", ">", window_start(remedy.day)) & ours

        def total(domain):
            [[amount]] = rows._read_group(given & domain, [], ["company_amount:sum"])
            return amount + remedy.company_amount

        if remedy.kind == "replacement" and not remedy.company_amount:
            # Goods without a price: only users without a limit may approve them.
            return Promised(complaint=inf, customer=inf)
        return Promised(
            complaint=total(Domain("complaint_id", "=", complaint.id)),
            customer=total(of_customer & in_window),
            goods=complaint._get_goods_worth(remedy.day),
        )

    def _check_within(self):
        """Refuse a decision beyond the user's authority.

        :raises AccessError: saying which side is exceeded
        """
        if sides := self._get_exceeded_limits(self.env.user):
            raise AccessError(
                self.env._(
                    "You cannot approve or refuse this remedy because it is beyond your authority: %s. "
                    "Ask another approver.",
                    self._get_side_texts(sides),
                )
            )

    def _get_side_texts(self, sides):
        texts = {
            "complaint": self.env._("above the limit per complaint"),
            "share": self.env._("above the allowed share of the goods' value"),
            "customer": self.env._("above the limit per customer in twelve months"),
            "nothing": self.env._("no authority for remedies"),
        }
        return ", ".join(texts[side] for side in sides)

    def _recheck(self):
        """Take back approvals that rested on their author's own authority and that it no longer covers."""
        for remedy in self.sudo().filtered(lambda row: row.state == "approved" and row.is_within):
            if sides := remedy._get_exceeded_limits(remedy.author_id):
                remedy.write(
                    {"approval": "to_approve", "approved_by_id": False, "approved_on": False, "is_within": False}
                )
                remedy._void_offer()
                remedy._request_approval(sides)

    # -- what the approver sees --------------------------------------------------------------------------

    def _get_approval_facts(self):
        """Return what the template of the facts shows; in sudo, of a remedy that the user may decide on."""
        promised, complaint = self._get_promised(is_locking=False), self.complaint_id
        best = get_best(self._get_authority()._get_limits(self.author_id), promised)
        names = {
            "complaint": self.env._("Per complaint"),
            "share": self.env._("Share of the goods' value"),
            "customer": self.env._("Per customer in twelve months"),
        }

        def show(amount):
            return "–" if amount == inf else self.company_currency_id.format(amount)

        return {
            "author": self.author_id.name,
            "sides": [
                (names[side.name], show(side.most), show(side.total), side.excess and show(side.excess))
                for side in (compare(best, promised) if best else ())
            ],
            "remedies": show(promised.customer),
            "turnover": show(self._get_turnover()),
            "complaint_count": self._count_complaints(),
            "lines": complaint.line_ids,
            "photos": complaint.evidence_ids.filtered(lambda row: (row.mimetype or "").startswith("image/"))[:PHOTOS],
            "show_number": show_number,
        }

    def _get_turnover(self):
        """Return what the customer was invoiced in the twelve months in which remedies count together."""
        [[amount]] = self.env["account.move"]._read_group(
            [
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("commercial_partner_id", "=", self.complaint_id.commercial_partner_id.id),
                ("invoice_date", ">", window_start(self.day)),
                ("company_id", "child_of", self.company_id.root_id.id),
            ],
            [],
            ["amount_untaxed_signed:sum"],
        )
        return amount or 0.0

    def _count_complaints(self):
        complaints = self.complaint_id.with_context(active_test=False)
        return complaints.search_count(
            [
                ("commercial_partner_id", "=", complaints.commercial_partner_id.id),
                ("received_at", ">", fields.Datetime.to_datetime(window_start(self.day))),
                ("company_id", "child_of", self.company_id.root_id.id),
                ("merged_into_id", "=", False),
            ]
        )

    def _remind_approvers(self, people):
        """Put the remedy on the lists of those who may approve it, with a link to its facts."""
        # In sudo: the author may not write the lists of others; users who cannot read the complaint are left out.
        complaint = self.sudo().complaint_id
        for user in people.filtered(lambda one: as_user(complaint, one).has_access("read")):
            words = self.with_context(lang=user.lang)
            reminder = Reminder(
                user,
                self.company_id._expo_today(),
                words.env._("Approve remedy: %s", words.display_name),
                Markup('<a href="%s">%s</a>') % (self._get_path(), words.env._("Review remedy")),
            )
            remind(self.sudo(), ACTIVITY, lambda _remedy, told=reminder: told, on="complaint_id", is_once=False)

    def _get_path(self):
        return f"/odoo/expo.complaint.remedy/{self.id}"

    def _end_approval_reminders(self):
        """Take decided remedies off the lists of those who were asked."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        for remedy in self.sudo() if kind else ():
            found = remedy.complaint_id.activity_ids.filtered(lambda one: one.activity_type_id == kind)
            link = f'{remedy._get_path()}"'
            found.filtered(lambda one, link=link: link in str(one.note)).unlink()

    # -- behind the steps --------------------------------------------------------------------------------

    def _begin_anew(self):
        """Make drafts of remedies that are changed, by the user: their approval and what was offered are void."""
        promised = self.filtered(lambda remedy: remedy.approval != "draft")
        for remedy in promised:
            if remedy.state == "done":
                raise UserError(
                    self.env._("You cannot change “%s” because it is done. Add another remedy.", remedy.display_name)
                )
            remedy._check_undocumented()
        self._check_complaint()
        # In sudo: facts of the step; the user who changes a remedy is its author.
        if promised:
            values = {"approved_by_id": False, "approved_on": False, "is_within": False}
            promised.sudo().write({"approval": "draft", **values})
            promised._void_offer()
            promised._end_approval_reminders()
        if not self._is_system():
            self.sudo().write({"author_id": self.env.uid})

    def _check_complete(self):
        """Refuse remedies that are too incomplete to be judged or carried out.

        :raises UserError: naming what is missing
        """
        if not self.complaint_id.partner_id:
            raise UserError(
                self.env._(
                    "You cannot propose this remedy because the complaint has no customer. Choose the customer first."
                )
            )
        if self.kind == "replacement" and not (self.product_id and self.quantity):
            raise UserError(
                self.env._("You cannot propose this remedy because its article or quantity is missing. Enter both.")
            )
        if (self.kind == "replacement" or self.percent) and (worth := self._get_worth()):
            # What goods, or a share of them, are worth is not for the author to say.
            self.sudo().amount = worth
        if self.kind == "other" and not (self.text or "").strip():
            raise UserError(
                self.env._("You cannot propose this remedy because its description is missing. Enter the description.")
            )
        if self.kind in ("credit", "discount") and self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(
                self.env._("You cannot propose this remedy because its amount is missing. Enter the amount.")
            )

    def _approve(self, is_within):
        # In sudo: facts of the step; the right to it has been checked.
        self.sudo().write(
            {
                "approval": "approved",
                "approved_by_id": self.env.uid,
                "approved_on": fields.Datetime.now(),
                "is_within": is_within,
                "exceeded": False,
            }
        )
        self._void_offer()
        self._end_approval_reminders()
        self.complaint_id._log_event("approved", note=self.display_name)
        self._notify_people(self.author_id, lambda remedy: remedy.env._("Remedy approved: %s", remedy.display_name))

    def _request_approval(self, sides):
        """Ask those who may approve.

        :raises UserError: when there is no approver
        """
        people = self._get_approvers()
        if not people:
            raise UserError(
                self.env._(
                    "You cannot propose this remedy because no approver has the authority: %s. Reduce "
                    "it, or change the authority in the settings.",
                    self._get_side_texts(sides),
                )
            )
        self.sudo().exceeded = ",".join(sides)
        self._notify_people(people, lambda remedy: remedy.env._("Approve remedy: %s", remedy.display_name))
        self._remind_approvers(people)

    def _get_approvers(self):
        """Return some of those who may approve this remedy: the escalation contact first, then by authority."""
        # In sudo: the rights of users are no secret of a customer's.
        remedy = self.sudo()
        rows, promised = remedy._get_authority(), remedy._get_promised()
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", rows.group_id.ids),
                    ("company_ids", "in", remedy.company_id.ids),
                    ("share", "=", False),
                    ("id", "not in", (remedy.author_id | remedy.create_uid).ids),
                ],
                order="id",
            )
        )
        leader = remedy.complaint_id.team_id.leader_id & users
        return (leader | users).filtered(lambda user: not judge(rows._get_limits(user), promised))[:ASKED]

    def _notify_people(self, people, say):
        """Tell people in their languages, unless they did it themselves.

        :param callable say: returns the words, of the remedy in the language of its context
        """
        complaint = self.complaint_id

        def get_message(env):
            return complaint.with_env(env).display_name, say(self.with_env(env))

        notify(complaint, (people - self.env.user).sudo().partner_id, get_message)

    def _void_offer(self):
        """What the customer was offered, or has accepted, was something else."""
        self.complaint_id._void_offer()

    # -- which invoice -----------------------------------------------------------------------------------

    def _find_invoice(self):
        """Return the posted invoice that a credit goes against, in sudo: the last one with room for it, else the last.

        That of the goods before that of the complaint; invoices of a partner who pays for the customer count as well.
        """
        remedy = self.sudo()
        if remedy.kind not in ("credit", "discount") or remedy.target_id:
            return self.env["account.move"]
        line, complaint = remedy.line_id, remedy.complaint_id
        sources = (
            line.move_line_id.move_id,
            line.order_line_id.invoice_lines.move_id,
            complaint.invoice_id,
            complaint.order_id.invoice_ids,
            complaint.line_ids.move_line_id.move_id,
            complaint.line_ids.order_line_id.invoice_lines.move_id,
        )
        for moves in sources:
            if posted := moves.filtered(remedy._may_credit).sorted(lambda move: (move.invoice_date, move.id)):
                return posted.filtered(remedy._has_room)[-1:] or posted[-1:]
        return self.env["account.move"].sudo()

    def _may_credit(self, move):
        return (
            move.move_type == "out_invoice"
            and move.state == "posted"
            and move.company_id == self.company_id
            and self.complaint_id._is_of_customer(self.env["sale.order"], move)
        )

    def _get_invoice_lines(self):
        """Return the lines of the credited invoice that this remedy is about, else all of its goods."""
        lines = self.invoice_id.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        # What was paid in advance is taken off there, and is no sale of its own.
        lines = lines.filtered(lambda line: not line.is_downpayment) or lines
        wanted = self.line_id or self.complaint_id.line_ids
        named = lines & (wanted.move_line_id | wanted.order_line_id.invoice_lines)
        return named or lines

    # -- how much ----------------------------------------------------------------------------------------

    def _check_goods(self):
        """Refuse to credit more than was invoiced, and to replace more than is claimed, by any author.

        :raises UserError: naming what is left
        """
        # In sudo: remedies of colleagues count, and only the rest of the authority is shown.
        remedy = self.sudo()
        if invoice := remedy.invoice_id:
            take_turns(invoice)
            if not remedy._has_room(invoice):
                remedy._refuse_credit()
        if remedy.line_id and remedy.kind in ("replacement", "credit") and remedy.quantity:
            remedy._check_line()

    def _has_room(self, invoice):
        """Tell whether an invoice covers all remedies against it, this one included."""
        others = self.search(
            [("invoice_id", "=", invoice.id), ("approval", "in", ("to_approve", "approved")), ("id", "!=", self.id)]
        )
        ours = others | self
        promised = sum(
            each.currency_id._convert(each.amount, invoice.currency_id, invoice.company_id, each.day) for each in ours
        )
        # What the accountants credited beside ours; ours counts once, with its remedy.
        notes = (invoice.reversal_move_ids - ours.move_id).filtered(
            lambda note: note.state != "cancel" and not note._expo_is_taken_back()
        )
        credited = sum(
            note.currency_id._convert(note.amount_untaxed, invoice.currency_id, invoice.company_id, note.date)
            for note in notes
        )
        return invoice.currency_id.compare_amounts(promised + credited, invoice.amount_untaxed) <= 0

    def _refuse_credit(self):
        invoice = self.invoice_id
        raise UserError(
            self.env._(
                "You cannot credit more than the untaxed amount of %(invoice)s, which is %(amount)s. Add "
                "another remedy for the rest: on another invoice, or of the type “Other”.",
                invoice=invoice.name,
                amount=invoice.currency_id.format(invoice.amount_untaxed),
            )
        )

    def _check_line(self):
        line = self.line_id
        take_turns(line)
        [[given]] = self._read_group(
            [
                ("line_id", "=", line.id),
                ("approval", "in", ("to_approve", "approved")),
                ("id", "!=", self.id),
                ("kind", "in", ("replacement", "credit")),
                ("complaint_id.state", "not in", DEAD_STATES),
            ],
            [],
            ["quantity:sum"],
        )
        most = line.accepted_quantity or line.claimed_quantity
        if line._is_more(given + self.quantity, most):
            raise UserError(
                self.env._(
                    "You cannot credit or replace more than %(most)s of “%(article)s” in all. Reduce the quantity.",
                    article=line.product_name,
                    most=show_number(most),
                )
            )

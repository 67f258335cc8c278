from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from .expo_capture_plan import RowPlan

BATCH_SIZE = 1000
PLACE_FIELDS = ("street", "city", "zip", "country_id")
ADDRESS_FIELDS = ("website", *PLACE_FIELDS)
# Thousands at once: their history is the captures themselves, not a message and a follower each.
QUIETLY = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class ExpoCapture(models.Model):
    """How a captured contact becomes a customer of the show."""

    _inherit = "expo.capture"

    @api.private
    def _enter(self):
        """Make customers of the show of captured contacts; constant queries per thousand new ones.

        Known customers are completed and joined, new ones created; look-alikes are noted for a person to judge.
        Who cannot be told keeps the reason in ``problem`` and stays to enter. Entering twice is harmless.

        In sudo: the customer may be a colleague's, whom the one who met him next does not see; which captures are
        entered is decided by who may write them.
        """
        for ids in split_every(BATCH_SIZE, self.sorted(lambda capture: (capture.captured_on, capture.id)).ids):
            self.sudo().browse(ids)._enter_batch()

    def _enter_batch(self):
        self._take_turns()
        todo = self.filtered(lambda capture: capture.state == "new")
        for show, captures in todo.grouped("exhibition_id").items():
            plans = self._plan_rows(show, [capture._get_row() for capture in captures])
            partners = captures._write_partners(plans)
            captures._write_entries(show, plans, partners)

    def _take_turns(self):
        """Whoever else enters customers of the same shows starts over on the new state: nobody is created twice."""
        self.flush_recordset()
        shows = tuple(self.exhibition_id.ids)
        if shows:
            # Who comes second is no error to log: it is tried again.
            self.env.cr.execute(
                SQL("UPDATE expo_exhibition SET state = state WHERE id IN %s", shows), log_exceptions=False
            )
            self.invalidate_recordset(["state"])

    def _write_partners(self, plans):
        """Create the partners that the plans lack and complete the others.

        :return: the partner's id by the id in the plan
        :rtype: dict
        """
        ids = _RealIds()
        partners = self.env["res.partner"].with_context(**QUIETLY)
        companies = {}
        for capture, plan in zip(self, plans, strict=True):
            if plan.company_id < 0 and plan.company_id != plan.partner_id:
                companies.setdefault(plan.company_id, capture._get_company_values())
        # What has no company, or one made just now of the same facts, need not be compared with it one by one.
        alone = partners.with_context(_partners_skip_fields_sync=True)
        ids.update(zip(companies, alone.create(list(companies.values())).ids, strict=True))
        joining, others = {}, {}
        for capture, plan in zip(self, plans, strict=True):
            if plan.action == "created":
                values = capture._get_partner_values(ids[plan.company_id])
                if plan.company_id in companies:
                    known = companies[plan.company_id]
                    values.update({name: known[name] for name in PLACE_FIELDS if name in known})
                (joining if plan.company_id > 0 else others)[plan.partner_id] = values
        ids.update(zip(joining, partners.create(list(joining.values())).ids, strict=True))
        ids.update(zip(others, alone.create(list(others.values())).ids, strict=True))
        for plan in plans:
            if plan.fills:
                partners.browse(ids[plan.partner_id]).write(plan.fills)
        return ids

    def _get_company_values(self):
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in ADDRESS_FIELDS if self[name]}
        return {"name": self.company_name, "is_company": True, "lang": self._get_letter_lang(), **values}

    def _get_partner_values(self, company_id):
        """The values of a new customer: a person, at his company if he named one, else the company itself."""
        values = {
            "name": self.name or self.company_name or self.email or self.phone,
            "is_company": not self.name and bool(self.company_name),
            "parent_id": company_id or False,
            "email": self.email,
            "phone": self.phone,
            "function": self.function,
            "lang": self._get_letter_lang(),
        }
        names = () if company_id else ADDRESS_FIELDS
        values.update({name: self._fields[name].convert_to_write(self[name], self) for name in names if self[name]})
        return values

    def _get_letter_lang(self):
        """The language to write in: as captured, else of his country, else English; not that of our own office."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        country = self.country_id.code
        english = [code for code in installed if code.startswith("en")]
        of_country = [code for code in installed if country and code.endswith(f"_{country}")]
        return next(iter([*filter(None, [self.lang]), *of_country, *english, *installed]))

    # -- entries of the show -----------------------------------------------------------------------------

    def _write_entries(self, show, plans, ids):
        """Create the entries of the show that are missing, join the others, and note on each capture what became."""
        by_partner = defaultdict(list)
        for capture, plan in zip(self, plans, strict=True):
            if plan.action == "rejected":
                capture.problem = plan.problem
            else:
                by_partner[ids[plan.partner_id]].append((capture, plan._replace(partner_id=ids[plan.partner_id])))
        entries = self.env["expo.participation"].with_context(active_test=False)
        known = entries.search([("exhibition_id", "=", show.id), ("partner_id", "in", list(by_partner))])
        entry_of = {entry.partner_id.id: entry for entry in known}
        missing = [partner_id for partner_id in by_partner if partner_id not in entry_of]
        usual = entries.default_get(["tier_id"])
        created = entries.with_context(**QUIETLY).create(
            [{**usual, **by_partner[partner_id][0][0]._get_entry_values(partner_id)} for partner_id in missing]
        )
        entry_of.update(zip(missing, created, strict=True))
        now = fields.Datetime.now()
        for partner_id, captured in by_partner.items():
            for capture, plan in captured:
                capture.write({**self._get_entered_values(plan, now), "participation_id": entry_of[partner_id].id})
        self._join_entries(created, known)
        self._write_accounts()

    def _join_entries(self, created, known):
        """Tell the entries what all their captures say together; a new one of a single capture knows already."""
        # Whoever was archived and came again is alive.
        known.filtered(lambda entry: not entry.active).active = True
        several = created.filtered(lambda entry: len(entry.capture_ids) > 1)
        (several | known).with_context(**QUIETLY)._apply_captures()

    def _get_entry_values(self, partner_id):
        """The values of a new entry of the show."""
        values = {
            "exhibition_id": self.exhibition_id.id,
            "partner_id": partner_id,
            "role": self.role,
            "user_id": self.user_id.filtered("active").id,
            "captured_on": self.captured_on,
            "captured_by_id": self.captured_by_id.id,
            "contact_consent": self.contact_consent,
            "conversation": self.note,
            "product_ids": [fields.Command.set(self.product_ids.ids)],
        }
        return {**values, "tier_id": self.tier_id.id} if self.tier_id else values

    def _get_entered_values(self, plan: RowPlan, now):
        values = {
            "state": "entered",
            "partner_id": plan.partner_id,
            "match_reason": plan.reason or False,
            "result": plan.action,
            "problem": False,
            "entered_on": now,
            "entered_by_id": self.env.uid,
        }
        return {**values, "near_ids": [fields.Command.set(plan.near_ids)]} if plan.near_ids else values

    @api.model
    def _cron_enter(self):
        """Enter at once what has come in, for companies that review nothing."""
        waiting = [("state", "=", "new"), ("problem", "=", False), ("company_id.expo_capture_at_once", "=", True)]
        self._run_job(waiting, lambda batch: batch._enter())


class _RealIds(dict):
    """Maps ids of plans to ids of partners; what exists stands for itself."""

    def __missing__(self, key):
        return key

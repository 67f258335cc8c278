import logging

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..mixins.customer_class import ABC_CLASSES
from ..mixins.job import TO_RETRY, expect_work, run_again, run_guarded, run_step, show_failure
from ..mixins.record_keeping import RecordKeeping
from ..participation.care import Care
from . import abc_sql

_logger = logging.getLogger(__name__)
BATCH_SIZE = 5000


class ExpoAbcChange(models.Model):
    """One entry in the history of a customer's ABC class. Written by the scheduled action only, never changed."""

    _name = "expo.abc.change"
    _description = "ABC Class Change"
    _inherit = ["expo.linked.records"]
    _order = "changed_on desc, id desc"
    # The scheduled action writes them, on the day that they tell.
    _log_access = False
    _record_keeping = RecordKeeping(
        archive="classes",
        archive_order=200,
        personal="with_parent",
        salesperson="partner_id.expo_file_ids.participation_ids.user_id",
    )

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", "Our Company", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    class_before = fields.Selection(ABC_CLASSES, "Previous Class")
    class_after = fields.Selection(ABC_CLASSES, "New Class")
    turnover = fields.Monetary(help="Net turnover of the period that decided the new class.")
    changed_on = fields.Date("Date", required=True, default=fields.Date.context_today)

    @api.depends("class_before", "class_after")
    def _compute_display_name(self):
        for change in self:
            before, after = ((value or "–").upper() for value in (change.class_before, change.class_after))
            change.display_name = f"{before} → {after}"

    def action_open_customer(self):
        """Open the customer of this row."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    # -- classes of all customers, one statement per company

    @api.model
    def _cron_classify(self):
        """Class the customers of all companies; plan anew whose class has changed, and serve who has turnover.

        Resumable: who is classed does not differ any more. Two at once do no harm: who comes second to a batch leaves
        it, and finds it done at the next run.
        """
        run_step(self, lambda changes: changes._classify_all())
        run_step(self, lambda changes: changes._serve_all())

    @api.model
    def _classify_all(self):
        for company in self.env["res.company"].search([]):
            run_step(self.with_company(company), lambda changes: changes._classify_in_batches())

    @api.model
    def _serve_all(self):
        """Keep in touch with the customers with turnover of all companies."""
        for company in self.env["res.company"].search([]):
            run_step(self.with_company(company), lambda changes: Care(changes.env.company).run())

    @api.model
    def _classify_in_batches(self):
        """Class the customers of the company, committing after each batch; show a manager who cannot be classed."""
        company = self.env.company
        changes = self._find_changes(company)
        expect_work(self.env, len(changes))

        def note_failure(change, error):
            customer = self.env["res.partner"].browse(change[0][0])
            _logger.warning("%s cannot be classed: %s", customer, error)
            show_failure(customer, error)

        for batch in split_every(BATCH_SIZE, changes):
            try:
                run_guarded(self.env, batch, lambda part: self._apply_changes(company, part), note_failure)
            except TO_RETRY:
                # A person changed these customers meanwhile.
                self.env.cr.rollback()
                _logger.info("ABC classes: a batch was changed meanwhile, it is done at the next run")
                run_again(self.env)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                return

    @api.model
    def _classify(self, company):
        """Class all customers of one company at once, in this transaction."""
        if changes := self._find_changes(company):
            self._apply_changes(company, changes)

    def _find_changes(self, company):
        """Return who must be classed otherwise than they are: partner id, class before, after, stage and turnover."""
        for model, names in abc_sql.READ.items():
            self.env[model].flush_model(names)
        # Sums and ranks of all customers fit into so much memory; until the end of this transaction.
        self.env.execute_query(SQL("SELECT set_config('work_mem', '64MB', TRUE)"))
        period, key = company._expo_abc_period(), str(company.id)
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.id, partner.expo_abc_class ->> %(key)s,
                       wanted.abc_class, wanted.lifecycle, COALESCE(wanted.turnover, 0)::text
                  FROM res_partner partner
             LEFT JOIN (
                    SELECT partner_id, %(abc_class)s AS abc_class, %(stage)s AS lifecycle, turnover
                      FROM (%(known)s) AS known
                       ) AS wanted ON wanted.partner_id = partner.id
                 WHERE partner.expo_abc_class ->> %(key)s IS DISTINCT FROM wanted.abc_class
                    OR partner.expo_lifecycle ->> %(key)s IS DISTINCT FROM wanted.lifecycle
                """,
                known=abc_sql.known(company, period),
                abc_class=abc_sql.abc_class(company),
                stage=abc_sql.stage(company, period),
                key=key,
            )
        )

    def _apply_changes(self, company, changes):
        """Write classes and stages in one statement, keep the history, and let all that shows them follow."""
        ids, before, after, stages, turnovers = (_to_array(column) for column in zip(*changes, strict=True))
        known = self.env.execute_query(
            SQL(
                """
                WITH written AS (
                    UPDATE res_partner partner SET expo_abc_class = %(new_class)s, expo_lifecycle = %(new_stage)s
                      FROM unnest(
                               %(ids)s::int[], %(before)s::text[], %(after)s::text[], %(stages)s::text[],
                               %(turnovers)s::numeric[]
                           ) AS wanted(id, class_before, class_after, lifecycle, turnover)
                     WHERE partner.id = wanted.id
                       -- Another run may have classed the customer meanwhile.
                       AND partner.expo_abc_class ->> %(key)s IS NOT DISTINCT FROM wanted.class_before
                 RETURNING partner.id, class_before, class_after, turnover
                ), logged AS (
                    INSERT INTO expo_abc_change (
                        partner_id, company_id, class_before, class_after, turnover, changed_on
                    )
                    SELECT id, %(company)s, class_before, class_after, turnover, %(today)s
                      FROM written WHERE class_before IS DISTINCT FROM class_after
                )
                -- Most customers of a company were never met at a show: nothing of ours follows from them.
                SELECT id, class_before IS DISTINCT FROM class_after FROM written
                 WHERE id IN (
                    SELECT commercial_partner_id FROM expo_participation WHERE company_id = %(company)s
                     UNION ALL SELECT partner_id FROM expo_customer_file WHERE company_id = %(company)s
                 )
                """,
                ids=ids,
                before=before,
                after=after,
                stages=stages,
                turnovers=turnovers,
                key=str(company.id),
                new_class=abc_sql.merged(SQL("partner.expo_abc_class"), company, SQL("wanted.class_after")),
                new_stage=abc_sql.merged(SQL("partner.expo_lifecycle"), company, SQL("wanted.lifecycle")),
                company=company.id,
                today=company._expo_today(),
            )
        )
        self._update_dependents(known)

    def _update_dependents(self, known):
        """What was written past the ORM: caches forget it, and what is computed from it follows.

        :param known: partner id, and whether their class has changed, of those who have a file or were met at a show
        """
        partners = self.env["res.partner"].browse(row[0] for row in known)
        partners.invalidate_model(["expo_abc_class", "expo_lifecycle"])
        if reclassed := partners.browse(partner_id for partner_id, is_reclassed in known if is_reclassed):
            reclassed.modified(["expo_abc_class", "expo_lifecycle"])
            self.env["expo.participation"]._trigger_sync()
        # A new stage alone plans nothing anew.
        (partners - reclassed).modified(["expo_lifecycle"])


def _to_array(values):
    """Write numbers and codes as an array of PostgreSQL, in a tenth of the time that its driver takes for as many."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"

import logging

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

# Another transaction was faster: no failure of the record, the transaction starts again.
TO_RETRY = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)
MAX_FAILURES = 3
BATCH_SIZE = 1000


class ExpoJobMixin(models.AbstractModel):
    """Records that a scheduled action works on, with the one rule of failure for all of them.

    A record that fails is tried again at the next run; after three failures it is parked: it leaves the
    domain of the scheduled action and shows its reason until a user presses *Try again*. So one bad
    record never holds up the others, and none is tried for ever (design: not losing, not repeating).
    """

    _name = "expo.job.mixin"
    _description = "Work of a Scheduled Action"

    failure_count = fields.Integer("Failures", default=0, copy=False, readonly=True)
    failure_reason = fields.Text(copy=False, readonly=True)
    is_parked = fields.Boolean(
        "Stopped",
        compute="_compute_is_parked",
        store=True,
        precompute=True,
        help="Stopped after three failures. Remove the cause and try again.",
    )

    @api.depends("failure_count")
    def _compute_is_parked(self):
        for record in self:
            record.is_parked = record.failure_count >= MAX_FAILURES

    def action_retry(self):
        """Take parked records up again, whatever made them fail."""
        self.check_access("write")
        # The bookkeeping of failures is read-only to users, who may ask for another try all the same.
        self.sudo().write({"failure_count": 0, "failure_reason": False})
        return True

    @api.private
    def _run_job(self, domain, work, batch_size=BATCH_SIZE):
        """Apply ``work`` to every record of ``domain`` and commit batch by batch.

        Resumable after a kill: what is done must leave the domain, so the next run goes on where this one
        stopped. Two workers share the records: each takes those that the other has not locked.

        :param domain: the records still to do
        :param callable work: called with a batch, or with a single record after its batch failed
        :param int batch_size: records per transaction
        """
        domain = fields.Domain(domain) & fields.Domain("is_parked", "=", False)
        todo = self.search(domain, order="id")
        remaining = len(todo)
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=remaining)
        for ids in split_every(batch_size, todo.ids):
            try:
                batch = self.browse(ids).try_lock_for_update()
                # Another worker may have finished some between our search and our lock.
                if batch := batch.filtered_domain(domain):
                    batch._run_guarded(work)
            except TO_RETRY:
                # These records were changed meanwhile: they stay to do, and the action runs again at once.
                self.env.cr.rollback()
                _logger.info("%s: a batch was changed by another transaction, it is done at the next run", self._name)
                continue
            remaining -= len(ids)
            if not commit_progress(len(ids), remaining=remaining):
                break

    def _run_guarded(self, work):
        """Apply ``work`` to the batch; when that raises, to each record alone, noting who fails and why."""
        try:
            with self.env.cr.savepoint():
                work(self)
                return
        except TO_RETRY:
            raise
        except Exception as error:
            if len(self) == 1:
                self._note_failure(error)
                return
        _logger.info("%s: a batch of %s failed, trying each alone", self._name, len(self))
        for record in self:
            record._run_guarded(work)

    def _note_failure(self, error):
        """Count a failure of this record and keep its reason in words."""
        self.ensure_one()
        _logger.warning("%s: %s", self, error, exc_info=error)
        self.invalidate_recordset()
        self.write({"failure_count": self.failure_count + 1, "failure_reason": str(error)})

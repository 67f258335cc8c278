"""Scheduled actions: one bad record or one part that fails never holds up the others, and a person is told of it.

A ``_cron_…`` method consists of calls of :func:`run_step` and ``_run_job``; what is searched, worked out or written
beside them would be unguarded (checked by ``./dev lint``).
"""

import logging

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from .notices import Reminder, remind

_logger = logging.getLogger(__name__)

# Another transaction was faster: no failure of the record, the transaction starts again.
TO_RETRY = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)
MAX_FAILURES = 3
BATCH_SIZE = 1000
WARNING = "mail.mail_activity_data_warning"


def run_step(records, work):
    """Do one part of a scheduled action and commit it; when it fails, tell a manager and go on with the next part.

    :param records: what the part works on, a model or records
    :param callable work: called with ``records``; may commit
    """
    env = records.env
    before, left = _get_progress(env).remaining, None
    try:
        work(records)
        env.flush_all()
    except TO_RETRY:
        left = before
        env.cr.rollback()
        _logger.info("%s: changed by another transaction, it is done at the next run", records._name)
        run_again(env)
    except Exception as error:
        left = before
        env.cr.rollback()
        _logger.exception("A part of a scheduled action failed: %s", records._name)
        show_failure(records.browse(), error)
    env["ir.cron"]._commit_progress(remaining=left)


def _get_progress(env):
    """Return what the scheduler knows of this call of the action; empty outside of it."""
    # In sudo, as core does: scheduled actions run as any user.
    return env["ir.cron.progress"].sudo().browse(env.context.get("ir_cron_progress_id"))


def expect_work(env, count):
    """Commit, and add so much work to what the scheduled action has left to do: its parts add up.

    :returns: seconds left for the action; infinite outside of the scheduler
    """
    return env["ir.cron"]._commit_progress(remaining=_get_progress(env).remaining + count)


def run_again(env):
    """Have the scheduled action run again in a minute: another transaction was faster at a part of its work.

    It is not counted as work left, else the scheduler would call the action as often as fits into its time.
    """
    if cron_id := env.context.get("cron_id"):
        env["ir.cron"].sudo().browse(cron_id)._trigger(fields.Datetime.add(fields.Datetime.now(), minutes=1))


def run_guarded(env, items, work, note_failure):
    """Apply ``work`` to items together, in a savepoint; when that fails, halve them until only the bad ones are left.

    :param items: records, or a list
    :param callable work: called with a part of the items
    :param callable note_failure: called with each item that fails alone, as a part of one, and the error
    """
    try:
        with env.cr.savepoint():
            work(items)
            return
    except TO_RETRY:
        raise
    except Exception as error:
        if len(items) <= 1:
            note_failure(items, error)
            return
        _logger.info("A batch of %s failed, trying its halves: %s", len(items), error)
    half = len(items) // 2
    for part in (items[:half], items[half:]):
        run_guarded(env, part, work, note_failure)


def show_failure(record, error, on="", user=None, get_summary=None):
    """Show a person by an activity what failed, once; what fails in that is logged only.

    :param record: what failed; an empty recordset for a part that is no record's: then the activity stands alone
    :param str on: the link of the record to the one whose activity it is; empty: its own
    :param user: who is to see to it; default: a sales manager of the record's company
    :param callable get_summary: returns what the activity says of the record, in the language of its environment
    """
    env = record.env
    try:
        with env.cr.savepoint():
            company = ("company_id" in record._fields and record.company_id) or env.company
            user = user or company._expo_managers()[company][:1] or env.user
            words = record.with_context(lang=user.lang)
            if get_summary:
                summary = get_summary(words)
            else:
                name = words.display_name if record else _get_action_name(words.env)
                summary = words.env._("Failed: %s", name)
            thread = record[on] if on else record
            known = [("user_id", "=", user.id), ("summary", "=", summary)]
            known += [("res_model", "=", thread._name if thread else False)]
            known += [("res_id", "=", thread.id)] if thread else []
            if not env["mail.activity"].search_count(known, limit=1):
                today = company._expo_today()
                if thread:
                    reminder = Reminder(user, today, summary, str(error))
                    remind(record, WARNING, lambda _record: reminder, on=on, is_once=False, is_quiet=False)
                else:
                    values = {"user_id": user.id, "summary": summary, "note": str(error), "date_deadline": today}
                    env["mail.activity"].create({**values, "activity_type_id": env.ref(WARNING).id, "automated": True})
    except TO_RETRY:
        raise
    except Exception:
        _logger.exception("The failure of %s cannot be shown", record)


def _get_action_name(env):
    """Return the name of the scheduled action that runs."""
    # In sudo: scheduled actions run as any user.
    return env["ir.cron"].sudo().browse(env.context.get("cron_id")).exists().name or env._("Scheduled action")


class ExpoJobMixin(models.AbstractModel):
    """Records that a scheduled action works on, with the one rule of failure for all of them.

    A record that fails is tried again at the next run; after three failures it is parked: it leaves the
    domain of the scheduled action, an activity shows its reason, and *Try again* takes it up. So one bad
    record never holds up the others, and none is tried for ever (design: not losing, not repeating). A record that
    takes no write at all cannot be parked: it is shown at its first failure and tried at every run.
    """

    _name = "expo.job.mixin"
    _description = "Work of a Scheduled Action"
    # The link to the record on which a failure is shown as an activity; empty: the record itself.
    _failure_on = ""

    failure_count = fields.Integer("Failures", default=0, copy=False, readonly=True)
    failure_reason = fields.Text(copy=False, readonly=True)
    is_parked = fields.Boolean(
        "Stopped",
        compute="_compute_is_parked",
        store=True,
        precompute=True,
        help="Set when processing stopped after three failures; remove the cause and try again.",
    )

    @api.depends("failure_count")
    def _compute_is_parked(self):
        for record in self:
            record.is_parked = record.failure_count >= MAX_FAILURES

    def action_retry(self):
        """Take parked records up again, whatever made them fail."""
        self.check_access("write")
        # The bookkeeping of failures is read-only to users, who may ask for another try all the same.
        kept = self.sudo()
        kept._end_failure_activities()
        kept.write({"failure_count": 0, "failure_reason": False})
        return True

    def _end_failure_activities(self):
        """Take away the activities that show the failures of these records; those of other records stay."""
        kind = self.env.ref(WARNING)
        for record in self:
            thread = record[self._failure_on] if self._failure_on else record
            if "activity_ids" not in thread._fields:
                continue
            for activity in thread.activity_ids.filtered(lambda one: one.automated and one.activity_type_id == kind):
                words = record.with_context(lang=activity.user_id.lang)
                if activity.summary == words._get_failure_summary():
                    activity.unlink()

    @api.private
    def _run_job(self, domain, work, batch_size=0):
        """Apply ``work`` to every record of ``domain`` and commit batch by batch.

        Resumable after a kill: what is done must leave the domain, so the next run goes on where this one
        stopped. Two workers share the records: each takes those that the other has not locked.

        :param domain: the records still to do, as a domain or as a function of the model that returns one
        :param callable work: called with a batch, or with a single record after its batch failed
        :param int batch_size: records per transaction; default: a thousand
        """
        run_step(self, lambda model: model._run_batches(domain, work, batch_size or BATCH_SIZE))

    def _run_batches(self, domain, work, batch_size):
        domain = fields.Domain(domain(self) if callable(domain) else domain) & fields.Domain("is_parked", "=", False)
        todo = self.search(domain, order="id")
        expect_work(self.env, len(todo))
        for ids in split_every(batch_size, todo.ids):
            try:
                batch = self.browse(ids).try_lock_for_update()
                # Another worker may have finished some between our search and our lock.
                if batch := batch.filtered_domain(domain):
                    batch._run_guarded(work)
            except TO_RETRY:
                self.env.cr.rollback()
                _logger.info("%s: a batch was changed meanwhile, it is done at the next run", self._name)
                run_again(self.env)
            if not self.env["ir.cron"]._commit_progress(len(ids)):
                break

    def _run_guarded(self, work):
        """Apply ``work`` to the batch; what fails in it is noted on each record that fails alone."""
        run_guarded(self.env, self, work, lambda record, error: record._note_failure(error))

    def _note_failure(self, error):
        """Count a failure of this record and keep its reason in words; show it when the record is parked."""
        self.ensure_one()
        _logger.warning("%s: %s", self, error, exc_info=error)
        self.invalidate_recordset()
        try:
            with self.env.cr.savepoint():
                self.write({"failure_count": self.failure_count + 1, "failure_reason": str(error)})
        except TO_RETRY:
            raise
        except Exception:
            _logger.exception("%s takes no write: it cannot be parked", self)
            self.invalidate_recordset()
            self._show_failure(error)
            return
        if self.is_parked:
            self._show_parked(str(error))

    def _show_parked(self, reason):
        """Tell a person that this record is parked."""
        self._show_failure(reason)

    def _show_failure(self, error):
        """Show the failure of this record as an activity of the user who is to see to it."""
        show_failure(
            self, error, self._failure_on, self._get_failure_user(), lambda record: record._get_failure_summary()
        )

    def _get_failure_user(self):
        """Return the user to see to a record that failed: its own, if active; empty: a manager."""
        return self.user_id.filtered("active") if "user_id" in self._fields else self.env["res.users"]

    def _get_failure_summary(self):
        """Return what an activity says of the failure of this record, in the language of the context."""
        return self.env._("Failed: %s", self.display_name)

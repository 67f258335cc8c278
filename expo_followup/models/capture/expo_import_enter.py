from odoo import api, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL, split_every

from ...tools.rows import row_key

# Rows that are imported while the user waits, in one transaction; more of them go on behind.
AT_ONCE = 1000
LINE_FIELDS = ("name", "company_name", "email", "phone", "country_id")


class ExpoImport(models.Model):
    """Checking a list without writing a customer, and importing it: once, whoever presses and whatever breaks."""

    _inherit = "expo.import"

    def action_check(self):
        """Find out what importing would do with each row; writes no customer.

        :raises UserError: when the file cannot be read or holds no row
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("mapping", "checked"):
            raise UserError(self.env._("Read the list first."))
        self._lock_import()
        rows = self._read_rows()
        if not rows:
            raise UserError(self._get_table_problem("empty"))
        values = self._plan_lines(rows)
        # Rows are written by the system only; the right to write the import was checked.
        kept = self.sudo()
        kept.line_ids.unlink()
        for batch in split_every(AT_ONCE, values):
            kept.env["expo.import.line"].create(batch)
        kept.state = "checked"
        return True

    def _plan_lines(self, rows):
        """Return the values of a line for each row, with what importing it would do."""
        cleaned = self._clean_rows([row for _number, row, _came, _problem in rows])
        keys = [row_key(self.exhibition_id.id, facts) for facts, _remarks in cleaned]
        known = self._get_known_keys(keys)
        lines, todo, first = [], [], {}
        for (number, _row, came, problem), (facts, remarks), key in zip(rows, cleaned, keys, strict=True):
            line = {
                "import_id": self.id,
                "sequence": number,
                **{name: facts[name] for name in LINE_FIELDS if name in facts},
                "facts": facts,
                "raw_text": came,
                "client_key": key,
                "is_todo": False,
            }
            if problem:
                line.update(result="rejected", reason=self._get_table_problem(problem))
            elif key in known:
                line.update(result="duplicate", reason=self.env._("Imported before, word for word."))
            elif key in first:
                line.update(result="duplicate", reason=self.env._("The same as row %s.", first[key]))
            else:
                first[key] = number
                line["reason"] = "\n".join(remarks)
                todo.append(line)
            lines.append(line)
        self._plan_todo(todo)
        return lines

    def _plan_todo(self, lines):
        rows = [{**line["facts"], "contact_consent": self.contact_consent} for line in lines]
        plans = self.env["expo.capture"]._plan_rows(self.exhibition_id, rows)
        alike = self.env["res.partner"].browse({id_ for plan in plans for id_ in plan.near_ids})
        names = {partner.id: partner.display_name for partner in alike}
        for line, plan in zip(lines, plans, strict=True):
            looks = ", ".join(names[id_] for id_ in plan.near_ids)
            texts = [
                plan.problem,
                self._get_match_text(plan),
                self.env._("Looks like: %s", looks) if looks else "",
                line["reason"],
            ]
            line.update(
                result=plan.action, is_todo=plan.action != "rejected", reason="\n".join(filter(None, texts)) or False
            )

    def _get_known_keys(self, keys):
        """Which of these rows have been imported for this show, by anybody: each is imported once."""
        # Whether a colleague imported the row already does not depend on who asks.
        captures = self.env["expo.capture"].sudo()
        found = captures.search_fetch([("client_key", "in", list(set(keys)))], ["client_key"])
        return {capture.client_key: capture.id for capture in found}

    def _lock_import(self):
        """Let one person at a time work on an import.

        :raises UserError: while somebody else does
        """
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is importing this list right now. Look again in a minute.")
            ) from error
        self.invalidate_recordset(["state"])

    # -- importing ---------------------------------------------------------------------------------------

    def action_commit(self):
        """Import the checked rows: a thousand at once in one transaction, more of them batch by batch behind.

        Killed half-way, a batch is imported whole or not at all, and the scheduled action goes on with the next
        one. Pressing twice, or two people at once, imports once.

        :raises UserError: when the list has not been checked, or somebody else is importing it right now
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_import()
        if self.state in ("importing", "done"):
            return self._notify(
                self.env._("This list has been imported already. Nothing was entered twice."), "warning"
            )
        if self.state != "checked":
            raise UserError(self.env._("Check the list first: see what becomes of each row."))
        # From here on the system works on behalf of who imports; what may be written was checked above.
        kept = self.sudo()
        kept.state = "importing"
        todo = kept.line_ids.filtered("is_todo")
        if len(todo) <= AT_ONCE:
            todo._run_guarded(lambda lines: lines._import())
            kept._finish()
            if kept.state == "importing":
                # Rows that failed are tried again, and hold up no others.
                self.env["ir.cron"]._trigger_expo("ir_cron_import")
            return self._notify(self.env._("The list is imported."), "success")
        self.env["ir.cron"]._trigger_expo("ir_cron_import")
        return self._notify(self.env._("The list is being imported. You may go on with other work."), "info")

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    def action_retry(self):
        """Try again the rows that could not be imported."""
        self.check_access("write")
        # As when importing: the right to write the import was checked.
        stuck = self.sudo().line_ids.filtered(lambda line: line.is_todo and line.is_parked)
        stuck.action_retry()
        self.env["ir.cron"]._trigger_expo("ir_cron_import")
        return True

    def _finish(self):
        """Declare imports done that have nothing left to do but what has failed thrice."""
        self.invalidate_recordset(["todo_count", "stuck_count"])
        self.filtered(lambda one: one.todo_count == one.stuck_count).state = "done"

    @api.model
    def _cron_import(self):
        """Go on with the lists being imported, batch by batch; what a crash interrupted is taken up again."""
        lines = self.env["expo.import.line"]
        waiting = [("is_todo", "=", True), ("import_id.state", "in", ("importing", "done"))]
        lines._run_job(waiting, lambda batch: batch._import())
        self.search([("state", "=", "importing")])._finish()

    def _take_turns(self):
        """Whoever else enters customers of the show starts over on the new state: no row is imported twice."""
        show = self.exhibition_id.id
        turn = SQL("UPDATE expo_exhibition SET state = state WHERE id = %s", show)
        # Waiting in vain is no error: the request or the scheduled action starts over.
        self.env.cr.execute(turn, log_exceptions=False)

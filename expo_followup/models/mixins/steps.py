from odoo import models
from odoo.exceptions import LockError, UserError


class ExpoSteps(models.AbstractModel):
    """Steps from state to state: one place that locks a record, and that refuses a step in the wrong state.

    A model lists its steps in ``_steps``: ``{step: states from which it leads on}``. A step that does more than that
    asks for the lock alone and decides by itself, as complaints do with their gates.
    """

    _name = "expo.steps"
    _description = "Status Steps"

    _steps = {}
    # The field that the states of ``_steps`` are of.
    _step_field = "state"

    def _lock_for_step(self, step=None):
        """Lock records for a step, and refuse it where the state does not allow it.

        :param str step: one of ``_steps``; None leaves the decision to the caller
        :returns: self
        :raises AccessError: for users who may not write
        :raises UserError: when another user is working on one of them, or was faster
        """
        self.check_access("write")
        lock_or_refuse(self)
        if step:
            for record in self - self._filter_for_step(step):
                record._refuse_step()
        return self

    def _filter_for_step(self, step):
        """Return the records whose state allows a step."""
        return self.filtered(lambda record: record[self._step_field] in self._steps[step])

    def _refuse_step(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "You cannot take this step because “%(record)s” has the status “%(state)s”. Reload the page to "
                "see the possible steps.",
                record=self.display_name,
                state=labels[self.state],
            )
        )


def lock_or_refuse(records, text=""):
    """Lock records until the end of the transaction, and read them anew; access has been checked.

    :param str text: what is said instead of the names of the records
    :raises UserError: when another user has locked one of them
    """
    try:
        # In sudo: only the lock is taken. By id, so that two users never wait for each other.
        records.sudo().sorted("id").lock_for_update()
    except LockError as error:
        names = ", ".join(records.sudo().mapped("display_name"))
        text = text or records.env._(
            "You cannot change “%s” because another user is working on it. Try again in a minute.", names
        )
        raise UserError(text) from error
    records.invalidate_recordset()

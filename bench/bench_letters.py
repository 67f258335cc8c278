"""Queueing letters against creating the same mails, in the same run."""

from statistics import median

from common import make_show, stopwatch, undone

# One round differs from the next by half: the median of a few says more.
ROUNDS = 5


def run(env, report, number=1_000):
    """Measure a thousand letters: rendered and queued by us, created bare, and rendered by core."""
    for count, print_figure in ((20, _ignore), (number, report)):
        _measure(env, print_figure, count)


def _ignore(*_args, **_kwargs):
    """The first round only warms up."""


def _measure(env, report, number):
    show, customers = make_show(env, number, f"Letters {number}")
    show.state = "followup"
    customers._sync_followups()
    letters = customers.followup_ids.filtered("auto_send")
    template = letters.step_id.expo_letter_template_id
    # The customers' own feedback links belong to the letter, not to the mail.
    customers._ensure_feedback_inputs()
    queued_times, bare_times, core_times = [], [], []
    for _round in range(ROUNDS):
        with undone(env):
            with stopwatch(env) as queued:
                letters._queue_letters()
            values = _read_values(letters.mail_mail_id)
        with undone(env), stopwatch(env) as bare:
            env["mail.mail"].create(values)
        with undone(env), stopwatch(env) as core:
            template.send_mail_batch(customers.ids)
        queued_times.append(queued.seconds)
        bare_times.append(bare.seconds)
        core_times.append(core.seconds)
    ours, base, cores = median(queued_times), median(bare_times), median(core_times)
    report(f"queue {number} letters / create()", ours / base, "ratio", base=base, aim=1.5)
    report(f"queue {number} letters, time", ours, "s")
    report(f"queue {number} letters, queries per thousand", queued.queries * 1000 / number, "queries")
    report(f"core's send_mail_batch of {number} / create()", cores / base, "ratio", base=base)


def _read_values(mails):
    """The values of the queued mails, as a caller would pass them to create()."""
    return [
        {
            "model": mail.model,
            "res_id": mail.res_id,
            "record_name": mail.record_name,
            "subject": mail.subject,
            "body": mail.body,
            "body_html": mail.body_html,
            "email_from": mail.email_from,
            "author_id": mail.author_id.id,
            "reply_to": mail.reply_to,
            "recipient_ids": [(4, mail.recipient_ids.id)],
            "message_type": mail.message_type,
            "auto_delete": False,
            "headers": mail.headers,
            "scheduled_date": mail.scheduled_date,
        }
        for mail in mails
    ]

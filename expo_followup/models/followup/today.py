from datetime import datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

import pytz

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

OPEN_STATES = ("planned", "due")
ROWS = 10
#: So many of the most urgent calls are put into the order of the customers' local times.
POOL = 40
WEEK = timedelta(days=7)
MANAGER = "sales_team.group_sale_manager"
#: Columns that the rows, their titles and the time to call are made of.
SHOWN = {
    "expo.followup": [
        "partner_id", "user_id", "company_id", "participation_id", "activity_type_id", "state", "mail_state",
        "window_start", "deadline", "is_key", "is_letter", "summary", "has_own_title", "origin", "gap_days",
        "occasion_key", "step_id", "festival_id", "greeted_person_id",
    ],
    "expo.participation": ["partner_id", "commercial_partner_id", "user_id", "company_id", "unanswered_since"],
    "res.partner": [
        "name", "complete_name", "parent_id", "is_company", "company_name", "commercial_partner_id", "type", "lang",
        "tz", "country_id", "state_id", "phone", "email", "email_normalized", "message_bounce",
    ],
}  # fmt: skip


class Section(NamedTuple):
    """One list of the page: what it shows, and the action that opens all of it."""

    key: str
    name: str
    model: str
    domain: Domain
    order: str
    action: str
    get_note: object


class Today:
    """The day's work of a user, or of a manager's team, as plain data: constant queries, with the user's rights.

    :param bool is_team: of all users of the team rather than of the user alone
    """

    def __init__(self, env, is_team=False):
        self.env = env
        self.is_manager = env.user.has_group(MANAGER)
        self.salespeople = env.companies._expo_salespeople() if self.is_manager else {}
        self.team = self._get_team() if self.is_manager else env.user
        self.is_team = is_team and self.is_manager
        self.users = self.team if self.is_team else env.user
        self.today = fields.Date.context_today(env["expo.followup"])

    def get(self):
        """Return sections with their first rows, the counters and, for managers, the team."""
        sections = self._read_sections(self._get_sections())
        return {
            "name": self.env.user.name,
            "is_manager": self.is_manager,
            "is_team": self.is_team,
            "sections": [section for section in sections if section["count"]],
            "counters": [counter for counter in self._get_counters() if counter["count"]],
            "team": self._get_team_rows() if self.is_manager else [],
            "show": self._get_show(),
        }

    def _get_team(self):
        """Return the members of the teams that the manager leads; of none: all salespeople of the company."""
        led = self.env["crm.team.member"].search([("crm_team_id.user_id", "=", self.env.uid)]).user_id
        return (led | self.env.user) if led else self.salespeople[self.env.company]

    def _get_show(self):
        """Return the show whose results are one click away."""
        show = self.env["expo.exhibition"]._get_last_begun()
        return bool(show) and {"id": show.id, "name": show.display_name}

    def _get_sections(self):
        mine = Domain("user_id", "in", self.users.ids)
        todo = mine & Domain("state", "in", OPEN_STATES) & Domain("window_start", "<=", self.today)
        personal = todo & Domain("is_letter", "=", False) & Domain("is_reply", "=", False)
        is_call = Domain("activity_type_id.category", "=", "phonecall")
        open_sample = ("requested", "agreed", "shipped", "received")
        of_visit = mine if self.is_team else mine | Domain("member_ids", "in", self.users.ids)
        now = fields.Datetime.now()
        return [
            Section("calls", self.env._("Calls"), "expo.followup", personal & is_call, "is_key desc, deadline, id",
                    "action_followup", self._note_followup),
            Section("answers", self.env._("Waiting for our answer"), "expo.participation",
                    mine & Domain("unanswered_since", "!=", False), "unanswered_since, id",
                    "action_participation",
                    lambda row: self.env._("Since %s", self._format_moment(row.unanswered_since))),
            Section("letters", self.env._("Letters to send"), "expo.followup",
                    todo & Domain("is_letter", "=", True) & Domain("auto_send", "=", False)
                    & Domain("mail_state", "not in", ("outgoing", "sending")), "is_key desc, deadline, id",
                    "action_followup_all", self._note_followup),
            Section("tasks", self.env._("Emails and tasks"), "expo.followup", personal & ~is_call,
                    "is_key desc, deadline, id",
                    "action_followup", self._note_followup),
            Section("visits", self.env._("Visits"), "expo.visit",
                    of_visit & Domain("state", "not in", ("confirmed", "cancelled"))
                    & (Domain("start", "=", False) | Domain("start", "<=", now + WEEK)), "start, id",
                    "action_visit",
                    lambda row: row.start and self._format_moment(row.start)),
            Section("samples", self.env._("Samples"), "expo.sample", mine & Domain("state", "in", open_sample), "id",
                    "action_sample", self._note_state),
            Section("reports", self.env._("Progress reports"), "expo.progress.report",
                    mine & Domain("state", "=", "open") & Domain("due_on", "<=", self.today + WEEK), "due_on, id",
                    "action_progress_report",
                    lambda row: self.env._("Due %s", format_date(self.env, row.due_on))),
            Section("complaints", self.env._("Complaints at risk"), "expo.complaint",
                    mine & Domain("is_open", "=", True) & Domain("next_due_at", "<=", now + timedelta(days=1)),
                    "next_due_at, id", "action_complaint",
                    lambda row: self.env._("Due %s", self._format_moment(row.next_due_at))),
            *([self._get_remedy_section()] if self.is_manager else []),
        ]  # fmt: skip

    def _get_remedy_section(self):
        """Return what waits for an approval by the manager, whose own remedies wait for others."""
        of_others = Domain("author_id", "!=", self.env.uid) & Domain("create_uid", "!=", self.env.uid)
        return Section(
            "remedies", self.env._("Remedies to approve"), "expo.complaint.remedy",
            of_others & Domain("approval", "=", "to_approve"), "id", "action_complaint_remedy",
            lambda row: row.complaint_id.name,
        )  # fmt: skip

    def _read_sections(self, sections):
        found = self._find(sections)
        self._fetch_shown([records for records, _count in found.values()])
        return [self._read_section(section, *found[section.key]) for section in sections]

    def _fetch_shown(self, found):
        """Read what the rows of all sections show: one query for each model, and the columns that are shown only.

        :param list found: recordsets, one for each section
        """
        entries, followups = self.env["expo.participation"], self.env["expo.followup"]
        for records in found:
            if records._name == "expo.followup":
                followups |= records
            elif records._name == "expo.participation":
                entries |= records
        followups.fetch(SHOWN["expo.followup"])
        # In sudo: a follow-up that a colleague asked for is shown with its customer.
        (entries | followups.participation_id).sudo().fetch(SHOWN["expo.participation"])
        partners = self.env["res.partner"].browse({id_ for records in found for id_ in records.partner_id.ids})
        users = self.env["res.users"].browse({id_ for records in found for id_ in self._get_user(records).ids})
        users |= self.env.user
        companies = self.env["res.company"].browse({id_ for records in found for id_ in records.company_id.ids})
        (partners | users.sudo().partner_id | companies.partner_id).sudo().fetch(SHOWN["res.partner"])
        # Asked row by row, it has a query for the rows of all sections.
        followups.mapped("title")

    def _find(self, sections):
        """Return the first records and the number of all, by the key of the section, in one query."""
        parts, found = [], {section.key: ([], 0) for section in sections}
        for section in sections:
            limit = POOL if section.key == "calls" else ROWS
            query = self.env[section.model]._search(section.domain, order=section.order, limit=limit)
            if not query.is_empty():
                rows = query.select(SQL.identifier(query.table, "id"), SQL("COUNT(*) OVER () AS count"))
                parts.append(SQL("(SELECT %s, id, count, ROW_NUMBER() OVER () FROM (%s) AS rows)", section.key, rows))
        for key, id_, count, _number in sorted(
            self.env.execute_query(SQL(" UNION ALL ").join(parts)) if parts else [], key=lambda row: row[3]
        ):
            found[key] = [*found[key][0], id_], count
        return {
            section.key: (self.env[section.model].browse(found[section.key][0]), found[section.key][1])
            for section in sections
        }

    def _read_section(self, section, found, count):
        if section.key == "calls":
            # In the order in which the calls can be made, those to key customers before others of the same hour.
            found = found.sorted(
                lambda call: (
                    call.callable_from or datetime.max,
                    not call.is_key,
                    call.deadline or call.window_start,
                )
            )
        # A slice would read its rows apart from those of the other sections.
        rows = [self._read_row(section, record) for record in islice(found, ROWS)]
        if section.key == "answers":
            self._add_replies(rows)
        return {
            "key": section.key,
            "name": section.name,
            "count": count,
            "action": f"expo_followup.{section.action}",
            "domain": list(section.domain),
            "rows": rows,
        }

    def _add_replies(self, rows):
        """Add to each customer who waits the follow-up that asks for the answer, where there is one."""
        replies = self.env["expo.followup"].search(
            [
                ("participation_id", "in", [row["id"] for row in rows]),
                ("is_reply", "=", True),
                ("state", "in", OPEN_STATES),
            ]
        )
        found = {reply.participation_id.id: reply for reply in replies}
        for row in rows:
            if reply := found.get(row["id"]):
                row |= {"followup_id": reply.id, "state": reply.state, "mail_state": reply.mail_state}

    def _read_row(self, section, record):
        row = {
            "id": record.id,
            "model": section.model,
            "customer": record.partner_id.complete_name or "",
            "title": record.display_name if section.model not in ("expo.followup", "expo.participation") else "",
            "user": self._get_user(record).name or "" if self.is_team else "",
            "note": section.get_note(record) or "",
            "is_late": self._is_late(record),
        }
        if section.model == "expo.followup":
            row |= {
                "title": record.title or record.activity_type_id.name,
                "is_key": record.is_key,
                "state": record.state,
                "mail_state": record.mail_state,
                "phone": record.phone or "",
            }
        if section.key == "calls":
            row |= {
                "is_good": record.moment == "good",
                "local_time": record.local_time or "",
                "moment": record.moment_text or "",
                "missing": dict(record._fields["missing_contact"]._description_selection(self.env)).get(
                    record.missing_contact, ""
                ),
            }
        return row

    def _get_user(self, records):
        """Return who does the work of these records; of a remedy: who proposed it."""
        return records.author_id if records._name == "expo.complaint.remedy" else records.user_id

    def _is_late(self, record):
        match record._name:
            case "expo.followup":
                return (record.deadline or record.window_start) < self.today
            case "expo.complaint":
                return record.next_due_at < fields.Datetime.now()
            case "expo.progress.report":
                return record.due_on < self.today
        return False

    def _note_followup(self, followup):
        last = followup.deadline or followup.window_start
        late = (self.today - last).days
        if late > 0:
            return self.env._("Overdue since %s", format_date(self.env, last))
        return self.env._("Last day today") if not late else self.env._("Until %s", format_date(self.env, last))

    def _format_moment(self, moment):
        return format_datetime(self.env, moment, dt_format="short")

    def _note_state(self, record):
        return dict(record._fields["state"]._description_selection(self.env))[record.state]

    def _get_counters(self):
        """Return what else waits, and where it is listed."""
        entries = self.env["expo.participation"]
        wanted = [(self.env._("Contacts to qualify"), "expo.capture", Domain("state", "=", "new"), "action_capture")]
        if self.is_manager:
            is_served = entries._get_served_domain(self.salespeople)
            waiting = is_served & self._get_waiting_domain()
            late = (Domain("state", "=", "open") & Domain("is_late", "=", True)) | Domain("needs_help", "=", True)
            wanted += [
                (self.env._("Waiting for us"), "expo.participation", waiting, "action_participation_not_contacted"),
                (self.env._("Without salesperson"), "expo.participation", entries._get_ownerless_domain(is_served),
                 "action_participation_ownerless"),
                (self.env._("Overdue and missing reports"), "expo.progress.report", late,
                 "action_progress_report_late"),
            ]  # fmt: skip
        queries = [self.env[model]._search(domain) for _name, model, domain, _action in wanted]
        counts = [SQL("0") if one.is_empty() else SQL("(%s)", one.select(SQL("COUNT(*)"))) for one in queries]
        [found] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
        return [
            {"name": name, "count": count, "action": f"expo_followup.{action}"}
            for (name, _model, _domain, action), count in zip(wanted, found, strict=True)
        ]

    def _get_waiting_domain(self):
        """Customers who wait for us for long, as the list *Waiting for us* shows them."""
        waiting = self.env["expo.participation"]._get_unanswered_domain()
        return Domain("response_state", "in", ("amber", "red")) & waiting

    def _get_team_rows(self):
        """Return for each user what is overdue, due today, done today and waiting long; the latest first."""
        followups, of_team = self.env["expo.followup"], Domain("user_id", "in", self.team.ids)
        personal = of_team & Domain("is_letter", "=", False)
        due = personal & Domain("day_bucket", "in", ("overdue", "today"))
        buckets = {
            (user.id, bucket): count
            for user, bucket, count in followups._read_group(due, ["user_id", "day_bucket"], ["__count"])
        }
        begin = pytz.timezone(self.env.user.tz or "UTC").localize(datetime.combine(self.today, time()))
        since = begin.astimezone(pytz.utc).replace(tzinfo=None)
        ended = personal & Domain("state", "=", "done") & Domain("done_on", ">=", since)
        done = {user.id: count for user, count in followups._read_group(ended, ["user_id"], ["__count"])}
        entries = self.env["expo.participation"]._read_group(
            of_team & self._get_waiting_domain(), ["user_id"], ["__count"]
        )
        waiting = {user.id: count for user, count in entries}
        rows = [
            {
                "id": user.id,
                "name": user.name,
                "overdue": buckets.get((user.id, "overdue"), 0),
                "today": buckets.get((user.id, "today"), 0),
                "done": done.get(user.id, 0),
                "domains": {
                    bucket: list(personal & Domain("user_id", "=", user.id) & Domain("day_bucket", "=", bucket))
                    for bucket in ("overdue", "today")
                },
                "waiting": waiting.get(user.id, 0),
            }
            for user in self.team
        ]
        rows = [row for row in rows if row["overdue"] or row["today"] or row["done"] or row["waiting"]]
        return sorted(rows, key=lambda row: (-row["overdue"], -row["waiting"], row["name"]))

import logging
import re
from datetime import datetime, timezone

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...tools.accounts import split_accounts
from ...tools.addresses import find_addresses
from ...tools.badges import read_badge
from ...tools.cards import parse_cards
from ...tools.clock import add_working_days, effective_moment
from ...tools.countries import country_code
from ...tools.phones import split_phones
from ...tools.rows import read_no_name
from ...tools.workdays import both_working
from ..mixins.record_keeping import RecordKeeping

# What was typed, read or said at the stand: it becomes the partner and the exhibition customer.
TYPED_FIELDS = (
    "name", "company_name", "function", "email", "phone", "website", "street", "city", "zip", "country_id", "account",
    "note", "extra", "role", "tier_id", "product_ids", "lang", "contact_consent", "met_on",
)  # fmt: skip
# What may be changed when a contact is reviewed; the rest is evidence, or set by the system.
REVIEW_FIELDS = frozenset({*TYPED_FIELDS, "partner_id"})
_logger = logging.getLogger(__name__)
# Characters of base64: a photo of about 6 MB. The booth page sends far smaller ones.
MAX_PHOTO = 8 * 1024 * 1024
MAX_RAW_TEXT = 100_000
KEY_FORMAT = re.compile(r"[\w.:-]{8,200}")
TEXT_FIELDS = (
    "name", "company_name", "function", "email", "phone", "website", "street", "city", "zip", "account", "note",
    "extra", "consent_wording", "raw_text",
)  # fmt: skip
CHOICE_FIELDS = ("role", "contact_consent", "channel", "lang")


class ExpoCapture(models.Model):
    """One contact as it came home: what was scanned, photographed, typed or imported, and when, by which clock.

    Raw text and photo are evidence and stay as they are. After review, or at once when the company says so, a
    capture becomes a customer of the show (:meth:`_enter_customers`); then it does not change any more. A plain table:
    there are many, and the customer has the chatter.
    """

    _name = "expo.capture"
    _description = "Captured Contact"
    _inherit = ["expo.capture.entry", "expo.job.mixin", "expo.steps", "expo.linked.records"]
    _failure_on = "exhibition_id"
    _order = "captured_on desc, id desc"
    _rec_names_search = ("name", "company_name", "email")
    _record_keeping = RecordKeeping(
        archive="captures",
        archive_order=110,
        attachments=True,
        personal="erase",
        erase_order=20,
        merge="move",
        salesperson="participation_id.user_id",
    )
    _steps = {"reject": ("new",), "reset": ("rejected",), "approve": ("entered",)}
    # What users give of a new contact; when it was recorded and by whom is not theirs to say.
    _user_fields = REVIEW_FIELDS | {"exhibition_id", "channel", "raw_text", "photo", "consent_wording"}

    exhibition_id = fields.Many2one(
        "expo.exhibition",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_exhibition_id(),
    )
    company_id = fields.Many2one(related="exhibition_id.company_id", store=True, precompute=True, index=True)
    state = fields.Selection(
        [("new", "To qualify"), ("entered", "Qualified"), ("approved", "Reviewed"), ("rejected", "Discarded")],
        "Status",
        default="new",
        required=True,
        index=True,
        copy=False,
    )
    channel = fields.Selection(
        [("scan", "Scan"), ("photo", "Photo"), ("typed", "Typed"), ("import", "Import")], default="typed", required=True
    )
    client_key = fields.Char(
        copy=False, readonly=True, help="Key set by the device so that a contact is stored only once."
    )
    raw_text = fields.Text("Scanned Text", copy=False)
    photo = fields.Image(max_width=1920, max_height=1920, copy=False)
    name = fields.Char("Contact Name")
    company_name = fields.Char()
    function = fields.Char("Position")
    email = fields.Char()
    phone = fields.Char()
    website = fields.Char()
    street = fields.Char()
    city = fields.Char()
    zip = fields.Char("ZIP")
    country_id = fields.Many2one("res.country")
    account = fields.Char("Messenger", help="Account of the contact in a network such as WeChat, WhatsApp or LinkedIn.")
    note = fields.Text("Conversation Notes")
    extra = fields.Text("Other Card Details")
    role = fields.Selection([("exhibitor", "Exhibitor"), ("visitor", "Visitor")], default="visitor", required=True)
    tier_id = fields.Many2one("expo.tier", "Intent Tier", ondelete="restrict")
    color = fields.Integer(related="tier_id.color")
    # Also those that are sold no more: the customer asked about them.
    product_ids = fields.Many2many("product.product", string="Products of Interest", context={"active_test": False})
    lang = fields.Selection(lambda self: self.env["res.lang"].get_installed(), "Language")
    contact_consent = fields.Selection(
        [("unknown", "Not asked"), ("granted", "Opted in"), ("refused", "Opted out")],
        "Consent",
        default="unknown",
        required=True,
    )
    consent_wording = fields.Text(help="Wording shown to the contact when consent was asked for.", copy=False)
    met_on = fields.Date(
        help="Day of the meeting if it is recorded later; the time of recording determines the salesperson."
    )
    device_time = fields.Datetime("Captured (Device Time)", readonly=True, copy=False)
    sent_time = fields.Datetime("Sent (Device Time)", readonly=True, copy=False)
    server_time = fields.Datetime(
        "Received (Server Time)", default=fields.Datetime.now, required=True, readonly=True, copy=False
    )
    captured_on = fields.Datetime(compute="_compute_captured_on", store=True, precompute=True, index=True)
    clock = fields.Selection(
        [("device", "Device"), ("corrected", "Device, corrected"), ("server", "Server")],
        compute="_compute_captured_on",
        store=True,
        precompute=True,
    )
    captured_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True, copy=False, index=True, ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
        ondelete="set null",
        help=(
            "Salesperson of the customer, unless a colleague recorded the customer earlier; empty means that "
            "a manager assigns one."
        ),
    )
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null", copy=False, ondelete="set null")
    participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    near_ids = fields.Many2many("res.partner", string="Possible Duplicates", readonly=True, copy=False)
    match_reason = fields.Selection(
        [
            ("email", "Same e-mail"),
            ("phone", "Same phone"),
            ("company", "Same company"),
            ("domain", "Same web domain"),
            ("name", "Same name"),
            ("chosen", "Selected manually"),
        ],
        readonly=True,
        copy=False,
    )
    result = fields.Selection(
        [("created", "New customer"), ("updated", "Added to a known customer"), ("duplicate", "Already recorded")],
        readonly=True,
        copy=False,
    )
    problem = fields.Char(readonly=True, copy=False)
    entry_deadline = fields.Date(
        "Qualification Deadline", compute="_compute_entry_deadline", store=True, precompute=True, index=True
    )
    entered_on = fields.Datetime("Qualified On", readonly=True, copy=False)
    entered_by_id = fields.Many2one("res.users", "Qualified By", readonly=True, copy=False, ondelete="set null")
    is_late = fields.Boolean("Overdue", compute="_compute_is_late", search="_search_is_late")
    approved_by_id = fields.Many2one("res.users", "Reviewed By", readonly=True, copy=False, ondelete="set null")
    approved_on = fields.Datetime("Reviewed On", readonly=True, copy=False)
    needs_review = fields.Boolean("Waiting for Review", compute="_compute_needs_review")
    marketing_on = fields.Date("Sent to Marketing On", readonly=True, copy=False)
    _client_key_unique = models.UniqueIndex(
        "(client_key) WHERE client_key IS NOT NULL",
        "You cannot save this contact twice. Open the existing contact instead.",
    )

    @api.model
    def _default_exhibition_id(self):
        """The show that runs today, else the one that ended last."""
        shows = self.env["expo.exhibition"]
        running = shows.search([("state", "=", "running"), ("company_id", "=", self.env.company.id)], limit=1)
        return running or shows.search([("state", "=", "followup"), ("company_id", "=", self.env.company.id)], limit=1)

    @api.depends("name", "company_name", "email", "phone", "channel")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for capture in self:
            known = [text for text in (capture.name, capture.company_name) if text]
            capture.display_name = ", ".join(known) or capture.email or capture.phone or channels.get(capture.channel)

    @api.depends("device_time", "sent_time", "server_time")
    def _compute_captured_on(self):
        for capture in self:
            capture.captured_on, capture.clock = effective_moment(
                capture.device_time or None,
                capture.sent_time or None,
                capture.server_time or fields.Datetime.now(),
                capture.exhibition_id._get_begin(),
            )

    @api.depends("captured_on", "met_on", "exhibition_id.tz", "company_id.expo_entry_days")
    def _compute_entry_deadline(self):
        """Collected contacts are entered within two working days (rules.md §3), counted where the show is."""
        for show, captures in self.grouped("exhibition_id").items():
            if not show:
                captures.entry_deadline = False
                continue
            is_working = both_working(show.company_id._expo_calendar(), show.company_id.country_id.code)
            for capture in captures:
                day = capture.met_on or show._to_local_date(capture.captured_on)
                capture.entry_deadline = add_working_days(day, show.company_id.expo_entry_days, is_working)

    @api.depends("state", "entry_deadline", "entered_on")
    def _compute_is_late(self):
        for capture in self:
            show = capture.exhibition_id
            waits = capture.state == "new"
            day = show._to_local_date(capture.entered_on) if capture.entered_on else waits and show and show._today()
            capture.is_late = bool(day and capture.entry_deadline and day > capture.entry_deadline)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._expo_today()
        candidates = self.search_fetch(
            ["|", ("entered_on", "!=", False), "&", ("state", "=", "new"), ("entry_deadline", "<", today)],
            ["state", "entry_deadline", "entered_on", "exhibition_id"],
        )
        return [("id", "in", candidates.filtered("is_late").ids)]

    @api.depends("state", "approved_on", "company_id.expo_capture_review_first")
    def _compute_needs_review(self):
        """Tell what a manager has to review before it is qualified, for companies that want it so."""
        for capture in self:
            first = capture.sudo().company_id.expo_capture_review_first
            capture.needs_review = first and capture.state == "new" and not capture.approved_on

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_values(vals)
        vals_list = [self._keep_details(vals) for vals in vals_list]
        captures = super(ExpoCapture, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        # A customer given as a default was not among the values.
        captures.partner_id.check_access("write")
        return captures

    def write(self, vals):
        self._check_user_values(vals, self._user_fields - REVIEW_FIELDS)
        if not self._is_system() and not self._is_reviewer():
            self._withdraw_review()
        if not any(vals.get(name) for name in ("name", "company_name", "email", "phone")):
            return super().write(vals)
        for capture in self:
            super(ExpoCapture, capture).write(capture._keep_details(vals))
        return True

    def _keep_details(self, vals):
        """Return the values with names, one whole e-mail address and one number; all else is kept as a note."""
        return self._keep_first_phone(self._keep_whole_email(self._keep_names(vals)))

    def _keep_names(self, vals):
        """Enter an address or a number that stands for a name in its own field, or keep it as a note.

        :param dict vals: values to create or write
        :return: the values without it among the names
        """
        for name in ("name", "company_name"):
            kind, told = read_no_name(vals.get(name))
            if not kind:
                continue
            vals = {**vals, name: False}
            if not vals.get(kind, self[kind]):
                vals[kind] = told
            elif told not in vals.get(kind, self[kind]):
                vals["extra"] = "\n".join(filter(None, (vals.get("extra", self.extra), told)))
        return vals

    def _keep_first_phone(self, vals):
        """Enter one telephone number; further ones, notes and a fax number go to the additional information.

        :param dict vals: values to create or write
        :return: the values with one number, or none
        """
        text = (vals.get("phone") or "").strip()
        numbers, rest = split_phones(text)
        if numbers == [text] or not text:
            return vals
        extra = vals.get("extra", self.extra)
        return {
            **vals,
            "phone": next(iter(numbers), False),
            "extra": "\n".join(dict.fromkeys(filter(None, ((extra or ""), *numbers[1:], *rest)))) or False,
        }

    def _keep_whole_email(self, vals):
        """Enter only a whole address as the e-mail; any other text stays visible in the additional information.

        :param dict vals: values to create or write
        :return: the values with a whole address or none
        """
        text = (vals.get("email") or "").strip()
        addresses, _rest, is_doubtful = find_addresses(text)
        address = "" if is_doubtful else next(iter(addresses), "")
        if not text or address.lower() == text.lower():
            return vals
        if [address] == addresses:
            return {**vals, "email": address}
        note = self.env._("Email to check: %s", text)
        extra = vals.get("extra", self.extra)
        return {**vals, "email": address or False, "extra": "\n".join(filter(None, (extra, note)))}

    def _check_user_values(self, vals, also=()):
        """Refuse what a user may not say: who recorded it, when, and anything after it has been entered.

        :raises AccessError: when a user other than the system writes it
        """
        self._check_system_fields(vals, also=also)
        if self._is_system():
            return
        if any(capture.state != "new" for capture in self):
            raise AccessError(
                self.env._(
                    "You cannot change this contact because it has already been qualified. Change the customer instead."
                )
            )
        if vals.get("exhibition_id"):
            self.env["expo.exhibition"].browse(vals["exhibition_id"]).check_access("read")
        if vals.get("partner_id"):
            self.env["res.partner"].browse(vals["partner_id"]).check_access("write")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        if any(capture.state in ("entered", "approved") for capture in self):
            raise UserError(
                self.env._(
                    "You cannot delete this contact because it has been qualified and is part of the "
                    "customer's history. Keep it."
                )
            )

    # -- what people do with it --------------------------------------------------------------------------

    def action_enter(self):
        """Qualify these contacts; one that cannot be qualified keeps the reason."""
        self.check_access("write")
        todo = self.filtered(lambda capture: capture.state == "new")
        if self._is_reviewer():
            # A manager who qualifies contacts has reviewed them.
            todo.filtered("needs_review")._mark_reviewed()
        todo._enter_customers()
        stuck = todo.filtered(lambda capture: capture.state == "new")
        if len(self) == 1 and stuck:
            raise UserError(
                stuck.problem
                or self.env._(
                    "You cannot qualify “%s” because a sales manager has not reviewed it yet. Ask a sales manager to "
                    "mark it as reviewed.",
                    stuck.display_name,
                )
            )
        return self._notify_entered(len(todo - stuck), len(stuck)) if len(self) > 1 else True

    def action_enter_typed(self):
        """Qualify a contact that was just typed, and say what became of it; it stays where a manager reviews first."""
        self.ensure_one()
        if self.needs_review and not self._is_reviewer():
            message = self.env._("%s waits for review by a sales manager.", self.display_name)
        else:
            self.action_enter()
            # In sudo: the customer may be a colleague's.
            customer = self.sudo().participation_id.display_name
            if self.result == "created":
                message = self.env._("Customer added: %s.", customer)
            else:
                message = self.env._("Known customer, completed: %s.", customer)
        close = {"type": "ir.actions.act_window_close"}
        params = {"type": "success", "message": message, "next": close}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _notify_entered(self, entered, stuck):
        """Say how many of several contacts were entered, and how many wait for a person."""
        message = self.env._("Contacts qualified: %s.", entered)
        if stuck:
            message += " " + self.env._("Contacts not qualified (see the problem of each contact): %s.", stuck)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if stuck else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_reject(self):
        """Set contacts aside that are none: a joke, a test, a colleague."""
        self.check_access("write")
        # The state is kept by the system; the right to write was checked.
        self.sudo()._filter_for_step("reject").state = "rejected"
        return True

    def action_reset(self):
        """Take up rejected contacts again."""
        self.check_access("write")
        # As above.
        self.sudo()._filter_for_step("reset").state = "new"
        return True

    def action_approve(self):
        """The manager has reviewed what was qualified, or is to be; then marketing may use it (rules.md §3)."""
        if not self._is_reviewer():
            raise AccessError(
                self.env._(
                    "You cannot mark contacts as reviewed because you are not a sales manager. Ask a sales manager."
                )
            )
        self.check_access("write")
        todo = self.filtered("needs_review")
        todo._mark_reviewed()
        if todo:
            self._trigger_enter()
        qualified = self.sudo()._filter_for_step("approve")
        # As above.
        qualified._mark_reviewed()
        qualified.state = "approved"
        return True

    def _is_reviewer(self):
        return self.env.user.has_group("sales_team.group_sale_manager")

    def _mark_reviewed(self):
        # As above: the caller has checked who reviews.
        self.sudo().write({"approved_by_id": self.env.uid, "approved_on": fields.Datetime.now()})

    def _withdraw_review(self):
        """What a salesperson changes after the review is reviewed again before it is qualified."""
        reviewed = self.sudo().filtered(lambda capture: capture.state == "new" and capture.approved_on)
        reviewed.write({"approved_by_id": False, "approved_on": False})

    def action_open_participation(self):
        """Open the customer that this contact became."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "expo.participation",
            "res_id": self.participation_id.id,
            "views": [(False, "form")],
        }

    # -- messenger accounts, kept in the customer file

    def _write_accounts(self):
        """Add the captured accounts that the customers' files lack; constant queries per thousand."""
        told = self.filtered(lambda capture: capture.account and capture.participation_id.file_id)
        files = told.participation_id.file_id
        accounts = self.env["expo.customer.account"]
        known = {
            (account.file_id.id, account.kind, account.account)
            for account in accounts.search([("file_id", "in", files.ids)])
        }
        people = {(person.file_id.id, person.partner_id.id): person.id for person in files.person_ids}
        values = {}
        for capture in told:
            file_id = capture.participation_id.file_id.id
            for kind, account in split_accounts(capture.account):
                key = (file_id, kind, account)
                if key not in known:
                    person_id = people.get((file_id, capture.partner_id.id), False)
                    values.setdefault(
                        key, {"file_id": file_id, "person_id": person_id, "kind": kind, "account": account}
                    )
        accounts.create(list(values.values()))

    # -- Contacts that a phone at the stand sends, now or when it has network again.

    @api.private
    @api.model
    def _store_payloads(self, payloads):
        """Store what a device sends, each once however often it is sent.

        :param list[dict] payloads: client_key, exhibition_id, channel, raw_text, photo (base64), the typed fields
            (country_code and tier_code may stand for the ids), device_time and sent_time (ISO 8601, UTC)
        :return: for each payload client_key, ``status`` (*stored*, *known* or *refused*), id, message
        :rtype: list[dict]

        One bad payload does not hold up the others. Raw text is parsed as a card; what was typed goes first.
        """
        keys = [str(payload.get("client_key") or "") for payload in payloads]
        # A device may send a colleague's queue: whether it is stored already does not depend on who asks.
        known = self.sudo().search_fetch([("client_key", "in", keys)], ["client_key"])
        ids = {capture.client_key: capture.id for capture in known}
        answers = []
        for key, payload in zip(keys, payloads, strict=True):
            answer = {"client_key": key, "status": "known", "id": ids.get(key, False), "message": ""}
            if key not in ids:
                answer.update(self._receive_one(key, payload))
                if answer["status"] != "refused":
                    ids[key] = answer["id"]
            answers.append(answer)
        if any(answer["status"] == "stored" for answer in answers):
            self._trigger_enter()
        return answers

    def _receive_one(self, key, payload):
        """Store one payload in a savepoint of its own; return status, id and message."""
        try:
            with self.env.cr.savepoint():
                values = self._get_received_values(key, payload)
                # When and by whom is what the system knows; everything else is checked above.
                capture = self.sudo().create(values)
                capture.flush_recordset()
            return {"status": "stored", "id": capture.id, "message": ""}
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UniqueViolation:
            # The same one is being stored by another request of the device.
            return {"status": "known", "id": False, "message": ""}
        except (AccessError, UserError, ValidationError) as error:
            return {"status": "refused", "id": False, "message": str(error)}
        except Exception as error:
            _logger.warning("a captured contact was refused: %s", error, exc_info=error)
            return {"status": "refused", "id": False, "message": self.env._("This contact could not be read.")}

    def _get_received_values(self, key, payload):
        """Return the values of a capture as a device sent it.

        :raises UserError: when there is nothing to keep, or it is too large
        :raises AccessError: when the user does not see the show
        """
        if not KEY_FORMAT.fullmatch(key):
            raise UserError(
                self.env._(
                    "You cannot save this contact because it has no valid key. Reload the "
                    "booth page and enter it again."
                )
            )
        show = self.env["expo.exhibition"].browse(_to_id(payload.get("exhibition_id"))).exists()
        if not show:
            raise UserError(
                self.env._(
                    "You cannot save this contact because its exhibition no longer exists. Choose another exhibition."
                )
            )
        show.check_access("read")
        self.check_access("create")
        # What the page has read of a code, and the user has not changed, is read here, by all rules.
        shown = payload["read"] if isinstance(payload.get("read"), dict) else {}
        changed = [name for name in TEXT_FIELDS if not payload.get(name) or payload[name] != shown.get(name)]
        typed = {name: _to_text(payload.get(name)) for name in changed if payload.get(name)}
        photo = payload.get("photo") or False
        if len(photo or "") > MAX_PHOTO or len(typed.get("raw_text", "")) > MAX_RAW_TEXT:
            raise UserError(
                self.env._(
                    "You cannot save this contact because the photo or the text is too large. "
                    "Take a smaller photo or shorten the text."
                )
            )
        if not photo and not typed:
            raise UserError(
                self.env._("You cannot save this contact because it has no text or photo. Add at least one of them.")
            )
        emptied = {name for name in changed if shown.get(name) and not payload.get(name)}
        read = {name: text for name, text in self._read_raw(typed.get("raw_text")).items() if name not in emptied}
        values = {**read, **typed, **self._get_received_choices(payload)}
        country = self._get_received_country(payload, values, shown.get("country_id"))
        return {
            **{name: value for name, value in values.items() if name in self._fields},
            "client_key": key,
            "exhibition_id": show.id,
            "photo": photo,
            "country_id": country.id,
            "device_time": _to_moment(payload.get("device_time")),
            "sent_time": _to_moment(payload.get("sent_time")),
            "captured_by_id": self.env.uid,
            "user_id": self.env.uid,
        }

    @api.model
    def _read_raw(self, raw_text):
        """Return the typed values that a scanned code gives; {} when it tells of no contact, as a web address."""
        cards = [card for card in parse_cards(raw_text or "") if not card.problem]
        return dict(cards[0].values) if cards else read_badge(raw_text or "")

    def _get_received_choices(self, payload):
        """What was chosen rather than typed; what does not exist is left out rather than refused."""
        values = {}
        for name in CHOICE_FIELDS:
            if payload.get(name) in self._fields[name].get_values(self.env):
                values[name] = payload[name]
        tier = self.env["expo.tier"].browse(_to_id(payload.get("tier_id"))).exists()
        if not tier and payload.get("tier_code"):
            tier = tier.search([("code", "=", _to_text(payload["tier_code"]))], limit=1)
        products = self.env["product.product"].browse(map(_to_id, payload.get("product_ids") or [])).exists()
        readable = products.sudo(False)._filtered_access("read")
        return {**values, "tier_id": tier.id, "product_ids": [fields.Command.set(readable.ids)]}

    def _get_received_country(self, payload, values, shown_id=None):
        """Return the country by id, code or name, empty when it is not known.

        :param int shown_id: what the page has read of a code; chosen by the user when it is another one
        """
        countries = self.env["res.country"]
        chosen = countries.browse(_to_id(payload.get("country_id"))).exists()
        if shown_id and not chosen:
            return chosen
        code = payload.get("country_code") or values.get("country_code")
        code = _to_text(code or "").upper() or country_code(values.get("country_text") or "")
        read = countries.search([("code", "=", code)], limit=1) if code else countries
        return read if read and chosen.id == shown_id else chosen or read

    @api.model
    def _trigger_enter(self):
        """Enter what came in as soon as it is stored, for companies that review nothing."""
        self.env["ir.cron"]._trigger_expo("ir_cron_capture")


def _to_id(value):
    return int(value) if isinstance(value, int) or str(value or "").isdigit() else 0


def _to_text(value):
    # PostgreSQL stores no NUL, and no half of an emoji that a phone cut in two.
    return re.sub("[\x00\ud800-\udfff]", "", str(value)).strip()


def _to_moment(value):
    """Return a naive UTC datetime of an ISO 8601 text, False when it is none."""
    try:
        moment = datetime.fromisoformat(str(value or "").replace("Z", "+00:00"))
        moment = moment.astimezone(timezone.utc) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return False
    return moment.replace(tzinfo=None, microsecond=0)

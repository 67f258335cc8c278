import logging
import re
from datetime import datetime, timezone

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...tools.cards import parse_cards

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
    """Contacts that a phone at the stand sends, now or when it has network again."""

    _inherit = "expo.capture"

    @api.private
    @api.model
    def _receive(self, payloads):
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
            raise UserError(self.env._("The contact comes without a valid key."))
        show = self.env["expo.exhibition"].browse(_to_id(payload.get("exhibition_id"))).exists()
        if not show:
            raise UserError(self.env._("The show does not exist any more: choose another one."))
        show.check_access("read")
        self.check_access("create")
        typed = {name: _to_text(payload.get(name)) for name in TEXT_FIELDS if payload.get(name)}
        photo = payload.get("photo") or False
        if len(photo or "") > MAX_PHOTO or len(typed.get("raw_text", "")) > MAX_RAW_TEXT:
            raise UserError(self.env._("The photo or the text is too large."))
        if not photo and not typed:
            raise UserError(self.env._("There is nothing in it: neither text nor photo."))
        values = {**self._read_raw(typed.get("raw_text")), **typed, **self._get_received_choices(payload)}
        country = self._get_received_country(payload, values)
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
        """Return the typed values that a scanned card gives; {} for anything else, a web address included."""
        cards = [card for card in parse_cards(raw_text or "") if not card.problem]
        return dict(cards[0].values) if cards else {}

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

    def _get_received_country(self, payload, values):
        """Return the country by id, code or name, empty when nobody knows it."""
        countries = self.env["res.country"]
        country = countries.browse(_to_id(payload.get("country_id"))).exists()
        code = payload.get("country_code") or values.get("country_code")
        if not country and code:
            country = countries.search([("code", "=", _to_text(code).upper())], limit=1)
        if not country and values.get("country_text"):
            country = countries.search([("name", "=ilike", values["country_text"])], limit=1)
        return country

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

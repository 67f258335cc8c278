from odoo import api, fields, models
from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.fields import Domain
from odoo.tools import email_normalize, split_every

from ...tools.matching import Identity, Index, company_key, own_domain, person_key
from .res_partner import SALES

BATCH_SIZE = 1000


class ResPartner(models.Model):
    """Who is it? Finds the partner of a card or of a row of a list, a thousand at a time.

    Rules: :mod:`..tools.matching`. Archived partners are not found: who left is not met.
    """

    _inherit = "res.partner"

    expo_company_key = fields.Char(
        compute="_compute_expo_company_key", store=True, index="btree_not_null", groups=SALES
    )
    expo_web_domain = fields.Char(compute="_compute_expo_web_domain", store=True, index="btree_not_null", groups=SALES)

    # Core looks both up and indexes neither.
    _expo_email_index = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _expo_phone_index = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.depends("is_company", "name", "commercial_company_name")
    def _compute_expo_company_key(self):
        for partner in self:
            name = partner.name if partner.is_company else partner.commercial_company_name
            partner.expo_company_key = company_key(name) or False

    @api.depends("email", "website")
    def _compute_expo_web_domain(self):
        for partner in self:
            partner.expo_web_domain = own_domain(partner.email, partner.website) or False

    @api.private
    def _expo_match(self, rows):
        """Tell for each row who it is; constant queries per thousand rows.

        :param list[dict] rows: any of name, company_name, email, phone, website, country_id
        :rtype: list[Match]
        """
        wanted = self._expo_identities(rows)
        index = self._expo_index(wanted)
        return [index.match(identity) for identity in wanted]

    @api.model
    def _expo_identities(self, rows):
        """Return what identifies each row, normalised as core normalises partners."""
        countries = self.env["res.country"].browse({row["country_id"] for row in rows if row.get("country_id")})
        dialling = {country.id: (country.code, country.phone_code) for country in countries}
        home = self.env.company.country_id
        default = (home.code, home.phone_code)
        return [
            Identity(
                person=person_key(row.get("name")),
                company=company_key(row.get("company_name")),
                email=email_normalize(row.get("email") or "") or "",
                phone=_sanitize_phone(row.get("phone"), *dialling.get(row.get("country_id"), default)),
                domain=own_domain(row.get("email"), row.get("website")),
                country=row.get("country_id") or 0,
            )
            for row in rows
        ]

    @api.model
    def _expo_index(self, wanted):
        """Return the index of all partners that share anything with the ones looked for."""
        index = Index()
        columns = {
            "email": "email_normalized",
            "phone": "phone_sanitized",
            "company": "expo_company_key",
            "domain": "expo_web_domain",
        }
        for batch in split_every(BATCH_SIZE, wanted):
            for name, column in columns.items():
                keys = {getattr(identity, name) for identity in batch} - {""}
                if keys:
                    for partner in self._expo_fetch(Domain(column, "in", list(keys))):
                        index.add(partner._expo_identity())
        return index

    def _expo_fetch(self, domain):
        names = [
            "name", "is_company", "commercial_partner_id", "email_normalized", "phone_sanitized", "country_id",
            "expo_company_key", "expo_web_domain",
        ]  # fmt: skip
        # Entering runs in sudo: customers of other companies stay theirs.
        ours = Domain("company_id", "in", (False, self.env.company.id))
        # An address for invoices or goods is nobody to meet.
        met = Domain("parent_id", "=", False) | Domain("type", "=", "contact")
        return self.search_fetch(domain & ours & met, names, order="id")

    def _expo_identity(self):
        company = self if self.is_company else self.commercial_partner_id
        return Identity(
            id=self.id,
            company_id=company.id if company != self or self.is_company else 0,
            person="" if self.is_company else person_key(self.name),
            company=self.expo_company_key or "",
            email=self.email_normalized or "",
            phone=self.phone_sanitized or "",
            domain=self.expo_web_domain or "",
            country=self.country_id.id,
        )


def _sanitize_phone(number, country_code, phone_code):
    if not number:
        return ""
    found = phone_format(number, country_code, phone_code, force_format="E164", raise_exception=False)
    # What is no valid number comes back as it was: it identifies nobody.
    return found if found.startswith("+") and found[1:].isdigit() else ""

"""What the tests of the customer's pages share: complaints, their customer's login, and a browser's way to press."""

import io
import re

from PIL import Image

from odoo.tests import HttpCase, new_test_user

from ..common_complaint import ComplaintCase

SECRET = "We mixed the glaze badly"


def photo(mark=""):
    """A small JPEG, another one for each mark."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(file, "JPEG")
    return file.getvalue() + str(mark).encode()


class PortalCase(ComplaintCase, HttpCase):
    """A customer with a login, a colleague of theirs, another customer, and a complaint with secrets of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.rossi = cls._make_partner("Rossi S.p.A.", is_company=True)
        cls.maria = cls._make_partner("Maria Rossi", parent_id=cls.rossi.id, lang="en_US")
        cls.paolo = cls._make_partner("Paolo Rossi", parent_id=cls.rossi.id, lang="en_US")
        cls.stranger = cls._make_partner("Hans Becker", country="de", lang="en_US")
        for login, partner in (("maria", cls.maria), ("paolo", cls.paolo), ("hans", cls.stranger)):
            new_test_user(cls.env, login, "base.group_portal", partner_id=partner.id, name=partner.name)

    def _complain(self, partner=None, user=None, **values):
        values = {"root_cause": SECRET, "containment": SECRET, "corrective": SECRET, **values}
        complaint = super()._complain(partner or self.maria, user, **values)
        complaint.sudo().user_id = complaint.sudo().user_id or self.seller
        return complaint

    def _offered(self, **values):
        """A complaint with an offer that waits for the customer's answer."""
        complaint = self._complain(severity="low", decision="justified", **values)
        complaint.action_acknowledge_by_phone()
        complaint._move_to("negotiating")
        remedy = self.env["expo.complaint.remedy"].with_user(self.manager).create(
            {"complaint_id": complaint.id, "kind": "credit", "amount": 120, "text": "with your next invoice"}
        )  # fmt: skip
        remedy.action_submit()
        complaint._log_event("offered")
        return complaint

    def _carried_out(self, **values):
        """A complaint whose solution has been carried out."""
        complaint = self._complain(severity="low", **values)
        complaint.action_acknowledge_by_phone()
        complaint._move_to("feedback")
        return complaint

    def _link(self, complaint):
        """The signed link of our letters, without the server's name."""
        return complaint.sudo().get_portal_url()

    def _token(self, complaint):
        return complaint.sudo()._portal_ensure_token()

    def _log_in(self, login):
        self.authenticate(login, login)

    def _open(self, complaint, by_link=False):
        return self.url_open(self._link(complaint) if by_link else f"/my/complaints/{complaint.id}")

    def _press(self, complaint, what, by_link=False, files=(), times=1, **data):
        """Open the page and send one of its forms, as a browser does; return the page that it leads to."""
        page = self._open(complaint, by_link)
        hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page.text) for name in ("csrf_token", "offer")}
        data = {**{name: found[1] if found else "" for name, found in hidden.items()}, **data}
        if by_link:
            data["access_token"] = self._token(complaint)
        for _time in range(times):
            sent = [("files", (name, io.BytesIO(content))) for name, content in files]
            answer = self._post(f"/my/complaints/{complaint.id}/{what}", data, files=sent)
        return answer

    def _post(self, path, data, **kwargs):
        return self.opener.post(self.base_url() + path, data=data, timeout=60, **kwargs)

    def _call_json(self, path, params):
        """The whole answer of a JSON-RPC call, its error included."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        return self.opener.post(self.base_url() + path, json=body, timeout=30).json()

    def _files(self, complaint):
        domain = [("res_model", "=", "expo.complaint"), ("res_id", "=", complaint.id)]
        return self.env["ir.attachment"].search(domain, order="id")

    def _csrf(self, data):
        page = self.url_open("/my/security").text
        return {"csrf_token": page.partition('name="csrf_token" value="')[2].partition('"')[0], **data}

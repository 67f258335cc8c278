"""Every letter that the addon ships, in each language, as a mail server receives it."""

from collections import namedtuple
from functools import cache

from tests.common_server import SmtpSink, clone_database, evaluate

LANGUAGES = ("en_US", "zh_CN")
NAMES = {"en_US": "Maria Rossi", "zh_CN": "王伟"}

Letter = namedtuple("Letter", "template lang message raw")

MAKE_LETTERS = """
import base64, io, random
from datetime import date, timedelta
from PIL import Image, ImageDraw, ImageFilter

def photo(seed, size=(1600, 1200), form="JPEG"):
    # As much detail as a photo of goods has: shades, edges and grain.
    dice = random.Random(seed)
    image = Image.effect_noise(size, 40).convert("RGB")
    shades = Image.radial_gradient("L").resize(size)
    image = Image.blend(image, Image.merge("RGB", (shades, shades.rotate(90), shades.rotate(180))), 0.7)
    pen = ImageDraw.Draw(image)
    for _number in range(60):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        pen.ellipse((x, y, x + dice.randrange(300), y + dice.randrange(300)), fill=tuple(dice.choices(range(256), k=3)))
    data = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1)).save(data, form)
    return base64.b64encode(data.getvalue())

for lang in languages:
    env["res.lang"]._activate_lang(lang)
env["ir.module.module"].search([("state", "=", "installed")])._update_translations(list(languages))
company = env.company
company.write({"name": "Porcelain Works", "street": "Kiln Road 1", "zip": "510000", "city": "Guangzhou",
               "phone": "+86 20 5550123", "website": "https://www.ours.example", "email": "office@ours.example"})
company.alias_domain_id = env["mail.alias.domain"].create({"name": "ours.example"})
users = env["res.users"].with_context(no_reset_password=True)
seller, boss = users.create([
    {"name": "Anna Chen", "login": "anna", "email": "anna@ours.example", "phone": "+86 20 5550124",
     "group_ids": [(6, 0, [env.ref("sales_team.group_sale_salesman").id])]},
    {"name": "Helen Wang", "login": "boss", "email": "boss@ours.example",
     "group_ids": [(6, 0, [env.ref("sales_team.group_sale_manager").id, env.ref("account.group_account_invoice").id])]},
])
products = env["product.product"].create([
    {"name": f"Mug {number}", "description_sale": "Bone china\\n350 ml"} for number in range(12)
])
for number, product in enumerate(products):
    product.image_1920 = photo(number)
show = env["expo.exhibition"].create(
    {"name": "Spring Fair", "date_begin": date.today() - timedelta(days=4), "date_end": date.today(),
     "state": "running", "user_id": boss.id, "city": "Guangzhou", "hall": "12.2", "booth": "B17",
     "signatory_id": boss.partner_id.id, "signature": photo(99, (600, 200), "PNG"), "product_ids": products[6:].ids}
)
templates = {
    row.complete_name: env["mail.template"].browse(row.res_id)
    for row in env["ir.model.data"].search([("module", "=", "expo_followup"), ("model", "=", "mail.template")])
}
letters = []

def meet(name, lang, model):
    partner = env["res.partner"].create(
        {"name": names[lang], "lang": lang, "country_id": env.ref("base.cn" if lang == "zh_CN" else "base.uk").id,
         "email": f"{name.partition('.')[2].replace('_', '.')}+{lang}@customer.example"}
    )
    customer = env["expo.participation"].create(
        {"exhibition_id": show.id, "partner_id": partner.id, "user_id": seller.id, "captured_by_id": boss.id,
         "product_ids": products[:6].ids}
    )
    return partner, customer

def compose(record, action, **values):
    composer = env(user=record.env.user)["mail.compose.message"].with_context(**action["context"]).create({})
    composer.write(values)
    composer.action_send_mail()

def write_about(record, template, **values):
    # Only the words are of interest, not whether the time of the letter has come.
    from odoo.addons.expo_followup.models.mixins.composer import composer_action
    compose(record, composer_action(record, "Letter", template), **values)

for name, template in templates.items():
    for lang in languages:
        partner, customer = meet(name, lang, template.model)
        if template.model == "expo.participation":
            followup = env["expo.followup"].create(
                {"participation_id": customer.id, "partner_id": partner.id, "user_id": seller.id,
                 "activity_type_id": env.ref("expo_followup.activity_email_revisit").id,
                 "letter_template_id": template.id, "window_start": date.today()}
            )
            if "greeting" in name:
                festival = env["expo.festival"].search([], limit=1)
                followup.sudo().write({"origin": "greeting", "festival_id": festival.id})
            # As the scheduled action does: the system is no sender.
            followup.action_send_letter()
        elif template.model == "expo.sample":
            sample = env["expo.sample"].with_user(seller).create({"participation_id": customer.id})
            compose(sample, sample.action_propose())
        elif template.model == "expo.visit":
            visit = env["expo.visit"].with_user(seller).create({"participation_id": customer.id, "aim": "Autumn order"})
            write_about(visit, template)
        elif template.model == "expo.complaint":
            complaint = env["expo.complaint"].with_user(boss).create(
                {"subject": "Cracked glaze", "story": "Ten of the mugs are cracked.", "partner_id": partner.id,
                 "facts": "Ten mugs of the second pallet are cracked.\\nThe packaging was dry.", "user_id": boss.id,
                 "severity": "normal"}
            )
            complaint.sudo().decision_reason = "The pallet was stacked three high."
            write_about(complaint, template, expo_letter_kind=False)
        else:
            order = env["sale.order"].create({"partner_id": partner.id, "user_id": seller.id})
            notice = env["expo.problem.notice"].with_user(boss).create(
                {"order_id": order.id, "text": "A kiln has failed.\\nWe are repairing it."}
            )
            compose(notice, notice.action_tell())
env["ir.cron"].search([]).active = False
env.cr.commit()
waiting = env["mail.mail"].search([("state", "=", "outgoing")])
waiting.scheduled_date = False
waiting.send(auto_commit=True)
result = [sorted(templates), waiting.exists().filtered(lambda mail: mail.state != "sent").mapped("failure_reason")]
"""


@cache
def receive_letters():
    """Return every shipped letter in each language, as it arrived over SMTP."""
    with clone_database() as database, SmtpSink() as sink:
        script = f"languages, names = {LANGUAGES!r}, {NAMES!r}\n{MAKE_LETTERS}"
        templates, failures = evaluate(database, script, smtp_port=sink.port)
        assert not failures, failures
        by_recipient = {}
        for one in sink.messages:
            by_recipient.setdefault(one.recipients[0], one)
    letters = []
    for template in templates:
        for lang in LANGUAGES:
            one = by_recipient[f"{template.partition('.')[2].replace('_', '.')}+{lang.lower()}@customer.example"]
            letters.append(Letter(template, lang, one.message, one.raw))
    return letters

"""What the columns of a list hold: told by headings in Chinese, English and a few other languages, else by content."""

import re
from typing import NamedTuple

from .addresses import find_addresses
from .countries import country_code, plain

#: Rows above the headings: the title of the list, the name of the show.
MAX_TITLES = 10
SAMPLE = 50
#: Headings by field, without blanks and signs; the first column that fits gets the field.
WORDS = {
    "name": (
        "name|fullname|contact|contactname|contactperson|person|customername|visitorname|attention|"
        "attn|buyer|nameofcontact|kontakt|ansprechpartner|nom|nombre|nome|姓名|联系人|联系人姓名|名字|"
        "客户姓名|中文姓名|英文姓名|聯絡人|聯繫人|名称|客户|负责人|采购商姓名|买家|買家|参观商"
    ),
    "first_name": "firstname|givenname|forename|vorname|prénom|名",
    "last_name": "lastname|surname|familyname|nachname|姓|姓氏",
    "company_name": (
        "company|companyname|organisation|organization|org|firm|corporation|employer|account|"
        "accountname|firma|nameofcompany|companyname英文|unternehmen|société|empresa|azienda|公司|"
        "公司名称|公司名|单位|单位名称|客户公司|客户名称|企业|企业名称|公司名稱|單位|參展商|参展商|"
        "工作单位|贸易公司"
    ),
    "function": ("function|position|title|jobtitle|job|role|designation|post|职位|职务|頭銜|头衔|職位|職務|岗位"),
    "email": (
        "email|e|mail|emailaddress|emails|mailaddress|电邮|邮箱|电子邮件|电子邮箱|邮件|邮箱地址|電郵|"
        "電子郵件|信箱|邮件地址|e邮箱"
    ),
    "phone": (
        "phone|tel|telephone|mobile|mobilephone|cell|cellphone|phonenumber|mobilenumber|telno|telefon|"
        "téléphone|teléfono|handy|contactnumber|telephonenumber|mob|电话|手机|手机号|手机号码|"
        "联系电话|电话号码|移动电话|聯絡電話|電話|手機|座机|办公电话|联系方式|号码"
    ),
    "website": ("website|web|url|homepage|site|www|webpage|companywebsite|网址|网站|公司网站|主页|網址|網站|官网"),
    "street": (
        "street|address|addr|street1|street2|addressline1|addressline2|adresse|strasse|dirección|"
        "indirizzo|地址|公司地址|街道|详细地址|联系地址|通讯地址"
    ),
    "city": "city|town|ort|stadt|ville|ciudad|città|城市|所在城市|市",
    "state": "state|province|region|stateprovince|county|省|省份|州|地区",
    "zip": "zip|zipcode|postcode|postalcode|plz|cap|cp|邮编|邮政编码|郵編|郵遞區號",
    "country": ("country|nation|nationality|countryregion|land|pays|país|paese|国家|国别|国家地区|國家|國別|国籍"),
    "account": (
        "wechat|wechatid|whatsapp|qq|skype|im|line|telegram|linkedin|weixin|微信|微信号|社交账号|账号|即时通讯"
    ),
    "note": (
        "note|notes|remark|remarks|comment|comments|memo|description|interest|inquiry|enquiry|"
        "talkedabout|备注|说明|洽谈内容|洽谈记录|需求|备忘|備註|询盘|询盘内容|意见|交谈内容|客户需求"
    ),
    "tier": (
        "tier|level|intent|intention|grade|rating|class|intenttier|意向|意向等级|等级|级别|客户等级|"
        "客户级别|客户类型|意向程度"
    ),
    "role": "visitortype|type|exhibitororvisitor|客户类别|类别|身份",
    "products": (
        "product|products|productofinterest|productsofinterest|interestedin|item|model|产品|意向产品|"
        "感兴趣的产品|感兴趣产品|需求产品|產品|商品|型号"
    ),
    "lang": "language|lang|sprache|语言|語言|沟通语言",
}
_FIELD_OF = {word: field for field, words in WORDS.items() for word in words.split("|")}
#: A second column of these goes to *also on the card*, that of the others is joined.
FIELDS = tuple(WORDS)
PHONE = re.compile(r"\+?[\d\s().\-/]{7,20}")
SITE = re.compile(
    r"(https?://|www\.)\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|net|org|cn|de|it|fr|es|eu|uk|biz|info)(/\S*)?", re.IGNORECASE
)
COMPANY = re.compile(
    r"\b(ltd|limited|inc|llc|gmbh|co|corp|company|s\.?p\.?a|s\.?a|s\.?r\.?l|pvt|trading|group|bv|ag|llp)\b\.?|公司|集团|厂",
    re.IGNORECASE,
)


class Layout(NamedTuple):
    """How a list is made: the row of the headings (-1: none), what they say, the field of each column ('' unknown)."""

    row: int
    headings: list
    fields: list


def field_of(heading: str) -> str:
    """Return the field a heading means, '' when it cannot be told.

    >>> [field_of(text) for text in ("E-Mail*", "联系人（必填）", "Company Name / 公司名称", "Mobile Phone No.", "xyz")]
    ['email', 'name', 'company_name', 'phone', '']
    """
    whole = _key(heading)
    parts = [_key(part) for part in re.split(r"[/|\\\n（(：:\[【]", heading)]
    latin, han = re.sub(r"[^\x00-\u02ff]", "", heading), re.sub(r"[\x00-\u02ff]", "", heading)
    for key in (whole, *parts, _key(latin), _key(han)):
        if field := _FIELD_OF.get(key) or _FIELD_OF.get(re.sub(r"(no|number|\d)$", "", key)):
            return field
    return ""


def read_layout(rows: list[list[str]]) -> Layout:
    """Find the headings of a list and the field of each column; a field is given once.

    >>> read_layout([["Spring Fair"], ["姓名", "", "E-mail"], ["王伟", "Acme Ltd", "w@acme.example"]])
    Layout(row=1, headings=['姓名', '', 'E-mail'], fields=['name', 'company_name', 'email'])
    >>> read_layout([["Maria", "m@acme.example"], ["Hans", "h@acme.example"]])
    Layout(row=-1, headings=['', ''], fields=['name', 'email'])
    """
    width = max(map(len, rows), default=0)
    scores = [sum(bool(field_of(cell)) for cell in row if cell) for row in rows[:MAX_TITLES]]
    best = max(scores, default=0)
    index = scores.index(best) if best else -1
    if best == 1 and (sum(map(bool, rows[index])) > 3 or any(map(_is_fact, rows[index]))):
        index = -1  # a person called Post, not a heading
    if index < 0 and rows and not any(map(_is_fact, rows[0])) and any(map(_is_fact, _cells(rows[1:SAMPLE]))):
        index = 0  # headings of a language that we do not know
    heads = rows[index] if index >= 0 else []
    headings = [*heads, *[""] * (width - len(heads))]
    body = rows[index + 1 : index + 1 + SAMPLE]
    fields, given = [field_of(heading) if heading else "" for heading in headings], set()
    for column, field in enumerate(fields):
        fields[column] = "" if field in given and field not in ("street", "note") else field
        given.add(field)
    for column in range(width):
        if not fields[column] and not (headings[column] and field_of(headings[column])):
            guess = guess_field([row[column] for row in body if column < len(row)], bool(headings[column]))
            fields[column] = "" if guess in given else guess
            given.add(fields[column])
    if index < 0 and "name" not in given:
        _guess_name(fields, body)
    return Layout(index, headings, fields)


def guess_field(cells: list[str], is_named: bool = False) -> str:
    """Return the field that most cells of a column look like; a column with a heading of its own must be clear.

    >>> guess_field(["a@acme.example", "", "b@acme.example"]), guess_field(["Italy", "德国"]), guess_field(["x", "y"])
    ('email', 'country', '')
    """
    cells = [cell for cell in cells if cell]
    if not cells:
        return ""
    tests = {
        "email": lambda cell: find_addresses(cell).addresses,
        "website": SITE.fullmatch,
        "country": lambda cell: len(cell) > 1 and country_code(cell),
        "phone": lambda cell: PHONE.fullmatch(cell) and sum(map(str.isdigit, cell)) >= 7,
        "company_name": COMPANY.search,
    }
    if is_named:
        tests.pop("company_name")
        tests.pop("phone")  # an order number looks alike
    shares = {field: sum(bool(test(cell)) for cell in cells) / len(cells) for field, test in tests.items()}
    best = max(shares, key=shares.get)
    return best if shares[best] > 0.5 else ""


def _guess_name(fields, body):
    """Of a list without headings the first column of words is the name."""
    for column, field in enumerate(fields):
        cells = [row[column] for row in body if column < len(row) and row[column]]
        if not field and cells and sum(bool(re.search(r"[^\W\d]{2}", cell)) for cell in cells) > len(cells) / 2:
            fields[column] = "name"
            return


def _cells(rows):
    return (cell for row in rows for cell in row)


def _is_fact(cell):
    """Tell whether a cell is a person's address or number, so that its row holds no headings."""
    return bool(find_addresses(cell).addresses or (PHONE.fullmatch(cell) and sum(map(str.isdigit, cell)) >= 7))


def _key(text):
    return plain(text).replace(" ", "")

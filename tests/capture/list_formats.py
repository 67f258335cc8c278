"""Lists in the formats of twenty sources: their real headings, order, encoding and frame, with invented rows.

Each format says what its first contact becomes; ``rows`` is how many of its rows are contacts.
"""

import csv
import io
from typing import NamedTuple

import openpyxl


class ListFormat(NamedTuple):
    name: str
    data: bytes
    expected: dict
    rows: int = 1
    #: The row of the headings in the file.
    heading_row: int = 1


def table(rows, encoding="utf-8", separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def filled(headings, **cells):
    """Return the headings and a row with these cells; a key is the place of its heading."""
    heads = headings.split("|")
    row = [""] * len(heads)
    for key, text in cells.items():
        row[int(key[1:])] = text
    return [heads, row]


MARIA = {
    "name": "Maria Rossi",
    "company_name": "Acme SpA",
    "email": "maria@acme.example",
    "phone": "+39 02 1234567",
    "country": "IT",
}
WANG = {
    "name": "王伟",
    "company_name": "广州明辉贸易有限公司",
    "email": "wang@minghui.example",
    "phone": "13800138000",
    "country": "CN",
}
GOOGLE = filled(
    "First Name|Middle Name|Last Name|Phonetic First Name|Nickname|File As|Organization Name|Organization Title|"
    "Organization Department|Birthday|Notes|Photo|Labels|E-mail 1 - Label|E-mail 1 - Value|E-mail 2 - Label|"
    "E-mail 2 - Value|Phone 1 - Label|Phone 1 - Value|Phone 2 - Label|Phone 2 - Value|Address 1 - Label|"
    "Address 1 - Formatted|Address 1 - Street|Address 1 - City|Address 1 - Postal Code|Address 1 - Country|"
    "Website 1 - Label|Website 1 - Value",
    c0="Maria", c2="Rossi", c6="Acme SpA", c7="Buyer", c10="Met at booth 4", c12="* myContacts", c13="Work",
    c14="maria@acme.example", c17="Work", c18="+39 02 1234567", c19="Mobile", c20="+39 333 7654321", c24="Milano",
    c25="20121", c26="Italy", c28="www.acme.example",
)  # fmt: skip
OUTLOOK = filled(
    "First Name|Middle Name|Last Name|Title|Suffix|Web Page|E-mail Address|E-mail 2 Address|Home Phone|Mobile Phone|"
    "Business Phone|Business Phone 2|Business Fax|Home Street|Home City|Company|Department|Job Title|Business Street|"
    "Business City|Business State|Business Postal Code|Business Country/Region|Notes|E-mail Type|E-mail Display Name",
    c0="Maria", c2="Rossi", c5="www.acme.example", c6="maria@acme.example", c10="+39 02 1234567", c12="+39 02 999999",
    c15="Acme SpA", c17="Buyer", c18="Via Roma 1", c19="Milano", c21="20121", c22="Italy", c24="SMTP",
    c25="Maria Rossi (maria@acme.example)",
)  # fmt: skip
OUTLOOK_DE = filled(
    "Anrede|Vorname|Weitere Vornamen|Nachname|Suffix|Firma|Abteilung|Position|Straße geschäftlich|Ort geschäftlich|"
    "Postleitzahl geschäftlich|Land/Region geschäftlich|Telefon geschäftlich|Fax geschäftlich|Mobiltelefon|"
    "E-Mail-Adresse|Webseite|Notizen",
    c1="Jörg", c3="Müller", c5="Müller Möbel GmbH", c7="Einkäufer", c8="Hauptstraße 5", c9="Köln", c10="50667",
    c11="Deutschland", c13="+49 221 999999", c14="+49 171 1234567", c15="jm@moebel.example",
)  # fmt: skip
LINKEDIN = [
    ["Notes:"],
    ["When exporting your connection data, you may notice that some of the email addresses are missing."],
    [],
    *filled(
        "First Name|Last Name|URL|Email Address|Company|Position|Connected On",
        c0="Maria", c1="Rossi", c2="https://www.linkedin.com/in/mariarossi", c3="maria@acme.example", c4="Acme SpA",
        c5="Buyer", c6="16 Apr 2026",
    ),
]  # fmt: skip
HUBSPOT = filled(
    "Record ID|First Name|Last Name|Email|Phone Number|Contact owner|Associated Company|Last Activity Date (GMT+1)|"
    "Lead Status|Marketing contact status|Job Title|City|Country/Region|Create Date (GMT+1)",
    c0="51234567", c1="Maria", c2="Rossi", c3="maria@acme.example", c4="+39 02 1234567", c5="Tom Seller", c6="Acme SpA",
    c8="New", c9="Non-marketing contact", c10="Buyer", c11="Milano", c12="Italy", c13="2026-04-16 09:12",
)  # fmt: skip
EVENTBRITE = filled(
    "Order #|Order Date|First Name|Last Name|Email|Quantity|Ticket Type|Attendee #|Attendee Status|Company|Job Title|"
    "Cell Phone|Work Address 1|Work City|Work Zip|Work Country|Newsletter",
    c0="8123456789", c1="2026-04-01 10:00:00", c2="Maria", c3="Rossi", c4="maria@acme.example", c5="1", c6="Visitor",
    c7="991", c8="Attending", c9="Acme SpA", c10="Buyer", c11="+39 02 1234567", c13="Milano", c15="Italy", c16="No",
)  # fmt: skip
CVENT = filled(
    "First Name|Last Name|Email Address|Company Name|Title|Work Phone|Mobile Phone|Work Address 1|Work City|"
    "Work State/Province|Work ZIP/Postal Code|Work Country|Registration Type|Confirmation Number|Opt-In",
    c0="Maria", c1="Rossi", c2="maria@acme.example", c3="Acme SpA", c4="Buyer", c6="+39 02 1234567", c8="Milano",
    c11="Italy", c12="Buyer", c13="QWX8JK2", c14="no",
)  # fmt: skip
CAMCARD = filled(
    "创建时间|姓名|公司|部门|职位|手机|电话|传真|邮箱|地址|网址|备注|分组",
    c0="2026-04-16", c1="王伟", c2="广州明辉贸易有限公司", c4="采购经理", c5="13800138000", c6="020-87654321",
    c7="020-87654322", c8="wang@minghui.example", c9="广州市天河区", c11="中国客户",
)  # fmt: skip
WECHAT = filled(
    "客户名称|备注名|所属公司|手机号|邮箱|微信号|添加时间|标签|国家",
    c1="王伟", c2="广州明辉贸易有限公司", c3="13800138000", c4="wang@minghui.example", c5="wangwei88", c6="2026-04-16",
    c8="中国",
)  # fmt: skip
CANTON = [
    ["第139届广交会采购商名单"],
    [],
    *filled(
        "序号|采购商名称|采购商联系人|国家/地区|电子邮箱|联系电话|采购意向|展位号",
        c0="1", c1="Acme SpA", c2="Maria Rossi", c3="意大利", c4="maria@acme.example", c5="+39 02 1234567", c6="灯具",
    ),
    ["合计", "1"],
]  # fmt: skip
EXHIBITORS_EN = [
    ["Exhibitor", "Hall", "Stand", "Country", "Website", "Email"],
    ["Acme SpA", "4", "B12", "Italy", "www.acme.example", "info@acme.example"],
    ["Becker", "4", "B14", "Germany", "www.becker.example", ""],
    ["Total", "2", "", "", "", ""],
]
EXHIBITORS_NAME = [
    ["Name", "Hall", "Stand", "Country", "Web"],
    ["Acme SpA", "4", "B12", "Italy", "www.acme.example"],
    ["Becker", "4", "B14", "Germany", "www.becker.example"],
    ["Lumière SARL", "4", "B15", "France", ""],
]
AUSSTELLER = [
    ["Aussteller", "Straße", "PLZ", "Ort", "Land", "Telefon", "E-Mail"],
    ["Müller Möbel GmbH", "Hauptstraße 5", "50667", "Köln", "Deutschland", "+49 221 1234567", "info@moebel.example"],
]
EXPOSANTS = [
    ["Exposant", "Nom", "Prénom", "Fonction", "Adresse e-mail", "Téléphone", "Code postal", "Ville", "Pays"],
    ["Lumière SARL", "Lefèvre", "Hélène", "Acheteuse", "helene@lumiere.example", "+33 1 23 45 67 89", "75001", "Paris",
     "France"],
]  # fmt: skip
ESPANOL = [
    ["Razón social", "Nombre", "Apellidos", "Cargo", "Correo electrónico", "Móvil", "Ciudad", "País"],
    ["Luz SL", "Íñigo", "Muñoz", "Compras", "inigo@luz.example", "+34 600 123 456", "Málaga", "España"],
]
ITALIANO = [
    ["Ragione sociale", "Cognome", "Nome", "Ruolo", "Indirizzo e-mail", "Cellulare", "CAP", "Città", "Nazione"],
    ["Acme SpA", "Rossi", "Maria", "Acquisti", "maria@acme.example", "+39 02 1234567", "20121", "Milano", "Italia"],
]
POLSKI = [
    ["Nazwa firmy", "Imię i nazwisko", "Stanowisko", "Adres e-mail", "Telefon", "Miasto", "Kraj"],
    ["Światło Sp. z o.o.", "Łukasz Żółkiewski", "Kierownik zakupów", "lukasz@swiatlo.example", "+48 22 123 45 67",
     "Łódź", "Polska"],
]  # fmt: skip
TURKCE = [
    ["Firma Adı", "Ad Soyad", "Görevi", "E-posta", "Cep Telefonu", "Şehir", "Ülke"],
    ["Işık A.Ş.", "Gülşen Çağlar", "Satın alma müdürü", "gulsen@isik.example", "+90 532 123 45 67", "İstanbul",
     "Türkiye"],
]  # fmt: skip
NIHON = [
    ["会社名", "氏名", "役職", "メールアドレス", "電話番号", "住所", "国"],
    ["株式会社山田製作所", "佐藤 健一", "購買部長", "sato@yamada.example", "03-1234-5678", "東京都千代田区1-2", "日本"],
    ["鈴木商事有限会社", "田中 美咲", "営業担当", "tanaka@suzuki.example", "06-1234-5678", "大阪府大阪市", "日本"],
]
HANGUK = [
    ["회사명", "성명", "직책", "이메일", "휴대폰", "주소", "국가"],
    [
        "주식회사 한국무역",
        "김민수",
        "구매 과장",
        "kim@hanguk.example",
        "+82 10 1234 5678",
        "서울특별시 강남구",
        "대한민국",
    ],
    ["대한전자", "이영희", "구매 담당자", "lee@daehan.example", "+82 10 8765 4321", "부산광역시", "대한민국"],
]
RUSSKIJ = [
    ["Организация", "ФИО", "Должность", "Электронная почта", "Мобильный телефон", "Город", "Страна"],
    ["ООО Ромашка", "Смирнова Ольга", "директор по закупкам", "olga@romashka.example", "+7 495 123 45 67", "Москва",
     "Россия"],
]  # fmt: skip
BADGE_SCANS = {
    "Read me": [["Lead export of the Spring Fair"], ["Scanned leads are on the next sheet."]],
    "Leads": [
        ["Spring Fair 2026"],
        ["Exported on", "2026-04-17"],
        [],
        ["Scan Time", "Badge Name", "Company", "E-mail", "Work Phone", "Country", "Interested In Newsletter"],
        ["2026-04-16 10:00", "Maria Rossi", "Acme SpA", "maria@acme.example", "+39 02 1234567", "ITA", "no"],
    ],
    "Statistics": [["Day", "Scans"], ["2026-04-16", 1]],
}

FORMATS = [
    ListFormat("google", table(GOOGLE), {**MARIA, "function": "Buyer", "city": "Milano", "zip": "20121"}),
    ListFormat("outlook", table(OUTLOOK, "cp1252"), {**MARIA, "function": "Buyer", "street": "Via Roma 1"}),
    ListFormat(
        "outlook_de",
        table(OUTLOOK_DE, "cp1252"),
        {
            "name": "Jörg Müller",
            "company_name": "Müller Möbel GmbH",
            "email": "jm@moebel.example",
            "phone": "+49 171 1234567",
            "street": "Hauptstraße 5",
            "city": "Köln",
            "country": "DE",
        },
    ),
    ListFormat(
        "linkedin",
        table(LINKEDIN),
        {"name": "Maria Rossi", "company_name": "Acme SpA", "email": "maria@acme.example", "function": "Buyer"},
        heading_row=4,
    ),
    ListFormat("hubspot", table(HUBSPOT), {**MARIA, "city": "Milano"}),
    ListFormat("eventbrite", table(EVENTBRITE), {**MARIA, "city": "Milano"}),
    ListFormat("cvent", table(CVENT, "utf-16"), {**MARIA, "city": "Milano", "function": "Buyer"}),
    ListFormat("camcard", workbook(Contacts=CAMCARD), {**WANG, "country": None, "function": "采购经理"}),
    ListFormat("wechat", table(WECHAT, "utf-8-sig"), {**WANG, "account": "wangwei88"}),
    ListFormat("canton_fair", table(CANTON, "gbk"), MARIA, heading_row=3),
    ListFormat(
        "exhibitors",
        table(EXHIBITORS_EN, separator=";"),
        {"company_name": "Acme SpA", "name": None, "email": "info@acme.example", "country": "IT"},
        rows=2,
    ),
    ListFormat(
        "exhibitors_name",
        table(EXHIBITORS_NAME, "cp1252"),
        {"company_name": "Acme SpA", "name": None, "country": "IT"},
        rows=3,
    ),
    ListFormat(
        "aussteller",
        table(AUSSTELLER, "cp1252", ";"),
        {
            "company_name": "Müller Möbel GmbH",
            "street": "Hauptstraße 5",
            "zip": "50667",
            "city": "Köln",
            "country": "DE",
        },
    ),
    ListFormat(
        "exposants",
        table(EXPOSANTS, "cp1252", ";"),
        {"name": "Hélène Lefèvre", "company_name": "Lumière SARL", "phone": "+33 1 23 45 67 89", "country": "FR"},
    ),
    ListFormat(
        "espanol",
        table(ESPANOL, "cp1252", ";"),
        {"name": "Íñigo Muñoz", "company_name": "Luz SL", "phone": "+34 600 123 456", "country": "ES"},
    ),
    ListFormat("italiano", table(ITALIANO, separator="\t"), {**MARIA, "zip": "20121", "city": "Milano"}),
    ListFormat(
        "polski",
        table(POLSKI, "cp1250", ";"),
        {"name": "Łukasz Żółkiewski", "company_name": "Światło Sp. z o.o.", "city": "Łódź", "country": "PL"},
    ),
    ListFormat(
        "turkce",
        table(TURKCE, "cp1254", ";"),
        {"name": "Gülşen Çağlar", "company_name": "Işık A.Ş.", "city": "İstanbul", "country": "TR"},
    ),
    ListFormat(
        "nihon",
        table(NIHON, "cp932"),
        {"name": "佐藤 健一", "company_name": "株式会社山田製作所", "phone": "03-1234-5678", "country": "JP"},
        rows=2,
    ),
    ListFormat(
        "hanguk",
        table(HANGUK, "cp949"),
        {"name": "김민수", "company_name": "주식회사 한국무역", "street": "서울특별시 강남구", "country": "KR"},
        rows=2,
    ),
    ListFormat(
        "russkij",
        table(RUSSKIJ, "cp1251", ";"),
        {"name": "Смирнова Ольга", "company_name": "ООО Ромашка", "city": "Москва", "country": "RU"},
    ),
    ListFormat("badge_scans", workbook(**BADGE_SCANS), MARIA, heading_row=4),
]

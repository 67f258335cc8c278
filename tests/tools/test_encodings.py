"""What an encoder wrote is read back, whatever name its encoding was given."""

import encodings.aliases
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.models.capture.contact_import import ENCODINGS
from odoo.addons.expo_followup.tools.encodings import (
    LABELS,
    LIST_ENCODINGS,
    SUPERSETS,
    decode_list,
    decode_text,
    find_encoding,
)
from odoo.addons.expo_followup.tools.raw_mail import decode_body, header_text, parse_headers

#: Words with an accented letter here and there, a price, a temperature.
WESTERN = st.lists(
    st.sampled_from(
        ["Käthe", "très", "déjà", "«oui»", "5 €", "20 °C", "¿Qué", "São", "£7", "naïve", "“so”", "–", "a b"]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
#: The characters of daily use; of those that are rare a short text in Big5 may as well be one in GBK.
DAILY_BIG5 = "".join(
    bytes([lead, trail]).decode("big5")
    for lead in range(0xA4, 0xC6)
    for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
)


def _of(encoding, ranges, avoid=""):
    """The characters of some ranges that an encoding has."""

    def has(char):
        try:
            return char not in avoid and char.encode(encoding).decode(encoding) == char
        except UnicodeError:
            return False

    return "".join(char for first, last in ranges for char in map(chr, range(first, last + 1)) if has(char))


ASCII = "".join(map(chr, range(0x20, 0x7F)))
KOREAN = st.text(ASCII + _of("cp949", [(0xAC00, 0xD7A3)]), min_size=1)
JAPANESE_SIGNS = _of(
    "cp932", [(0x3041, 0x30FE), (0x4E00, 0x9FA5), (0x2160, 0x2169), (0x2460, 0x2473), (0x3231, 0x3239)]
)
JAPANESE = st.text(ASCII + JAPANESE_SIGNS + _of("cp932", [(0xFF61, 0xFF9F)]), min_size=1)
ANY = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs", "Co", "Cn"]), min_size=1)


def _seven_bits(text):
    """A text in ISO-2022-JP as Microsoft writes it: the rows of Shift JIS beyond the standard as well."""
    found = b""
    for char in text:
        data = char.encode("cp932")
        if len(data) == 1:
            found += b"\x1b(B" + data if data < b"\x80" else b"\x1b(I" + bytes([data[0] & 0x7F])
            continue
        lead, trail = data
        row = (lead - (0xC1 if lead >= 0xE0 else 0x81)) * 2
        upper = trail >= 0x9F
        cell = trail - 0x7E if upper else trail - 0x1F - (trail > 0x7F)
        found += b"\x1b$B" + bytes([0x21 + row + upper, cell])
    return found + b"\x1b(B"


@given(KOREAN, st.sampled_from(["ks_c_5601-1987", "euc-kr", "KSC_5601", "windows-949", "cp949", "uhc"]))
def test_korean_text_declared_by_any_name_is_read_back(text, label):
    assert decode_body(text.encode("cp949"), label) == text


@given(JAPANESE, st.sampled_from(["shift_jis", "x-sjis", "Windows-31J", "ms932", "cp932"]))
def test_japanese_text_declared_by_any_name_is_read_back(text, label):
    assert decode_body(text.encode("cp932"), label) == text


@given(
    JAPANESE.filter(lambda text: not text.isascii()),
    st.sampled_from(["iso-2022-jp", "cp50221", "", "us-ascii", "utf-8"]),
)
def test_japanese_text_of_seven_bits_is_read_back_also_undeclared(text, label):
    # Seven bits cannot tell a signal of the encoding from a letter of the text.
    assert decode_body(_seven_bits(text), label) == text


@given(st.text(_of("iso2022_jp", [(0x3041, 0x30FE), (0x4E00, 0x9FA5)]), min_size=1))
def test_standard_encoder_of_seven_bits_agrees(text):
    assert decode_body(text.encode("iso2022_jp"), "iso-2022-jp") == text


@given(
    ANY, st.sampled_from(["gb2312", "GBK", "x-gbk", "gb18030", "windows-936", "cp936", "cn-gb", "GB_2312-80", "euc-cn"])
)
def test_any_text_in_gb18030_declared_by_any_name_is_read_back(text, label):
    assert decode_text(text.encode("gb18030"), label)[0] == text


@given(st.text(ASCII + DAILY_BIG5, min_size=1), st.sampled_from(["big5", "Big5-HKSCS", "cn-big5", "x-x-big5", "cp950"]))
def test_big5_text_declared_by_any_name_is_read_back(text, label):
    assert decode_body(text.encode("big5hkscs"), label) == text


@given(
    WESTERN, st.sampled_from(["iso-8859-1", "latin1", "us-ascii", "ISO_8859-1:1987", "windows-1252", "x-cp1252", ""])
)
def test_western_text_keeps_its_euro_and_is_not_taken_for_chinese(text, label):
    assert decode_body(text.encode("cp1252"), label) == text


@given(WESTERN, st.sampled_from(["iso-8859-1", "gb2312", "big5", "unknown-8bit", "ks_c_5601-1987", ""]))
def test_western_text_in_utf8_is_read_back_unless_it_is_declared_trustworthily(text, label):
    # Two bytes of UTF-8 are one character of a Chinese or Korean encoding.
    if find_encoding(label) not in ("gb18030", "big5hkscs", "cp949") or text.isascii():
        assert decode_body(text.encode(), label) == text


@pytest.mark.parametrize("text", ["①②③", "髙橋様", "㈱山田", "Ⅷ号機", "ﾃｽﾄ"])
def test_signs_of_microsoft_are_read_in_every_japanese_encoding(text):
    assert decode_body(text.encode("cp932"), "shift_jis") == text
    assert decode_body(_seven_bits(text), "iso-2022-jp") == text
    header = parse_headers(b"Subject: " + _seven_bits(text) + b"\n\n")
    assert header_text(header, "Subject") == text


def test_signs_of_microsoft_are_read_in_euc():
    assert decode_body(b"\xad\xa1 \xbc\xab", "x-euc-jp") == "① 自"


def test_rare_characters_of_gbk_are_not_taken_for_daily_ones_of_big5():
    text = "".join(bytes([0xB0, trail]).decode("gbk") for trail in range(0x41, 0x5A)) + "啊"
    assert decode_text(text.encode("gbk"), "gb2312")[0] == text


def test_sign_before_a_plain_letter_is_no_chinese_character():
    assert decode_body(b"20 \xb0C", "") == decode_body(b"20 \xb0C", "iso-8859-1") == "20 °C"


def test_two_bytes_of_gbk_that_happen_to_be_valid_utf8_are_read_as_declared():
    assert decode_body("通".encode("gbk"), "gb2312") == "通"


def test_euro_of_windows_in_chinese_text_is_read():
    assert decode_body("价格".encode("gbk") + b" \x80 5", "gb2312") == "价格 € 5"
    assert decode_body("價格 €".encode("cp950"), "big5") == "價格 €"


def test_every_name_that_python_knows_means_an_encoding_that_contains_it():
    for alias, name in encodings.aliases.aliases.items():
        meant = find_encoding(alias)
        if meant and name in ("ascii", "big5", "cp950", "euc_kr", "gb2312", "gbk", "latin_1", "shift_jis", "tis_620"):
            assert meant in SUPERSETS.values(), alias
            assert "Text 1".encode(meant) == b"Text 1"


@pytest.mark.parametrize(
    "label", ["rot13", "base64", "zlib", "idna", "punycode", "unicode_escape", "undefined", "a" * 999]
)
def test_what_is_no_encoding_of_texts_is_not_obeyed(label):
    assert find_encoding(label) == ""
    assert decode_body(rb"a\u0041", label) == r"a\u0041"


def test_names_of_the_table_lead_to_an_encoding():
    assert all(find_encoding(label) for label in LABELS)
    assert {find_encoding(name) for name in SUPERSETS} == set(SUPERSETS.values())


@given(st.binary(max_size=60), st.one_of(st.text(max_size=12), st.sampled_from(sorted(LABELS) + sorted(SUPERSETS))))
def test_any_bytes_under_any_name_are_a_text_without_nul(data, label):
    assert "\0" not in decode_body(data, label)


#: Cells of lists as their users write them, by the encoding that programs of their country save.
CELLS = {
    "cp932": "氏名|会社名|株式会社山田製作所|東京都千代田区|佐藤 健一|鈴木商事有限会社",
    "euc_jp": "氏名|会社名|株式会社山田製作所|東京都千代田区|佐藤 健一|鈴木商事有限会社|カタログ希望|購買担当|日本",
    "cp949": "이름|회사명|주식회사 한국무역|서울특별시 강남구|김민수|구매 담당자|이영희|부산광역시|전화번호",
    "cp1250": "Jméno|Společnost|Dvořák Jiří|Żółkiewski Łukasz|Świętokrzyska 12|Wrocław|Szűcs György|Győr|Škoda|Łódź",
    "cp1254": "Ad Soyad|Şirket|İstanbul|Öztürk Gülşen|Çağlar Işık|Yıldırım Ağaoğlu|Eskişehir|Müdür",
    "cp1257": "Vardas|Įmonė|Žemaitė Ūla|Šiauliai|Kęstutis Čepas|Uzņēmums|Jēkabpils|Liepāja|Ķekava",
    "gb18030": "姓名|公司名称|广州明辉贸易有限公司|王伟|采购经理|深圳市|李娜|联系电话|北京市朝阳区|备注",
    "big5hkscs": "姓名|公司名稱|香港明輝貿易有限公司|陳大文|採購經理|台北市|林美玲|聯絡電話|台灣",
    "cp1251": "Имя|Компания|Иванов Сергей Петрович|Москва|Смирнова Ольга|ООО Ромашка|Санкт-Петербург|Должность",
    "koi8-r": "Имя|Компания|Иванов Сергей Петрович|Москва|Смирнова Ольга|ООО Ромашка|Санкт-Петербург|Должность",
    "cp1253": "Όνομα|Εταιρεία|Γιώργος Παπαδόπουλος|Αθήνα|Θεσσαλονίκη|Διευθυντής|Ελλάδα|Τηλέφωνο|Πόλη|Χώρα",
    "cp1252": "Jörg Müller|Köln|Société Générale|Besançon|São Paulo|Señor Núñez|Straße|Düsseldorf|Ærø|Malmö",
    "cp1255": "שם|חברה|דוד כהן|תל אביב|ישראל|מנהל רכש|טלפון|כתובת|עיר|מדינה",
    "cp1256": "الاسم|الشركة|محمد أحمد|القاهرة|مدير المشتريات|مصر|الهاتف|المدينة|البلد|العنوان",
    "cp874": "ชื่อ|บริษัท|สมชาย ใจดี|กรุงเทพมหานคร|ประเทศไทย|ผู้จัดการ|โทรศัพท์|ที่อยู่|เมือง|อีเมล",
}


def _list_of(name, luck, rows):
    cells = CELLS[name].split("|")
    lines = (
        f"{luck.choice(cells)};{luck.choice(cells)};user{row}@acme{row}.example;+39 02 12345{row};{luck.choice(cells)}"
        for row in range(rows)
    )
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize("rows", [8, 40, 300])
@pytest.mark.parametrize("name", CELLS)
def test_list_in_every_encoding_is_read_without_being_told(name, rows):
    for seed in range(12):
        text = _list_of(name, random.Random(seed), rows)
        found = decode_list(text.encode(name))
        assert (found.text, found.is_doubtful) == (text, False), (found.encoding, seed)


@pytest.mark.parametrize("name", [*CELLS, "utf-8", "utf-16"])
def test_list_in_an_encoding_that_the_user_chooses_is_read_back(name):
    text = _list_of(name if name in CELLS else "gb18030", random.Random(1), 1)
    assert decode_list(text.encode(name), name).text == text


def test_every_encoding_offered_is_one_that_can_be_found_or_chosen():
    assert {*CELLS, "utf-8", "utf-16"} == {*LIST_ENCODINGS}
    assert [key for key, _label in ENCODINGS] == [*LIST_ENCODINGS]


@pytest.mark.parametrize(
    ("name", "chosen"), [("cp932", "utf-8"), ("gb18030", "utf-8"), ("cp1254", "utf-8"), ("utf-8", "cp874")]
)
def test_encoding_that_does_not_fit_is_doubtful(name, chosen):
    text = _list_of(name if name in CELLS else "cp1251", random.Random(1), 5)
    assert decode_list(text.encode(name), chosen).is_doubtful

"""A reply to a complaint calms first, says we, asks for photos, gives a date, and tells the problem before money."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.tone import CODES, check_reply, language_of, text_of

GOOD_EN = (
    "Dear Ms Rossi,\nThank you for telling us, and we are sorry for the trouble with your goods.\n"
    "Please send us photos of the packing and of the damage until 12 May.\nWe answer by 15 May 2026.\nYour team"
)
GOOD_ZH = (
    "尊敬的王先生：\n感谢您告诉我们，给您带来不便，我们深表歉意。\n"
    "请在5月12日前发给我们包装和破损处的照片。\n我们将在5月15日前答复您。"
)
ENGLISH = ("Thank you for the photos.", "We look at the goods together.", "Your order is with our people.", "Yours")
CHINESE = ("感谢您的照片。", "我们正在检查货物。", "您的订单由我们的同事处理。", "我方会联系贵司。")
sentences = st.lists(st.sampled_from(ENGLISH), min_size=1) | st.lists(st.sampled_from(CHINESE), min_size=1)


def _codes(text, *expects):
    return [remark.code for remark in check_reply(text, frozenset(expects or CODES))]


def _words(text, code):
    return next((remark.words for remark in check_reply(text) if remark.code == code), None)


@pytest.mark.parametrize("text", [GOOD_EN, GOOD_ZH])
def test_a_good_reply_is_left_alone(text):
    assert check_reply(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I will look into it. We thank you.", "I"),
        ("We thank you. Please call me, it is my fault and I'm sorry.", "me, my, I'm"),
        ("we thank you and i will answer", "i"),
        ("感谢您的来信，我会马上处理。", "我"),
        ("感谢您，本人负责此事。", "本人"),
    ],
)
def test_one_person_is_noticed_and_named(text, words):
    assert _words(text, "singular") == words


@pytest.mark.parametrize(
    "text",
    [
        "We have sent Type I of it to Mr I. Petrov, with the I/O board and an I-beam.",
        "The answer is on https://ours.example/my/complaints for you, or write to me@ours.example.",
        "感谢您，我们、我方、我司、我公司和我厂都在处理。",
        "The mineral and the medium of your order are with us.",
    ],
)
def test_we_and_what_only_looks_like_i_are_left_alone(text):
    assert "singular" not in _codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please pay the balance. Our review of the damage goes on.",
        "Thank you. We look forward to receiving your payment, the quality of the goods is another matter.",
        "Thank you. Our invoice for the goods is overdue.",
        "Kindly arrange the payment of this order, and we will see.",
        "When will you pay for the goods?",
        "Thank you. Could you please make the payment by Monday?",
        "Thank you for your mail. Payment would be appreciated by 3 May.",
        "Please kindly release the payment this week.",
        "We are sorry. Please send us your payment by 3 May.",
        "抱歉，麻烦把尾款付一下。",
        "抱歉，请问货款什么时候到？",
        "抱歉，请把钱汇过来。",
        "感谢您的来信，请尽快付款。",
        "感谢您。贵司的尾款已经逾期。",
        "我们在等待您的货款。",
    ],
)
def test_money_before_the_problem_is_noticed(text):
    assert "money" in _codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "The ship is late, there is a problem in the port. Please pay the balance when it has arrived.",
        "You need not pay for the goods that broke. Thank you for your patience.",
        "We will pay you the compensation of 500 USD, and please tell us the account for it.",
        "We offer a credit of 200 USD on your invoice.",
        "货物在途中破损了。请在收到补发货物后付款。",
        "请提供账号，我们将支付赔偿。",
        "请您不必付款。",
        "Please pay attention to the packing. Thank you.",
        "抱歉，我们将尽快退款支付给您。",
        "我们会尽快把赔款付给您。",
    ],
)
def test_money_after_the_problem_or_from_us_is_no_matter(text):
    assert "money" not in _codes(text)


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("We answer by 2026-05-12, thank you.", True),
        ("You will hear from us on May 12.", True),
        ("We answer within three working days.", True),
        ("We will call you tomorrow.", True),
        ("我们将在三个工作日内答复您。", True),
        ("我们最迟下周五答复您。", True),
        ("We thank you for your letter of 3 May.", False),
        ("We answer as soon as we can, thank you.", False),
        ("感谢您5月3日的来信。", False),
        ("我们会尽快答复您。", False),
    ],
)
def test_a_date_is_one_that_looks_ahead(text, is_date):
    assert ("date" not in _codes(text, "date")) is is_date


def test_photos_that_we_only_thank_for_are_not_asked_for():
    assert _codes("Thank you for the pictures of the goods.", "photos") == ["photos"]
    assert _codes("We could judge it better with a picture of the goods.", "photos") == []
    assert _codes("能否补充几张包装的照片？谢谢您。", "photos") == []


def test_the_customers_own_words_are_not_ours():
    theirs = "I want my money and you must pay me!"
    assert check_reply(f"{GOOD_EN}\n> {theirs}") == ()
    assert check_reply(f"{GOOD_EN}\nOn 3 May 2026 Maria Rossi wrote:\n{theirs}") == ()
    assert check_reply(text_of(f"<p>{'</p><p>'.join(GOOD_EN.splitlines())}</p><blockquote>{theirs}</blockquote>")) == ()


@pytest.mark.parametrize(
    "text", [None, "", "  \n", "OK", "Vielen Dank für Ihre Nachricht, ich kümmere mich darum.", "?!"]
)
def test_what_cannot_be_read_is_not_judged(text):
    assert check_reply(text) == ()


@given(sentences, st.data())
def test_first_person_is_noticed_at_any_place(rows, data):
    assert "singular" not in _codes(" ".join(rows))
    person = "I will see to it." if rows[0] in ENGLISH else "我来处理这件事。"
    rows.insert(data.draw(st.integers(0, len(rows))), person)
    assert "singular" in _codes(" ".join(rows))


@given(sentences)
def test_a_calming_sentence_in_front_calms(rows):
    calming = "We are sorry." if rows[0] in ENGLISH else "我们深表歉意。"
    cold = "Your letter is here." if rows[0] in ENGLISH else "来信收到。"
    assert "calm" not in _codes(f"{calming} {' '.join(rows)}")
    assert "calm" in _codes(f"{cold} {calming} {' '.join(rows)}")


@given(sentences)
def test_money_matters_only_as_long_as_the_problem_is_not_told(rows):
    english = rows[0] in ENGLISH
    problem, money = ("The goods are damaged.", "Please pay.") if english else ("货物破损了。", "请付款。")
    text = " ".join(rows)
    assert "money" in _codes(f"{text} {money} {problem}")
    assert "money" not in _codes(f"{text} {problem} {money}")


@given(sentences, st.text())
def test_what_is_quoted_changes_nothing(rows, theirs):
    assume(len(theirs.splitlines()) < 2)
    text = " ".join(rows)
    assert check_reply(f"{text}\n> {theirs}") == check_reply(text)


@given(st.text())
def test_no_text_is_too_strange(text):
    codes = _codes(text)
    assert codes == [code for code in CODES if code in codes]
    assert _codes(text, "date") == [code for code in codes if code == "date"]
    assert language_of(text) in ("", "en", "zh")


@given(st.text(alphabet=st.sampled_from("<>/pdiv \"'&;a我们=\x00\n")))
def test_broken_html_is_read_somehow(source):
    assert isinstance(text_of(source), str)

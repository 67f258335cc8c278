"""How a letter addresses a person: by what is known of them, and never by a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.salutation import addressee

TITLES = ["Herr", "Frau", "Mr.", "Ms", "Dr.", "Prof.", "先生", "女士", "博士"]
words = st.text("abcdefgh ABC王李欧阳伟-.,\n\t", max_size=20)
forms = st.lists(st.one_of(words, st.sampled_from(TITLES)), max_size=4).map(" ".join)
languages = st.sampled_from(["en_US", "zh_CN", "zh_TW", "de_DE", "", False])


@pytest.mark.parametrize(
    ("name", "form", "english", "chinese"),
    [
        ("Hans Adler", "Herr Dr. Adler", "Dr. Adler", "Adler博士"),
        ("Hans Adler", "Herr Adler", "Mr. Adler", "Adler先生"),
        ("Maria Rossi", "Ms", "Ms. Rossi", "Rossi女士"),
        ("Maria Rossi", "Sig.ra Rossi", "Ms. Rossi", "Rossi女士"),
        ("Maria Rossi", "", "Maria Rossi", "Maria Rossi"),
        ("Dr. Maria Rossi", "", "Dr. Rossi", "Rossi博士"),
        ("Maria Rossi", "Prof. Dr.", "Prof. Rossi", "Rossi教授"),
        ("Jan van der Berg", "Mr", "Mr. van der Berg", "van der Berg先生"),
        ("ROSSI Maria", "Ms", "Ms. ROSSI", "ROSSI女士"),
        ("Rossi, Maria", "Ms", "Ms. Rossi", "Rossi女士"),
        ("Hiro Nakamura", "Nakamura-san", "Nakamura-san", "Nakamura-san"),
        ("Maria Rossi", "Maria", "Maria", "Maria"),
        ("王伟", "", "王伟", "王伟"),
        ("王伟", "女士", "Ms. 王伟", "王女士"),
        ("王伟", "王先生", "Mr. 王伟", "王先生"),
        ("欧阳明", "先生", "Mr. 欧阳明", "欧阳先生"),
        ("王伟", "王总", "王伟", "王总"),
        ("王伟", "总经理", "王伟", "王伟"),
        ("Wang Wei", "Ms", "Ms. Wang Wei", "Wang Wei女士"),
        ("Wang Wei", "Ms. Wang", "Ms. Wang", "Wang女士"),
        ("Maria Rossi", "Herr und Frau Rossi", "Maria Rossi", "Maria Rossi"),
        ("Maria Rossi", "by first name, please", "Maria Rossi", "Maria Rossi"),
        ("Maria Rossi", "Ms. Bianchi", "Ms. Rossi", "Rossi女士"),
        ("", "Herr", "", ""),
    ],
)
def test_addressee_follows_form_of_address(name, form, english, chinese):
    assert addressee(name, form, "en_US") == english
    assert addressee(name, form, "zh_CN") == chinese


@given(words, forms, languages)
def test_addressee_of_a_name_is_one_line_and_names_it(name, form, lang):
    found = addressee(name, form, lang)
    assert bool(found) == bool(name.strip())
    assert found == " ".join(found.split())
    known = {*(name + form).casefold(), *"mr. ms. dr. prof. 先生女士博士教授"}
    assert set(found.casefold()) <= known


@given(words, languages)
def test_without_a_title_the_full_name_is_used(name, lang):
    assert addressee(name, "", lang) == " ".join(name.split())


@given(words, st.sampled_from(["Mr", "Frau", "女士", "Dr."]), languages)
def test_another_gender_is_never_put_in(name, form, lang):
    found = addressee(name, form, lang)
    wrong = ("Ms.", "女士") if form == "Mr" else ("Mr.", "先生")
    assert not found.startswith(wrong[0])
    assert not found.endswith(wrong[1])

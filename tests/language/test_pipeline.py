"""The reading is a real spaCy pipeline: a Doc true to the text, pipes that say what they need, and nothing remembered."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.strings import StringStore
from spacy.tokens import Doc

from bot.language import pipeline, reader

READER = reader.load()
TEXT = "Sharp pain in my  left knee-cap since Monday.\nAbout 7/10, no sweling"
PLANTED = ("zyqqualmish", "Wobblethorpe", "xvrbt@planted.example")
ORDINARY = st.lists(
    st.sampled_from([*TEXT.split(), "knee's", "don’t", "3wks", "¾", "🔥", "é", "e\u0301", "\u200b", "-", " ", "\n\n", "\t", "\xa0", "…"]),
    max_size=40,
).flatmap(lambda words: st.sampled_from(["", " ", "  ", "\n"]).map(lambda between: between.join(words)))  # fmt: skip


@given(st.one_of(ORDINARY, st.text(max_size=200)))
@example("")
@example(" ")
@example(" \n knee ")
@example("knee\x00 pain")
def test_the_doc_is_the_text(text):
    doc = READER.doc(text)
    assert doc.text == text
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)


@given(st.text(alphabet=st.sampled_from("a knee\ud800\udfff."), max_size=60))
def test_half_a_character_keeps_its_place(text):
    doc = READER.doc(text)
    assert len(doc.text) == len(text)
    assert READER.read(text).text == text


def test_norms_are_the_words_of_the_tables():
    doc = READER.doc(TEXT)
    said = {token.text: token.norm_ for token in doc}
    assert (said["Sharp"], said["sweling"]) == ("sharp", "swelling")
    assert [token.norm_ for token in READER.doc("Mum’s knee's fine, it's OK")][:2] == ["mum", "knee"]


def test_the_rules_read_the_words_of_the_doc():
    doc = READER.doc(TEXT)
    norms = {token.idx: token.norm_ for token in doc}
    stream = doc._.stream
    assert [norms[start] for start in stream.starts] == stream.words


def test_sentences():
    assert [span.text.strip() for span in READER.doc(TEXT).sents] == [
        "Sharp pain in my  left knee-cap since Monday.",
        "About 7/10, no sweling",
    ]


def test_what_is_read_stands_in_the_doc():
    doc = READER.doc("crushing chest pain and my left arm is numb")
    assert [span.label_ for span in doc.spans["dangers"]] == [found.flag for found in doc._.dangers]
    assert [(span.start_char, span.end_char, span.label_) for span in doc.spans["mentions"]] == [
        (mention.start, mention.end, mention.kind) for mention in doc._.mentions
    ]
    assert "site" in {span.label_ for span in doc.spans["vocabulary"]}


def test_every_pipe_finds_what_it_requires():
    nlp = pipeline.build()
    assert tuple(nlp.pipe_names) == pipeline.PIPES
    assert not any(nlp.analyze_pipes()["problems"].values())


def test_it_reads_a_plain_call_too():
    assert pipeline.build()("my knee hurts")._.mentions == READER.read("my knee hurts").mentions


@pytest.mark.parametrize("planted", PLANTED)
def test_no_string_store_remembers_a_word(planted):
    text = f"my {planted} hurts, {planted} said so"
    READER.read(text)
    doc = READER.doc(text)
    assert any(planted in store for store in _stores() if planted.isalpha()) or not planted.isalpha()
    del doc
    assert not any(planted in store or planted.lower() in store for store in _stores())


def _stores() -> list[StringStore]:
    return [thing for thing in gc.get_objects() if isinstance(thing, StringStore)]


def test_a_doc_is_dropped_at_once():
    """Not at the next garbage collection: nothing in the Doc points back to it."""
    doc = READER.doc(TEXT)
    assert isinstance(doc, Doc)
    gone, words = weakref.ref(doc), weakref.ref(doc._.stream) if hasattr(doc._.stream, "__weakref__") else None
    gc.disable()
    try:
        del doc
        assert gone() is None
        assert words is None or words() is None
    finally:
        gc.enable()

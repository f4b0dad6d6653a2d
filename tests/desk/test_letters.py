"""Staff fetch a doctor's letter as a download that nothing in a browser can run, and see a PDF drawn page by page."""

from __future__ import annotations

import io

import pytest
from fpdf import FPDF
from PIL import Image

from bot.services import letters
from bot.web.desk import letter_pages

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
CONVERSATION = "conversation-0000000001"


def written(*pages: str, size: tuple[float, float] = (210, 297)) -> bytes:
    """A real PDF with these words on its pages."""
    pdf = FPDF(format=size)
    pdf.set_font("helvetica", size=24)
    for text in pages:
        pdf.add_page()
        pdf.cell(text=text or " ")
    return bytes(pdf.output())


def with_letter(context, content: bytes = PDF) -> tuple[str, str]:
    reference = context.handed_off(1, ci=["CI-PREG"])
    with context.uow() as uow:
        uow.conversations.give_consent(CONVERSATION, version="v", now=context.time)
        uow.commit()
    letters.add(context.uow(), CONVERSATION, content, letter="a" * 32, now=context.time)
    return reference, f"/desk/api/handoffs/{reference}/letters/{'a' * 32}"


def test_the_hand_off_lists_it_and_the_file_is_a_sandboxed_download(context, browser):
    reference, path = with_letter(context)
    ana = browser("Ana")
    listed = ana.get(f"/desk/api/handoffs/{reference}").json()["letters"]
    assert [(one["type"], one["size"], one["url"]) for one in listed] == [("application/pdf", len(PDF), path)]
    got = ana.get(path)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PDF, "application/pdf")
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["x-content-type-options"] == "nosniff"
    history = ana.get(f"/desk/api/handoffs/{reference}").json()["history"]
    assert [one["by"] for one in history if one["action"] == "read_letter"] == ["Ana"]


def test_nobody_else_gets_it(context, stranger, browser):
    reference, path = with_letter(context)
    assert stranger.get(path).status_code == 401
    ana = browser("Ana")
    other = context.handed_off(2)
    assert ana.get(path.replace(reference, other)).status_code == 404
    assert ana.get(path[:-1] + "b").status_code == 404


def drawn_path(path: str) -> str:
    return path.replace("/desk/api/", "/desk/")


def looks(context) -> list[str]:
    with context.uow.reading() as uow:
        return [entry.actor for entry in uow.audit.of_conversation(CONVERSATION) if entry.action == "read_letter"]


def test_a_pdf_is_drawn_beside_the_doctors_word(context, browser):
    reference, path = with_letter(context, written("Massage is fine.", ""))
    ana = browser("Ana")
    assert f'hx-get="{drawn_path(path)}"' in ana.get(f"/desk/handoffs/{reference}").text
    assert looks(context) == []  # opening the hand-off is no look at the letter
    part = ana.get(drawn_path(path), headers={"HX-Request": "true"})
    assert part.text.count("<img") == 2
    assert "<html" not in part.text
    got = ana.get(drawn_path(path) + "/1.png")
    assert (got.status_code, got.headers["content-type"], got.headers["cache-control"]) == (
        200,
        "image/png",
        "no-store",
    )
    assert got.headers["content-security-policy"] == "default-src 'none'"
    image, blank = (Image.open(io.BytesIO(ana.get(f"{drawn_path(path)}/{page}.png").content)) for page in (1, 2))
    assert image.height == 1600
    assert image.convert("L").getextrema() == (0, 255)  # black words on white
    assert blank.convert("L").getextrema() == (255, 255)
    assert looks(context) == ["Ana"] * 4


def test_of_a_long_letter_the_first_pages_are_shown(context, browser):
    _, path = with_letter(context, written(*("page",) * 12))
    ana = browser("Ana")
    page = ana.get(drawn_path(path)).text
    assert "<html" in page
    assert page.count("<img") == letter_pages.MOST
    assert "The first 10 of 12 pages." in page
    assert ana.get(drawn_path(path) + "/11.png").status_code == 422
    assert ana.get(drawn_path(path) + "/0.png").status_code == 422


def test_a_broken_pdf_is_said_kindly_with_the_download(context, browser):
    _, path = with_letter(context)
    ana = browser("Ana")
    page = ana.get(drawn_path(path))
    assert page.status_code == 200
    assert "This PDF can&#39;t be shown here" in page.text
    assert f'href="{path}"' in page.text
    assert "Este PDF no se puede mostrar" in ana.get(drawn_path(path), headers={"Accept-Language": "es"}).text
    assert ana.get(drawn_path(path) + "/1.png").status_code == 422
    assert looks(context) == ["Ana"] * 3


def bomb() -> bytes:
    """A small file with a picture that says it is 60,000 times 60,000 points."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>endobj\n"
        b"4 0 obj<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB"
        b"/Filter/RunLengthDecode/Length 2>>stream\n\x80\x80\nendstream endobj\n"
        b"5 0 obj<</Length 27>>stream\n600 0 0 800 0 0 cm /I Do   \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize(
    "content", [bomb(), written("wide", size=(5000, 3)), b"%PDF-1.7\n" + b"[" * 2_000_000, b"%PDF-1.4\n%%EOF"]
)
def test_a_hostile_pdf_is_bounded(content):
    """It is drawn small or refused, and never more."""
    try:
        image = Image.open(io.BytesIO(letter_pages.draw(content, 1)))
    except letter_pages.CannotBeDrawn:
        return
    assert max(image.size) <= 1601


def test_a_drawing_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(letter_pages, "SECONDS", 0.0)
    with pytest.raises(letter_pages.CannotBeDrawn):
        letter_pages.count(written("slow"))


def test_nobody_else_sees_the_pages(context, stranger, browser):
    reference, path = with_letter(context, written("Massage is fine."))
    assert stranger.get(drawn_path(path)).headers["location"] == "/desk/sign-in"
    assert stranger.get(drawn_path(path) + "/1.png").status_code == 401
    ana = browser("Ana")
    other = context.handed_off(2)
    assert ana.get(drawn_path(path).replace(reference, other)).status_code == 404
    assert looks(context) == []

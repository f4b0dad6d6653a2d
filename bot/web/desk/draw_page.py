"""Draws one page of a stranger's PDF, as a program of its own that has next to nothing to lose.

`draw_page.py NUMBER < letter.pdf`: with 0 the count of pages goes to standard output, else the page as PNG. It imports
nothing of ours, so that it starts fast, and a PDF that breaks the reader breaks only this process. Exit code 1 says
that the file cannot be read (broken, locked by a password, too large to draw).
"""

from __future__ import annotations

import io
import resource
import sys

import pypdfium2 as pdfium

MEMORY = 768 * 1024**2  # bytes of address space; an A4 page of this size needs a tenth
PROCESSOR = 8  # seconds
LONG_SIDE = 1600  # pixels; small print of an A4 page is read at this size
FINEST = 4.0  # pixels to a point, so that a page of the size of a stamp is not blown up without end


def confine() -> None:
    """From here on: bounded memory and processor time, no file written, none opened, no core with health text in it."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, PROCESSOR), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))


def drawn(pdf: pdfium.PdfDocument, number: int) -> bytes:
    """The page as PNG, `number` from 1, filled-in form fields too; nothing in the PDF is run."""
    pdf.init_forms()
    page = pdf[number - 1]
    scale = min(LONG_SIDE / max(page.get_size()), FINEST)
    out = io.BytesIO()
    page.render(scale=scale).to_pil().save(out, "PNG")
    return out.getvalue()


def main() -> int:
    """See the head of the file."""
    number, content = int(sys.argv[1]), sys.stdin.buffer.read()
    try:
        pdf = pdfium.PdfDocument(content)
        answer = drawn(pdf, number) if number else str(len(pdf)).encode()
    except (pdfium.PdfiumError, MemoryError, ValueError, IndexError, ZeroDivisionError, OverflowError):
        return 1
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    # Everything is loaded before the door is shut: drawing loads its imaging library only when it is first used.
    import PIL.PngImagePlugin  # noqa: F401

    confine()
    sys.exit(main())

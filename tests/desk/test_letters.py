"""Staff fetch a doctor's letter as a download that nothing in a browser can run."""

from __future__ import annotations

from bot.services import letters

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
CONVERSATION = "conversation-0000000001"


def with_letter(context) -> tuple[str, str]:
    reference = context.handed_off(1)
    with context.uow() as uow:
        uow.conversations.give_consent(CONVERSATION, version="v", now=context.time)
        uow.commit()
    letters.add(context.uow(), CONVERSATION, PDF, letter="a" * 32, now=context.time)
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

"""People at the running product: somebody in the chat of the demo page, and somebody of the staff at the desk."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from playwright.sync_api import FrameLocator, Locator, Page, expect

TURN = 20_000  # ms that an answer of the real product may take
STORY = (
    "I'm 39. Dull ache in my right shoulder since last Monday after a lot of gardening. It came on gradually, it's about "
    "5 out of 10 and I can't sleep on that side."
)


class Visitor:
    """Somebody who opens the demo page, writes, taps, and reads."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[str] = []

    def arrive(self) -> None:
        """Open the chat; the first question is there."""
        self.page.goto(self.address)
        self.page.get_by_role("button", name="Tell us what hurts").first.click()
        expect(self.log).to_contain_text("Assistant said", timeout=TURN)

    @property
    def chat(self) -> FrameLocator:
        """The frame of the chat."""
        return self.page.frame_locator("palpate-chat iframe")

    @property
    def log(self) -> Locator:
        """The messages."""
        return self.chat.get_by_role("log")

    @property
    def question(self) -> str:
        """The field of the open question; empty when there is none."""
        form = self.chat.locator("#dock form")
        return form.get_attribute("data-field") or "" if form.count() else ""

    def read(self) -> list[str]:
        """The messages as they stand there once all of the log does, without the note that one was sent."""
        key, token = self.chat.locator("body").evaluate("() => sessionStorage.palpate").split()
        kept = httpx.get(
            f"{self.address}/api/conversations/{key}/messages?after=0", headers={"Authorization": f"Bearer {token}"}
        )
        expect(self.chat.locator("#log > ol > li")).to_have_count(len(kept.json()["messages"]), timeout=TURN)
        texts = self.chat.locator("#log > ol > li").all_inner_texts()
        return [text.strip().removesuffix("Sent").strip() for text in texts]

    def say(self, text: str) -> None:
        """Write and send."""
        box = self.chat.get_by_role("textbox", name="Write a message")
        box.fill(text)
        box.press("Enter")

    def tap(self, name: str) -> None:
        """Tap a button of the open question."""
        self.chat.locator("#dock").get_by_role("button", name=name, exact=True).click()

    def tick(self, name: str) -> None:
        """Tick one or more of several, and send."""
        self.chat.locator("#dock").get_by_role("checkbox", name=name).check()
        self.tap("Send answer")

    def start(self) -> None:
        """Consent, and no danger sign."""
        self.wait_for("consent_privacy")
        self.tap("Yes")
        self.wait_for("emergency_gate")
        self.tap("None of these")
        self.wait_for("narrative")

    def wait_for(self, field: str) -> None:
        """Until this question is open."""
        expect(self.chat.locator(f'#dock form[data-field="{field}"]')).to_be_visible(timeout=TURN)

    def go_on(self, until: str) -> None:
        """Answer whatever is asked, in words or with a tap, until a question opens or, with `result`, the result is there."""
        result = self.chat.locator(".result")
        while self.question != until:
            field = self.question
            self.asked.append(field)
            self._answer(field)
            following = self.chat.locator(f'#dock form:not([data-field="{field}"])')
            expect(following.or_(result).first).to_be_visible(timeout=TURN)
            if result.count():
                return

    def _answer(self, field: str) -> None:
        answers: dict[str, Callable[[], None]] = {
            "narrative": lambda: self.say(STORY),
            "age": lambda: self.say("39"),
            "sites": lambda: self.tap("Right shoulder"),
            "duration_days": lambda: self.say("since last Monday"),
            "onset": lambda: self.tap("Little by little"),
            "nrs": lambda: (self.chat.get_by_role("radio", name="5").check(), self.tap("Send answer"))[1],
            "function_limited": lambda: self.tap("Yes"),
            "conditions": lambda: self.tick("Asthma or COPD"),
            "skin": lambda: self.say("none"),
            "doctor": lambda: self.tap("No, I haven't asked a doctor"),
            "preferred_times": self._times,
            "contact": self._contact,
            "read_back": lambda: self.tap("Yes, that's right"),
        }
        if field in answers:
            answers[field]()
        elif field.startswith(("RF-", "CI-")):
            self.tap("No")
        else:
            self.tap("None of these")

    def _times(self) -> None:
        self.chat.get_by_role("checkbox", name="Weekday mornings").check()
        self.chat.get_by_label("A certain day").fill("2099-03-05")
        self.chat.get_by_label("Time of day").select_option("afternoon")
        self.tap("Send answer")

    def _contact(self) -> None:
        self.chat.get_by_label("Your name").fill("Robin Vale")
        self.chat.get_by_label("E-mail").fill("robin.vale@example.com")
        self.tap("Send answer")


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """A member of staff at the desk."""
    page.goto(f"{address}/desk")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Queues")).to_be_visible()

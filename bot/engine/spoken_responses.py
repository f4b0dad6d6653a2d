"""Says the responses of domain.yml in the visitor's language: they are written once, in English, and translated like every text."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from bot.domain.proxy import ABOUT_THEM, say_about

_LOCALE, _WHOM = "spoken_locale", "spoken_whom"  # names that no response has as a place


class SpokenResponses(TemplatedNaturalLanguageGenerator):
    """The `nlg` of endpoints.yml. Conditions and places work as in stock Rasa; only the words are looked up."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        super().__init__(domain.responses if domain is not None else {})

    async def generate(
        self, utter_action: str, tracker: Any, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response in the language that the message of this turn came with; English without one.

        A question about the person who comes names that person when the visit is for somebody else.
        """
        locale = (tracker.latest_message.metadata or {}).get("locale")
        about_them = utter_action.removeprefix("utter_ask_") in ABOUT_THEM
        whom = tracker.slots["for_whom"].value if about_them and "for_whom" in tracker.slots else None
        return await super().generate(utter_action, tracker, output_channel, **{_LOCALE: locale, _WHOM: whom, **kwargs})

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The words are looked up first, so that the places are filled in the translation."""
        if "text" in response:
            words = say_about(kwargs.pop(_WHOM, None), kwargs.pop(_LOCALE, None), response["text"])
            response = {**response, "text": words}
        filled: dict[str, Any] = super()._fill_response(response, filled_slots, **kwargs)
        return filled

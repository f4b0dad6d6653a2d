"""Says the responses of domain.yml in the visitor's language: they are written once, in English, and translated like every text."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from bot.domain.speech import say


class SpokenResponses(TemplatedNaturalLanguageGenerator):
    """The `nlg` of endpoints.yml. Conditions and places work as in stock Rasa; only the words are looked up."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        super().__init__(domain.responses if domain is not None else {})

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The response with its text translated first, so that the places are filled in the translation.

        An action that speaks in the turn that sets the slot names the locale itself.
        """
        locale = kwargs.get("locale") or (filled_slots or {}).get("locale")
        if "text" in response:
            response = {**response, "text": say(locale, response["text"])}
        filled: dict[str, Any] = super()._fill_response(response, filled_slots, **kwargs)
        return filled

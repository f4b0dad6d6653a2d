"""The errors of the product, each with a code that logs and problem documents may show; none quotes a visitor."""

from __future__ import annotations


class PalpateError(Exception):
    """Base of our errors; `text` with its `{places}` and the `values` for them, so that it can be said in any language."""

    code = "P000"

    def __init__(self, text: str = "", /, **values: object) -> None:
        told = {key: ", ".join(map(str, one)) if isinstance(one, tuple) else one for key, one in values.items()}
        super().__init__(text.format(**told) if values else text)
        self.text = text
        self.values = values


class NotFound(PalpateError):
    """Nothing is stored under this reference or id."""

    code = "P404"


class IllegalMove(PalpateError):
    """The hand-off cannot move so from where it is; the message says which moves are legal."""

    code = "P409"


class NotAllowed(PalpateError):
    """The role of this person does not include the act."""

    code = "P403"


class DoubleBooking(PalpateError):
    """The room or the therapist is taken at that time."""

    code = "P410"


class StorageUnavailable(PalpateError):
    """The database did not take the write; nothing was stored."""

    code = "P503"

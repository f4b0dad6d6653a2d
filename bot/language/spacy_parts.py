"""The parts of spaCy that are used, imported without the warnings of what it imports in turn (click, pyparsing).

They are for spaCy's authors to mend; where warnings are errors, as in our tests, they would stop the reading.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from spacy import blank, registry
    from spacy.attrs import IS_SPACE
    from spacy.language import Language
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

__all__ = ["IS_SPACE", "Doc", "Language", "Span", "Vocab", "blank", "registry"]

"""Leaves out what a serving Rasa of ours never uses: half of its start-up and a third of its memory (measured).

Repairs `rasa/core/channels/__init__.py` (loads every messenger's library), `rasa/core/tracker_store.py:27` (boto3,
pymongo), `rasa/utils/plotting.py` (matplotlib) and `rasa/utils/train_utils.py:22` (scikit-learn, for TensorFlow's data).
Only when serving: training and the other commands keep them.
"""

from __future__ import annotations

from bot.engine import stand_in

PACKAGES = (
    "aiogram", "boto3", "botocore", "engineio", "fbmessenger", "matplotlib", "mattermostwrapper", "pymongo",
    "questionary", "randomname", "rocketchat_API", "slack_sdk", "socketio", "twilio", "webexteamssdk",
)  # fmt: skip
# Rasa's own modules that only feed TensorFlow models.
MODULES = ("rasa.utils.tensorflow.data_generator", "rasa.utils.tensorflow.model_data")


class NotServed(stand_in.Missing):
    """Something of Rasa that Palpate does not serve was asked for."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is left out when serving; see bot/engine/unused_packages.py")


def install() -> None:
    """Stand in for them; call before anything of Rasa is imported."""
    stand_in.install(NotServed, packages=PACKAGES, modules=MODULES)

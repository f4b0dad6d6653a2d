"""Stands in for TensorFlow, which Rasa imports everywhere and our pipeline needs nowhere (design §2, ADR 0002).

Repairs: `rasa/utils/train_utils.py:40`, `rasa/utils/tensorflow/*` and eight components import TensorFlow when they are
loaded, which costs 2.2–2.7 s and 440 MB before a word is read. The stand-in lets those imports pass and nothing more:
using any of it raises `TensorFlowMissing`, and a component that needs it is refused before training and before loading.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from bot.engine import stand_in

# Exactly what rasa 3.6.21 imports. Anything else stays "not installed", so that e.g. thinc does not think it has it.
STANDS_FOR = frozenset(
    {
        "tensorflow", "tensorflow.keras", "tensorflow.keras.backend", "tensorflow.keras.callbacks",
        "tensorflow.keras.utils", "tensorflow.python", "tensorflow.python.eager",
        "tensorflow.python.eager.wrap_function", "tensorflow.python.types", "tensorflow.python.types.core",
        "tensorflow.types", "tensorflow.types.experimental",
        "keras", "keras.utils", "keras.utils.control_flow_util", "keras.utils.tf_utils",
    }
)  # fmt: skip


class TensorFlowMissing(stand_in.Missing):
    """Something asked for TensorFlow, which this environment leaves out on purpose."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs TensorFlow, which Palpate leaves out; choose a component without it")


def install() -> None:
    """Put the stand-in where TensorFlow would be; call before anything of Rasa is imported. Safe to repeat."""
    stand_in.install(TensorFlowMissing, modules=STANDS_FOR)


def needs_tensorflow(component: type) -> bool:
    """Whether this graph component, or a class it is built on, comes from a module that works with TensorFlow."""
    return any(
        isinstance(value, stand_in.StandIn | stand_in.Absent)
        for base in component.__mro__
        for value in vars(sys.modules.get(base.__module__, object)).values()
    )


def refuse(components: Iterable[type]) -> None:
    """Raise Rasa's own `InvalidConfigException`, naming the first component that cannot work here."""
    from rasa.shared.exceptions import InvalidConfigException

    for component in components:
        if needs_tensorflow(component):
            raise InvalidConfigException(str(TensorFlowMissing(f"'{component.__name__}' in the pipeline or policies")))


def guard() -> None:
    """Make Rasa refuse such components when it plans a training and when it loads a model."""
    from rasa.engine.graph import GraphNode
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe

    plan, make = DefaultV1Recipe.graph_config_for_recipe, GraphNode.__init__

    def checked_plan(self: Any, *args: Any, **kwargs: Any) -> Any:
        planned = plan(self, *args, **kwargs)
        refuse(node.uses for schema in (planned.train_schema, planned.predict_schema) for node in schema.nodes.values())
        return planned

    def checked_make(self: Any, node_name: str, component_class: type, *args: Any, **kwargs: Any) -> None:
        refuse([component_class])
        make(self, node_name, component_class, *args, **kwargs)

    DefaultV1Recipe.graph_config_for_recipe = checked_plan
    GraphNode.__init__ = checked_make

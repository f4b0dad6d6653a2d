"""Runs the trained graph in a fixed order planned once, because Rasa plans it anew for each message and each prediction.

Repairs `rasa/engine/runner/dask.py:82`: every run prunes the schema, builds a dask graph and lets dask sort it, and
formats the whole message into a debug line. The nodes, their order of need and their inputs stay the same.
"""

from __future__ import annotations

from typing import Any


def _plan(runner: Any, targets: tuple[str, ...]) -> list[tuple[str, Any, tuple[str, ...]]]:
    """The nodes these targets need, each after what it needs."""
    schema, ordered, seen = runner._graph_schema, [], set()

    def visit(name: str) -> None:
        if name in seen or name not in schema.nodes:
            return
        seen.add(name)
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        ordered.append((name, runner._instantiated_nodes[name], needs))

    for target in targets:
        visit(target)
    return ordered


def run(runner: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
    """What each target node gives for these inputs; raises Rasa's `GraphRunError` as the stock runner does."""
    from rasa.engine.exceptions import GraphRunError

    wanted = tuple(targets or runner._graph_schema.target_names)
    plans = runner.__dict__.setdefault("_palpate_plans", {})
    if wanted not in plans:
        plans[wanted] = _plan(runner, wanted)
    done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, node, needs in plans[wanted]:
            if name not in done:
                done[name] = node(*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[target] for target in wanted)


def install() -> None:
    """Replace the run of the graph in this process; training uses the same runner and the same order of need."""
    from rasa.engine.runner.dask import DaskGraphRunner

    DaskGraphRunner.run = run

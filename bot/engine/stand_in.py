"""Empty places where large libraries would be: they can be imported, named and inherited from, and nothing else."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

EXCEPTIONS = ("Error", "Exception", "Failure")


class Missing(RuntimeError):
    """Something tried to use a library that is left out on purpose."""


class Absent(type):
    """A class that can be named, inherited from and put in annotations, but never made or called."""

    why: Callable[[str], Missing]

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(f"{cls.__module__}.{name}", vars(cls).get("why", Missing))

    def __call__(cls, *_args: Any, **_kwargs: Any) -> Any:
        raise next((vars(base)["why"] for base in cls.__mro__ if "why" in vars(base)), Missing)(cls.__qualname__)


def absent(path: str, why: Callable[[str], Missing]) -> Absent:
    """The class that stands for this name; one that is called an error may stand in an `except`."""
    name = path.rpartition(".")[2]
    bases = (Exception,) if name.endswith(EXCEPTIONS) else ()
    return Absent(name, bases, {"__module__": path.partition(".")[0], "why": staticmethod(why)})


class StandIn(ModuleType):
    """A module whose every name is an `Absent` class."""

    __path__: Sequence[str] = ()

    def __init__(self, name: str, why: Callable[[str], Missing]) -> None:
        super().__init__(name)
        self.__why__ = why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(f"{self.__name__}.{name}", self.__why__)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, modules: Iterable[str], packages: Iterable[str], why: Callable[[str], Missing]) -> None:
        self.modules, self.packages, self.why = frozenset(modules), frozenset(packages), why

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name in self.modules or name.partition(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return StandIn(spec.name, self.why)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the names come by themselves."""


def install(why: Callable[[str], Missing], *, modules: Iterable[str] = (), packages: Iterable[str] = ()) -> None:
    """Stand in for these modules, and for these packages with all in them, before they are imported. Safe to repeat."""
    finder = _Finder(modules, packages, why)
    known = [(other.modules, other.packages) for other in sys.meta_path if isinstance(other, _Finder)]
    if (finder.modules, finder.packages) not in known:
        sys.meta_path.insert(0, finder)

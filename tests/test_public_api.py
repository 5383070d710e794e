"""The names that other programs rely on."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest

import rag
import rag.errors
import rag.types
from rag import Answer, Assistant


def test_the_package_exports_exactly_these_names() -> None:
    assert sorted(rag.__all__) == ["Answer", "Assistant"]
    assert Answer is rag.types.Answer
    assert Assistant.__module__ == "rag.assistant"


def test_every_exported_name_can_be_imported() -> None:
    assert [name for name in rag.__all__ if not hasattr(rag, name)] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Asistant"):
        _ = rag.Asistant


def test_the_version_is_that_of_the_installed_package() -> None:
    assert rag.__version__ == version("survey-notes-rag")


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("open", ["index", "settings"]),
        ("ask", ["self", "question", "history"]),
        ("stream", ["self", "question", "history"]),
        ("refresh", ["self"]),
        ("close", ["self"]),
    ],
)
def test_methods_take_what_the_contract_says(method: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(Assistant, method)).parameters) == parameters


def test_every_error_of_the_program_is_a_rag_error() -> None:
    errors = [value for value in vars(rag.errors).values() if isinstance(value, type) and issubclass(value, Exception)]

    assert len(errors) > 10
    assert [error for error in errors if not issubclass(error, rag.errors.RagError)] == []
    drawn = rag.errors.__doc__ or ""
    assert [error.__name__ for error in errors if error.__name__ not in drawn] == []

"""The contract with AWS is checked over the same templates as infrastructure is."""

from tests.infrastructure.conftest import each, synthesized

__all__ = ["each", "synthesized"]

"""A value is shown in the words of its reader: a date of birth too, as far as it is known."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from passerelle.web.templatetags.said import valued


@pytest.mark.parametrize(
    ("name", "values", "language", "shown"),
    [
        ("birthDate", ["1963-02-11"], "nl", "11 februari 1963"),
        ("birthDate", ["1963-02-11"], "de", "11. Februar 1963"),
        ("birthDate", ["1963-02"], "fr", "février 1963"),
        ("birthDate", ["1963", "1964-12-01"], "en", "1963; 1 December 1964"),
        ("birthDate", ["around 1963", "1963-13-40"], "en", "around 1963; 1963-13-40"),
        ("phone", ["1963-02-11"], "nl", "1963-02-11"),
    ],
)
def test_dates_are_said_in_words_and_everything_else_as_it_is(
    name: str, values: list[str], language: str, shown: str
) -> None:
    with override(language):
        assert valued(values, name) == shown

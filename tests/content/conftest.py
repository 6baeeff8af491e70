"""Fixtures of the tests of content."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.content.source import load
from tests.homework.support import ROOT, search_repeatably

search_repeatably()


@pytest.fixture
def utils(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The students' helper, importable as in their folder."""
    module = load(ROOT / "source" / "hw1" / "eep590_utils.py")
    monkeypatch.setitem(sys.modules, "eep590_utils", module)
    return module

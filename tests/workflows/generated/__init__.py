"""Tests made from the declarations of programmes."""

import pytest

# What differs is to be seen: these hold the assertions of the state machine.
pytest.register_assert_rewrite("tests.workflows.generated.machine")

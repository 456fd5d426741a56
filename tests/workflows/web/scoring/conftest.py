"""The panel of the tests of reviewing, for its pages."""

from tests.workflows.review.conftest import experts, heard, panel_call, put

__all__ = ["experts", "heard", "panel_call", "put"]

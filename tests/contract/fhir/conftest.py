"""Tests of official files are collected wherever these lie beside the checkout."""

from tests.contract.fhir.examples import EXAMPLES

collect_ignore_glob = [] if EXAMPLES.is_dir() else ["test_official_*.py"]

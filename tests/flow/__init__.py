"""Tests of the verbs, on real tables."""

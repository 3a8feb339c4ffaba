"""Tests of how what people write is read."""

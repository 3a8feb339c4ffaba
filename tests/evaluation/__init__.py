"""Judged questions: what the answers are measured against."""

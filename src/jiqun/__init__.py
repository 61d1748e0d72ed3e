"""Jiqun: runs an industrial-cluster upgrade programme from a pack of files."""

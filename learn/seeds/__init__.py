"""Seed files in and out: plain functions that commands, the desk and tests call."""

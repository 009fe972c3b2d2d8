"""Writes of registers: schemes of colours, marks, care."""

"""Subcontract orders that follow from awards, with their delivery schedules."""

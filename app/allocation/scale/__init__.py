"""Tenders with hundreds to hundreds of thousands of offers: search and bound by decomposition."""

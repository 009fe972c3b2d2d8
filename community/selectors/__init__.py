"""Reads that are more than a filter: holders of duties, accounts, and what a community's pages show."""

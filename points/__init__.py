"""The points ledger, rules and shop. Filled by a later issue."""

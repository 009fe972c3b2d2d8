"""The ground floor: account, errors, clock, audit, outbox, uploads, paging. Knows no domain noun."""

"""`/api/v1/petitions/`: read and file matters by program, under the same posts as in the pages."""

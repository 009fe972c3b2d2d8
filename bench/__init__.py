"""How fast the portal is, as ratios to a floor measured in the same run: `make bench`.

`generate` fills a private database, `floor` is the least Django that does comparable work, `cases` are the
measured pages and actions, `report` writes what came out. Nothing of the portal imports this.
"""

"""A whole county by COPY: places, people and matters with their history, far too many for the actions.

One generator with two uses. `make bench` measures on a plain county (`plain.py`), whose rows stay the same
from one version to the next. `manage.py demo --scale county` (`build.py`) adds households, tiers, words of
every kind, and lives that keep the rules of the loop (`life.py`). All people and matters are made up.
"""

"""Which steps a person can take on a matter now: what buttons show. Agrees with the actions (tested)."""

from petitions.selectors.steps.possible import Possible, main_step, possible_steps
from petitions.selectors.steps.step import Step

__all__ = ["Possible", "Step", "main_step", "possible_steps"]

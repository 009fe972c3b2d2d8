"""The closed loop: collect, sort, deliberate, act, publish, appraise."""

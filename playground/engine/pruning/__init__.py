"""Makes trained networks smaller: whole units are cut out, or single weights are set to zero and stay zero."""

"""One page per screen. `registry` lists them in the order of the tabs."""

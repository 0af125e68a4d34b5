"""Files for an approved integrator's own e-Defter service: the mirror of `sources`, written from numbered lines."""

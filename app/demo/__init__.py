"""The demo office: a made-up firm, the sandbox integrator and the TEST seal, wired like the real ones.

Stands above `office` and beside nothing: the command line (and later the window's `--demo`) starts it.
"""

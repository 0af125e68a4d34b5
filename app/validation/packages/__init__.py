"""GİB's packages: what is in a zip (`content`), where they are kept (`store`), what changed (`changes`), the code lists
(`lists`), the checks that a child process runs with them (`child`) and the door to these (`installed`).
"""

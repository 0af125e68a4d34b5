"""A whole made-up office out of a seed: firms, partners and a year of documents in every state they can be in."""

from app.demo.generator.build import DEFAULT_SEED, GeneratedOffice, build_demo_office

__all__ = ["DEFAULT_SEED", "GeneratedOffice", "build_demo_office"]

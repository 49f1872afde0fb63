"""Proposals and questions with signatures: when enough have signed, the body that is named must answer in public."""

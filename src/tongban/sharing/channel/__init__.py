"""The exchange between bodies: who is a member, who may ask what, and signed questions with signed answers.

`model` has the types; a `Channel` carries one question to one member and brings the answer or a refusal.
"""

"""Participation (协商民主): consultations with statements and votes, groups of opinion, proposals with signatures."""

"""A case handed over between installations: queued, sent again until it is answered, done once, provable on both sides.

`model` is what travels, `standing` what a case knows of it, `leaving` writes messages beside the events that say the
same, `sender` carries them, `receiver` takes them, `agreeing` compares the two histories.
"""

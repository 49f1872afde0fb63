"""Rules over whole populations: from typed rules to SQL, with the semantics of one case, to the cent."""

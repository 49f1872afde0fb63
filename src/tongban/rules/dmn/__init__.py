"""Decision models as the standard writes them (DMN 1.1 to 1.6): read from XML, linked, executed, explained."""

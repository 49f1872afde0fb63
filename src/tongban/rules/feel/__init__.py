"""The expression language FEEL (DMN 1.1 to 1.6, chapter 10): read, typed, compiled to closures, never to Python."""

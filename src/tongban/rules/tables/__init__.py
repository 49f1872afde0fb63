"""Decision tables: compiled with all faults at once, decided in microseconds, able to say why and why not."""

"""All SQL of this package: `history` (events and rows), `lists`, `alarms` (timers, outbox), `personal`."""

"""The demonstration: broker, simulated platform, worker and screen on one machine."""

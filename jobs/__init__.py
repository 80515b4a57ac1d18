"""The lease protocol that every worker speaks: its messages, its client, the worker's loop."""

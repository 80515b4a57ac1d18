"""The schema's history; `versions/` holds one file a step, run by `server.database.migrate`."""

"""The aiohttp server: the only room that knows routes, SQL and features."""

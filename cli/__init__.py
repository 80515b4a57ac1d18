"""The `houle` command; each subcommand is a module that is loaded only when it is called."""

"""froth's commands: one module a verb, each a thin reading of the library. `scripts.cli` mounts them all as `froth`."""

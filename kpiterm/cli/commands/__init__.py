"""One module per command, each with `configure(parser)` and `run(args, session)`; imported only when it is called."""

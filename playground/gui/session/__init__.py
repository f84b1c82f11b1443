"""The session: the document, its files, the run, and the threads that train and answer."""

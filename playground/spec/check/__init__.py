"""Whether an experiment can be trained: shapes, problems and their fixes, and the memory that it takes."""

"""The database: engine, unit of work, and one file of tables per aggregate."""

"""What is kept between runs, in SQLite or PostgreSQL through SQLAlchemy Core."""

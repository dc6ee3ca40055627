"""SQL, judged statement by statement."""

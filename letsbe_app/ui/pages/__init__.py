"""One folder per page: ``page.py`` what it looks like, ``state.py`` its handlers, ``view_models.py`` what it shows."""

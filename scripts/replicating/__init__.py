"""Published figures beside quotemark's, from corpora that a user has fetched."""

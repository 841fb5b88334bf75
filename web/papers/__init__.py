"""The pages of documents; `papers`, for `web.documents` are those of GraphQL."""

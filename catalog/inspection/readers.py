from catalog.inspection import captions, documents, films, pictures

MODULES = {"captions": captions, "documents": documents, "films": films, "pictures": pictures}

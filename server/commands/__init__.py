"""The commands of `rag`, one file a group; each is imported when it is called or when help is shown."""

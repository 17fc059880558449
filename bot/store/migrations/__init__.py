"""Steps from one schema to the next; `epoch` takes them at start. Revisions are never changed once released."""

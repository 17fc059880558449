"""One Discord feature a module; every module here is an extension and is loaded by discovery."""

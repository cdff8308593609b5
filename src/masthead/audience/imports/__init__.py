"""The parts of an import; the entrance is `audience.importing`."""

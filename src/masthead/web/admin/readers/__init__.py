"""The screens of readers: finding them, one of them, lists, import and export."""

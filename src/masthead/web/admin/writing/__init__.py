"""The screens where issues are listed, written and looked at before they leave."""

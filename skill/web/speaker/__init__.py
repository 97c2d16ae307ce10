"""The smart speaker in the browser: a page of development mode that shows all there is to a conversation."""

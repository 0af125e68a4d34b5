"""The tour: draws every page, dialog and state of the demo office into pictures, from the real widgets."""

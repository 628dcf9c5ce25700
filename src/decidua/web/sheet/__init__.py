"""The counselling sheet on the web: a page that asks for the clinician's act, and the sheet, as page or PDF."""

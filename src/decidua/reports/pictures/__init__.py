"""Pictures of pooled results: hand-laid SVG with real text, in English and Korean, light, dark and on paper."""

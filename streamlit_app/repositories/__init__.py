"""The SQL of the app. Every statement runs through governance's read gate, on a published build."""

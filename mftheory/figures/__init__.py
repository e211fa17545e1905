"""The published figures, on the public API.

What comes in is a figure's name and one of its presets; what goes out is a folder with picture, JSON and report.
`registry` lists the figures, `jobs` makes one or all of them, `frame` is what they have in common, and each module
``NAME_figure`` declares one `FIGURE`.
"""

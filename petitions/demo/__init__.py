"""Demo data: three communities over two years, replayed through the very actions that people use.

People, phones and matters are made up; places bear the names of real ones. `build.demo_build` makes all.
"""

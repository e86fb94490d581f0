"""The sample chapters are input of tests, not chapters to be compared with stored outputs."""

collect_ignore_glob = ["*.ipynb", "*/*.ipynb"]

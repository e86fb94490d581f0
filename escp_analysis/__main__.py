"""``python -m escp_analysis`` is the same as ``escp``."""

from escp_analysis.cli import main

if __name__ == "__main__":
    main()

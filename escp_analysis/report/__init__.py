"""From executed chapters to the published report: run, stitch, number, export; never count."""

"""Kernels for chapters: forked from a warm server where that works, ordinary ones elsewhere.

``warm.WarmServer`` is the way in; ``kernel.Kernel`` is what papermill is handed. A forked kernel
is a real ipykernel that gives what an ordinary one gives, without the imports.
"""

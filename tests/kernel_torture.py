"""Cells that try all that a notebook may do; what they show must not tell kernels apart."""

from __future__ import annotations

HELPER = "def double(number):\n    return 2 * number\n"

CELLS = [
    "import sys, os\nprint('out'); print('err', file=sys.stderr); print('out again')",
    "sys.argv[0], sys.argv[1], sys.argv[3:], sys.orig_argv[:3], len(sys.argv)",
    "sys.path",
    "os.getcwd(), __name__, '__file__' in globals(), sys.modules['__main__'].__name__",
    "import zlib\ndef hash_of(text): return zlib.crc32(text.encode())",
    "sorted((name, hash_of(value)) for name, value in os.environ.items())",
    "import warnings\nwarnings.warn('look out')\nwarnings.warn('old', DeprecationWarning)",
    "import helper\nhelper.double(21)",
    "import pandas as pd, numpy as np\npd.DataFrame(np.arange(250).reshape(10, 25))",
    "print(pd.DataFrame(np.arange(250).reshape(10, 25)))",
    "{name: pd.get_option(name) for name in ['display.max_columns', 'display.max_rows',\n"
    "  'display.width', 'display.notebook_repr_html', 'display.max_colwidth']}",
    "pd.reset_option('all')\npd.get_option('display.max_columns')",
    "import matplotlib as mpl\nmpl.get_backend(auto_select=False), mpl.rcParams['backend']",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nNone",
    "fig, ax = plt.subplots(figsize=(2, 2))\nax.bar(['a', 'b'], [1, 2])",
    "fig",
    "%config InlineBackend.figure_formats = ['svg', 'png']\n"
    "mpl.rcParams['svg.hashsalt'] = 'x'\n"
    "ignored = os.environ.__setitem__('SOURCE_DATE_EPOCH', '0')\nplt.plot([3, 1]); plt.show()",
    "sorted((k, str(v)) for k, v in mpl.rcParams.items())",
    "import seaborn as sns\nsns.set_theme()\n_ = sns.barplot(x=['a', 'b', 'a'], y=[1, 2, 3])",
    "mpl.is_interactive(), len(get_ipython().events.callbacks['post_execute'])",
    "_ = os.write(1, b'by number 1\\n')",
    "_ = os.write(2, b'by number 2\\n')",
    "import subprocess\nsubprocess.run('echo child', shell=True) and None",
    "subprocess.run('echo child err >&2', shell=True) and None",
    "subprocess.run('exit 4', shell=True).returncode",
    "!echo shell",
    "x = !echo captured\nlist(x)",
    "%%bash\necho magic",
    "%who_ls str",
    "import threading\n"
    "t = threading.Thread(target=lambda: print('thread')); t.start(); t.join(); print('main')",
    "sorted(t.name for t in threading.enumerate())",
    "from IPython.display import display, clear_output, HTML, Markdown, JSON\n"
    "handle = display(HTML('<b>one</b>'), display_id='d1'); display(Markdown('*m*'))",
    "handle.update(HTML('<b>two</b>'))",
    "print('gone'); clear_output(); print('kept')",
    "print('first'); clear_output(wait=True); print('second')",
    "import asyncio\nawait asyncio.sleep(0.01); print('awaited')",
    "async def f():\n    await asyncio.sleep(0)\n    return 7\nawait f()",
    "asyncio.get_running_loop().__class__.__name__",
    "import multiprocessing as mp\n"
    "with mp.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
    "with mp.get_context('spawn').Pool(1) as pool: print(pool.map(helper.double, [1, 2]))",
    "from concurrent.futures import ProcessPoolExecutor\n"
    "with ProcessPoolExecutor(1) as pool: print(list(pool.map(abs, [-3])))",
    "input('who? ')",
    "1 / 0",
    "def deep(n):\n"
    "    try:\n        return deep(n + 1)\n    except RecursionError:\n        return n\n"
    "deep(0)",
    "sys.getrecursionlimit()",
    "raise SystemExit(3)",
    "sys.stdin.read(), sys.stdin.isatty(), os.read(0, 1)",
    "import stat\nstat.S_IFMT(os.fstat(0).st_mode), os.getpgid(0) == os.getpid() == os.getsid(0)",
    "import signal\n[str(signal.getsignal(n)) for n in (signal.SIGTERM, signal.SIGCHLD,\n"
    "  signal.SIGPIPE, signal.SIGHUP)], signal.pthread_sigmask(signal.SIG_BLOCK, [])",
    "signal.set_wakeup_fd(-1) >= 0",
    "import tempfile\ntempfile.gettempdir(), os.umask(0o22)",
    "import time, locale\ntime.tzname, locale.getlocale(), sys.getfilesystemencoding()",
    "sys.flags, sys.warnoptions, sys.dont_write_bytecode, sys.gettrace() is None",
    "sys.stdout.encoding, sys.stdout.isatty(), type(sys.stdout).__name__, sys.stderr.errors",
    "_ih[1], Out[2][2], In[-1]",
    "get_ipython().history_manager.enabled, get_ipython().history_manager.db.__class__.__name__",
    "%history -n 1",
    "import logging\nlogging.warning('logged')\nlogging.getLogger().handlers",
    "import debugpy\ndebugpy.__name__",
    "print('x' * 10000); print('y', end='')",
    "for i in range(3): print(i); print(i, file=sys.stderr)",
    "import scipy.stats\nfloat(scipy.stats.norm.cdf(1)), np.__config__.show is not None",
    "a = np.arange(90000, dtype=float).reshape(300, 300) / 7\n(a @ a.T).sum().hex()",
    "from escp_analysis import metrics, figures, tables, narrative, load_round, forms\n"
    "metrics.__name__, load_round.__name__",
    "class Fancy:\n    def _repr_html_(self): return '<i>fancy</i>'\nFancy()",
    "get_ipython().ask_exit.__name__, get_ipython().kernel.banner[:6]",
    "sorted(f.name for f in __import__('pathlib').Path('.').iterdir() if f.suffix == '.py')",
    "plt.figure(); plt.title('late'); None",
    "plt.get_fignums()",
]

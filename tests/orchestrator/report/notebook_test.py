"""The notebook lines of db/README.md answer, also while somebody writes to the store.

usage: notebook_test.py STORE_MAKER DB_README; skipped (77) without pandas and DuckDB.
"""
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
except ImportError:
    print("skipped: pandas and DuckDB are not installed (./dev oracles)")
    sys.exit(77)

store_maker, readme = sys.argv[1:3]
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([store_maker, f"{folder}/store"], check=True)
    snippet = re.search(r"```python\n(.*?)```", Path(readme).read_text(), re.DOTALL)[1]
    assert "runs/chexpert/sweep.db" in snippet
    writer = sqlite3.connect(f"{folder}/store/sweep.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    names = {}
    exec(snippet.replace("runs/chexpert", f"{folder}/store"), names)
    writer.execute("ROLLBACK")
    cells = names["epochs"][["architecture", "resolution"]].drop_duplicates()
    assert len(cells) > 1 and names["curves"].shape[1] == len(cells), names["curves"]
    expected = names["epochs"].groupby(["architecture", "resolution", "epoch"])["valid_auc"].median()
    got = names["median"].set_index(["architecture", "resolution", "epoch"])["auc"]
    assert (got - expected).abs().max() < 1e-12 and len(got) == len(expected), (got, expected)
    try:
        names["store"].execute("DELETE FROM event")
    except sqlite3.OperationalError as refused:
        assert "readonly" in str(refused)
    else:
        raise AssertionError("it could write")
    print(f"{len(names['epochs'])} epochs read")

"""The same statements on Spark, in local mode: row for row what DuckDB says."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

if importlib.util.find_spec("pyspark") is None:
    pytest.skip("not run: pyspark is not installed", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("not run: Spark needs Java, which is not installed", allow_module_level=True)

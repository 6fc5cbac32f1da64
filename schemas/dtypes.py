"""Types of columns, judged as pandera judges them, without two of its detours that every validation pays for."""

from typing import Any

import numpy as np
from pandera.dtypes import immutable
from pandera.engines import numpy_engine
from pandera.engines.pandas_engine import STRING, Engine

# A type that is not registered just as a frame bears it is looked for in geopandas: each time anew, and in vain.
Engine.register_dtype(numpy_engine.Bool, equivalents=[np.dtype(bool)])
Engine.register_dtype(numpy_engine.Object, equivalents=[np.dtype(object)])


@Engine.register_dtype(equivalents=[str])
@immutable(init=True)
class Text(STRING):
    """What `Series[str]` stands for. An answer a cell makes pandera report on the failures even where there is none."""

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:
        right: Any = super().check(pandera_dtype, data_container)
        return bool(np.all(right))

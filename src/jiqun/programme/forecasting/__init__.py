"""Where a target will stand on its due date: simple stated models with intervals, back-tested.

Pure numbers in base units; nothing here knows a pack, a snapshot or the web.
"""

from jiqun.programme.forecasting.backtest import BackTest
from jiqun.programme.forecasting.forecast import Forecast, Point, Settings, forecast
from jiqun.programme.forecasting.timeline import period_ends, steps_between

__all__ = ["BackTest", "Forecast", "Point", "Settings", "forecast", "period_ends", "steps_between"]

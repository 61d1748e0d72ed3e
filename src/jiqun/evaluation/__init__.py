"""Composite indicators: from a panel of figures and a tree of indicators to scores, ranks and what stands behind them."""

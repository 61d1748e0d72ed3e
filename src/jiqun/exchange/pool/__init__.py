"""Pools: buying and selling together by price tiers, and research paid by many; frozen states and pure events."""

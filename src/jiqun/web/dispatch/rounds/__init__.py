"""Reporting rounds 填报任务: the city asks, counties and firms fill, each cell is reviewed."""

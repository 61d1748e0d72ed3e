"""Official documents: one content, written as Word in the layout of GB/T 9704-2012, as PDF, and as a workbook."""

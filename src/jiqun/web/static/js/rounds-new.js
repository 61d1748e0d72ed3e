// The form of a new round: a whole set is ticked, or cleared, at once.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-check-set]");
  if (!button) return;
  event.preventDefault();
  const boxes = [...button.closest("details").querySelectorAll("input[name=ask]")];
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  button.closest("details").open = true;
});

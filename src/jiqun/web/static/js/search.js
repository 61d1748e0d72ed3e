// The search box: arrows move through the suggestions, Escape closes them.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".firm-search");
  if (!form) return;
  const found = [...form.querySelectorAll(".suggestion")];
  const at = found.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && at + 1 < found.length) found[at + 1].focus();
  else if (event.key === "ArrowUp" && at >= 0) (found[at - 1] ?? form.querySelector("input")).focus();
  else if (event.key === "Escape") close(form);
  else return;
  event.preventDefault();
});

function close(form) {
  form.querySelector(".suggestions").replaceChildren();
  form.querySelector("input").focus();
}

document.addEventListener("click", (event) => {
  for (const form of document.querySelectorAll(".firm-search")) {
    if (!form.contains(event.target)) form.querySelector(".suggestions")?.replaceChildren();
  }
});

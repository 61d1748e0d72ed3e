// The review list: ticking, counting what is ticked, and showing what another reviewer did first.
const boxes = () => [...document.querySelectorAll("#review-form .pick-cell input")];

function count() {
  const picked = boxes().filter((box) => box.checked).length;
  const told = document.getElementById("picked");
  if (!told) return;
  told.textContent = `已选 ${picked} 个`;
  for (const button of document.querySelectorAll("[data-needs-pick]")) button.disabled = picked === 0;
  const all = document.getElementById("pick-all");
  all.checked = picked > 0 && picked === boxes().length;
  all.indeterminate = picked > 0 && picked < boxes().length;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "pick-all") for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.id === "pick-all" || event.target.matches(".pick-cell input")) count();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  // A conflict (409) or a refusal (422) comes with the list as it is now.
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSwap", () => {
  count();
  document.querySelector("#review [role=alert], #review [role=status]")?.scrollIntoView({ block: "nearest" });
});
count();

// A button with data-confirm="Question?" asks on the first press and acts on the second; it forgets after five seconds.
function disarm(button) {
  if (!button.dataset.was) return;
  button.querySelector("span:not(.icon)").textContent = button.dataset.was;
  delete button.dataset.was;
  button.classList.remove("button--armed");
}

function arm(button) {
  const label = button.querySelector("span:not(.icon)");
  button.dataset.was = label.textContent;
  label.textContent = button.dataset.confirm;
  button.classList.add("button--armed");
  setTimeout(() => disarm(button), 5000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || button.dataset.was) return;
  event.preventDefault();
  arm(button);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("button[data-confirm]")) disarm(event.target);
});

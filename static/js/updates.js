// A choice that changes the prices below updates the page at once; without script the update button does it.
for (const choice of document.querySelectorAll("[data-updates]")) {
  choice.addEventListener("change", () => {
    const button = choice.form.querySelector('button[name="action"][value="update"]');
    choice.form.noValidate = true;
    choice.form.requestSubmit(button);
  });
}

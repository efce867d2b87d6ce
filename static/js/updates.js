// A choice that changes the prices below updates the page at once; without script the update button does it.
for (const choice of document.querySelectorAll("[data-updates]")) {
  choice.addEventListener("change", () => {
    const button = choice.form.querySelector('button[name="action"][value="update"]');
    choice.form.noValidate = true;
    choice.form.action = `#${choice.id}`; // the new page opens where the old one stood
    choice.form.requestSubmit(button);
  });
}

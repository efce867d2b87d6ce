// Plus and minus beside a number field; without script the field alone does it.
for (const box of document.querySelectorAll("[data-quantity]")) {
  const input = box.querySelector("input");
  for (const button of box.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const before = input.value;
      if (button.dataset.step === "up") input.stepUp();
      else input.stepDown();
      if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

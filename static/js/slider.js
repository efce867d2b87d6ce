// A range shows its value, and with data-fetch on its form the server redraws the region named by data-region.
//   <form data-fetch="/seller/capital/quote" data-region="quote"> … <input type="range" data-money> <output></output>
const waiting = new WeakMap();

function show(range) {
  const output = range.closest(".range")?.querySelector("output");
  if (!output) return;
  const text = range.dataset.digits ? (range.value / 10 ** range.dataset.digits).toLocaleString("en-US") : Number(range.value).toLocaleString("en-US");
  output.textContent = (range.dataset.before ?? "") + text + (range.dataset.after ?? "");
  range.setAttribute("aria-valuetext", output.textContent);
}

async function redraw(form) {
  waiting.get(form)?.abort();
  const stop = new AbortController();
  waiting.set(form, stop);
  const region = document.getElementById(form.dataset.region);
  region.setAttribute("aria-busy", "true");
  try {
    const fields = new FormData(form);
    fields.delete("csrf_token");
    const answer = await fetch(`${form.dataset.fetch}?${new URLSearchParams(fields)}`, { signal: stop.signal, headers: { "X-Region": form.dataset.region } });
    if (answer.ok) region.innerHTML = await answer.text();
  } catch (trouble) {
    if (trouble.name !== "AbortError") region.removeAttribute("aria-busy"); // the old figures stay; the button still works
    return;
  }
  region.removeAttribute("aria-busy");
}

for (const range of document.querySelectorAll('input[type="range"]')) {
  show(range);
  range.addEventListener("input", () => show(range));
}

for (const form of document.querySelectorAll("form[data-fetch]")) {
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => redraw(form), 150);
  });
}

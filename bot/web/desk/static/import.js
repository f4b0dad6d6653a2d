// A chosen file is read into the text field beside it, where it can be looked at before it is sent.
for (const label of document.querySelectorAll("[data-into]")) {
  label.hidden = false;
  label.addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) label.closest("form").elements[label.dataset.into].value = await file.text();
  });
}

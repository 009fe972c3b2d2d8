// `<div data-photos>` around a file input: previews, a count, and smaller files for slow networks.
// A photo that the browser cannot read is sent as it is; the server decides.

const JPEG_QUALITY = 0.85;

for (const box of document.querySelectorAll("[data-photos]")) {
  const input = box.querySelector("input[type=file]");
  const status = box.querySelector("[data-photos-status]");
  const previews = box.querySelector("[data-photos-previews]");
  let turn = 0;

  input.addEventListener("change", async () => {
    const mine = ++turn;
    const limit = Number(box.dataset.limit);
    previews.replaceChildren();
    status.textContent = "";
    if (input.files.length > limit) {
      input.value = "";
      status.textContent = box.dataset.tooMany.replace("{limit}", limit);
      return;
    }
    const lighter = [];
    for (const file of input.files) {
      const { canvas, sent } = await lighten(file, Number(box.dataset.side));
      if (mine !== turn) return;
      lighter.push(sent);
      if (canvas) previews.append(preview(canvas, `${box.dataset.preview} ${lighter.length}`));
    }
    replaceFiles(input, lighter);
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    status.textContent = input.files.length
      ? box.dataset.chosen.replace("{n}", input.files.length).replace("{size}", size(bytes))
      : "";
  });
}

/** The photo drawn at most `side` pixels long, and whichever file is the smaller one to send. */
async function lighten(file, side) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
    const smaller = blob && blob.size < file.size;
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return { canvas, sent: smaller ? new File([blob], name, { type: "image/jpeg" }) : file };
  } catch {
    return { canvas: null, sent: file };
  }
}

function replaceFiles(input, files) {
  if (typeof DataTransfer !== "function") return;
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

function preview(canvas, label) {
  const item = document.createElement("li");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  item.append(canvas);
  return item;
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// `<div data-photos>` around a file input: one button, previews, a count, and smaller files for slow networks.
// A camera gives one photo at a time, so each choice adds to those before; any of them can be left out again.
// A photo that the browser cannot read is sent as it is; the server decides.

const JPEG_QUALITY = 0.85;

for (const box of document.querySelectorAll("[data-photos]")) {
  const input = box.querySelector("input[type=file]");
  const button = box.querySelector("[data-photos-button]");
  const status = box.querySelector("[data-photos-status]");
  const previews = box.querySelector("[data-photos-previews]");
  const limit = Number(box.dataset.limit);
  let kept = [];
  let turn = Promise.resolve();

  if (button) {
    button.hidden = false;
    box.classList.add("photo-input--ready");
  }
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    turn = turn.then(() => add(chosen));
  });

  async function add(chosen) {
    const room = canReplace() && input.multiple ? limit - kept.length : limit;
    if (room === limit) kept = [];
    for (const file of chosen.slice(0, room)) kept.push(await lighten(file, Number(box.dataset.side)));
    show(chosen.length > room);
  }

  function show(tooMany) {
    replaceFiles(input, kept.map((photo) => photo.sent));
    const shown = kept.filter((photo) => photo.canvas);
    previews.replaceChildren(...shown.map((photo) => preview(photo, `${box.dataset.preview} ${kept.indexOf(photo) + 1}`)));
    const bytes = kept.reduce((sum, photo) => sum + photo.sent.size, 0);
    const count = kept.length
      ? box.dataset.chosen.replace("{n}", kept.length).replace("{size}", size(bytes))
      : "";
    status.textContent = tooMany ? `${box.dataset.tooMany.replace("{limit}", limit)}${count}` : count;
  }

  function preview({ canvas, sent }, label) {
    const item = document.createElement("li");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    item.append(canvas);
    if (canReplace()) item.append(remover(sent, label));
    return item;
  }

  function remover(sent, label) {
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn";
    remove.textContent = box.dataset.remove;
    remove.setAttribute("aria-label", `${box.dataset.remove} ${label}`);
    remove.addEventListener("click", () => {
      kept = kept.filter((photo) => photo.sent !== sent);
      show(false);
      input.focus();
    });
    return remove;
  }
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

function canReplace() {
  return typeof DataTransfer === "function";
}

function replaceFiles(input, files) {
  if (!canReplace()) return;
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

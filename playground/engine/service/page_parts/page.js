/* Pictures are drawn as the window's pad draws them: white ink on black, with a pen of 2 pixels of the network's 28. */
const PEN = 2 / 28, SIDE = 160, MARGIN = 40, FITTED_PEN = 16, SMALLEST = 0.04;
let models = [], strokes = [], asking = null, waiting = 0;

const model = () => models.find((item) => item.name === $("model").value);
const base = () => "v1/models/" + encodeURIComponent(model().name);
const percent = (share) => (100 * share).toFixed(1) + " %";

/* Ask; of answers that overlap, the latest counts. */
async function predict(body, type) {
  if (asking) asking.abort();
  const own = asking = new AbortController();
  try {
    const reply = await ask(base() + "/predict", { method: "POST", body, headers: { "Content-Type": type }, signal: own.signal });
    const found = await reply.json();
    if (own === asking) { say(null); show(found); }
  } catch (error) {
    if (error.name !== "AbortError" && own === asking) { show({}); say(error); }
  }
}

const predictInput = (input) => predict(JSON.stringify({ input }), "application/json");
function soon(work) { clearTimeout(waiting); waiting = setTimeout(work, 120); }

function show(found) {
  const shares = Object.entries(found.probabilities || {});
  let answer = found.answer ?? "";
  if (found.refused) answer = "not sure (most probable: " + found.most_probable + ", " + percent(found.confidence) + ")";
  if ("value" in found) answer = found.value === null ? "no number" : found.target + ": " + Number(found.value.toPrecision(5));
  $("answer").textContent = answer;
  $("answer").className = answer.length > 24 ? "long" : "";
  if (shares.length > 12) shares.sort((a, b) => b[1] - a[1]).splice(12);
  $("bars").replaceChildren(...shares.map(([name, share]) => {
    const filled = element("div");
    filled.style.width = 100 * (share ?? 0) + "%";
    return element("div", { className: "bar" }, element("span", { textContent: name }), element("div", {}, filled),
      element("span", { textContent: share === null ? "–" : percent(share) }));
  }));
  if (found.remark) $("bars").append(element("p", { className: "muted", textContent: found.remark }));
}

/* Pictures */

function draw(canvas, lines, pen, place) {
  const context = canvas.getContext("2d");
  context.fillStyle = "#000"; context.fillRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = context.fillStyle = "#fff"; context.lineCap = context.lineJoin = "round"; context.lineWidth = pen;
  for (const line of lines) {
    context.beginPath();
    if (line.length === 1) { context.arc(...place(line[0]), pen / 2, 0, 2 * Math.PI); context.fill(); continue; }
    line.forEach((point, index) => index ? context.lineTo(...place(point)) : context.moveTo(...place(point)));
    context.stroke();
  }
}

/* The ink at the size at which networks learned digits: its longer side takes SIDE pixels, whatever it took on the pad. */
function fitted(lines) {
  const canvas = element("canvas", { width: SIDE + 2 * MARGIN, height: SIDE + 2 * MARGIN });
  const xs = lines.flat().map((point) => point[0]), ys = lines.flat().map((point) => point[1]);
  const left = xs.reduce((a, b) => Math.min(a, b)), top = ys.reduce((a, b) => Math.min(a, b));
  const extent = Math.max(xs.reduce((a, b) => Math.max(a, b)) - left, ys.reduce((a, b) => Math.max(a, b)) - top);
  const scale = Math.min((SIDE - FITTED_PEN) / extent, SIDE / SMALLEST), edge = MARGIN + FITTED_PEN / 2;
  draw(canvas, lines, FITTED_PEN, ([x, y]) => [(x - left) * (extent ? scale : 0) + edge, (y - top) * (extent ? scale : 0) + edge]);
  return canvas;
}

function askForDrawing() {
  if (!strokes.length) { if (asking) asking.abort(); asking = null; show({}); say(null); return; }
  fitted(strokes).toBlob((blob) => predict(blob, "image/png"), "image/png");
}

function pad() {
  const canvas = element("canvas", { id: "pad", width: 560, height: 560 });
  canvas.setAttribute("aria-label", "Draw here");
  const repaint = () => draw(canvas, strokes, PEN * canvas.width, ([x, y]) => [x * canvas.width, y * canvas.width]);
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  let drawing = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (drawing !== null || event.button) return;
    drawing = event.pointerId; canvas.setPointerCapture(drawing);
    strokes.push([point(event)]); repaint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing) return;
    const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    strokes[strokes.length - 1].push(...(passed.length ? passed : [event]).map(point));
    repaint(); soon(askForDrawing);
  });
  const end = (event) => { if (event.pointerId === drawing) { drawing = null; soon(askForDrawing); } };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  strokes = []; repaint();
  const clear = element("button", { textContent: "Clear", type: "button", onclick: () => { strokes = []; repaint(); askForDrawing(); } });
  const back = element("button", { textContent: "Undo stroke", type: "button", onclick: () => { strokes.pop(); repaint(); askForDrawing(); } });
  return [canvas, element("div", { className: "line" }, clear, back)];
}

function pictureFile() {
  const input = element("input", { type: "file", accept: "image/png,image/jpeg,image/bmp,image/gif,image/webp" });
  input.addEventListener("change", () => { if (input.files.length) predict(input.files[0], input.files[0].type || "application/octet-stream"); });
  return element("label", { className: "line" }, element("span", { textContent: "Picture file" }), input);
}

/* Rows, points, texts */

function row(columns) {
  const fields = columns.map((column) => {
    const field = column.categories.length
      ? element("select", {}, element("option", { value: "", textContent: "missing" }), ...column.categories.map((name) => element("option", { value: name, textContent: name })))
      : element("input", { type: "text", inputMode: column.kind === "number" ? "decimal" : "text", placeholder: "missing" });
    field.addEventListener("input", () => soon(send));
    return [column, field];
  });
  function send() {
    const given = {};
    for (const [column, field] of fields) given[column.name] = field.value.trim() === "" ? null : field.value;
    predictInput(given);
  }
  return fields.map(([column, field]) => element("label", { className: "line" }, element("span", { textContent: column.name }), field));
}

function point() {
  const send = () => predictInput(sliders.map(([, slider]) => Number(slider.value)));
  const sliders = ["x", "y"].map((name) => {
    const slider = element("input", { type: "range", min: -1.5, max: 1.5, step: 0.01, value: 0 });
    const value = element("output", { textContent: "0.00" });
    slider.addEventListener("input", () => { value.textContent = Number(slider.value).toFixed(2); soon(send); });
    return [element("label", { className: "line" }, element("span", { textContent: name }), slider, value), slider];
  });
  soon(send);
  return sliders.map(([line]) => line);
}

function text() {
  const field = element("textarea", { maxLength: 100000 });
  field.setAttribute("aria-label", "Text");
  field.addEventListener("input", () => soon(() => field.value ? predictInput(field.value) : show({})));
  return [field];
}

function writing() {
  const prompt = element("textarea", { maxLength: 100000, placeholder: "How the text begins" });
  prompt.setAttribute("aria-label", "Prompt");
  const heat = element("input", { type: "range", min: 0, max: 2, step: 0.1, value: 0.8 }), shown = element("output", { textContent: "0.8" });
  heat.addEventListener("input", () => { shown.textContent = Number(heat.value).toFixed(1); });
  const button = element("button", { className: "main", type: "button", textContent: "Write" });
  button.addEventListener("click", () => asking ? asking.abort() : write(prompt.value, Number(heat.value), button));
  return [prompt, element("label", { className: "line" }, element("span", { textContent: "Temperature" }), heat, shown), element("div", { className: "line" }, button)];
}

async function write(prompt, temperature, button) {
  const own = asking = new AbortController();
  button.textContent = "Stop"; show({}); say(null); $("answer").className = "long"; $("answer").textContent = prompt;
  try {
    const body = JSON.stringify({ prompt, temperature, length: 500, seed: Math.floor(Math.random() * 2 ** 31) });
    const reply = await ask(base() + "/generate", { method: "POST", body, signal: own.signal });
    let ended = false;
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = "", part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (rest + part.value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const found = JSON.parse(event.slice(6));
        if (found.error) throw new Error(found.error);
        if (found.done) ended = true;
        if (found.text) $("answer").append(found.text);
        if (found.remark) $("bars").replaceChildren(element("p", { className: "muted", textContent: found.remark }));
      }
    }
    if (!ended) throw new Error("The text ends early: the service has gone.");
  } catch (error) {
    if (error.name !== "AbortError") say(error);
  } finally {
    if (own === asking) asking = null;
    button.textContent = "Write";
  }
}

function choose() {
  if (asking) asking.abort();
  asking = null; clearTimeout(waiting); show({}); say(null);
  const about = model();
  const forms = { picture: () => [...(about.drawn ? pad() : []), pictureFile()], row: () => row(about.columns), point, text };
  const form = about.writes ? writing : forms[about.takes];
  const none = () => [element("p", { textContent: "This network gives no classes, numbers or texts. Ask it for tensors: see API." })];
  $("input").replaceChildren(...(form || none)());
  $("about").textContent = [about.title, about.data, about.parameters.toLocaleString("en") + " parameters"].filter(Boolean).join(" · ");
}

async function start() {
  try {
    models = (await (await ask("v1/models")).json()).models;
  } catch (error) { say(error); return; }
  say(null);
  $("model").replaceChildren(...models.map((item) => element("option", { value: item.name, textContent: item.name })));
  choose();
}

$("model").addEventListener("change", choose);
$("token").addEventListener("change", start);
start();

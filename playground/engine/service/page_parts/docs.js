/* What a body may look like, from its schema. */
function example(schema, name = "") {
  if (!schema) return undefined;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return example(choices[choices.length > 1 && choices[0].contentEncoding ? 1 : 0], name);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") {
    const wanted = Object.entries(schema.properties || {});
    return Object.fromEntries(wanted.map(([key, value]) => [key, example(value, key)]));
  }
  if (type === "array") return Array(schema.minItems || 1).fill(example(schema.items || {}, name));
  if (type === "number" || type === "integer") return schema.minimum ?? 0;
  return type === "string" ? "" : 0;
}

function operation(path, method, about) {
  const json = about.requestBody?.content["application/json"];
  const body = element("textarea", { value: json ? JSON.stringify(json.example ?? example(json.schema)) : "", spellcheck: false });
  body.setAttribute("aria-label", "Body");
  const button = element("button", { className: "main", type: "button", textContent: "Send" });
  const answer = element("pre", { hidden: true });
  answer.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const began = performance.now();
      const options = json ? { body: body.value, headers: { "Content-Type": "application/json" } } : {};
      const reply = await ask(path.slice(1), { method: method.toUpperCase(), raw: true, ...options });
      let words = await reply.text();
      try { words = JSON.stringify(JSON.parse(words), null, 1); } catch (error) { /* not JSON: shown as it is */ }
      answer.textContent = `${reply.status} ${reply.statusText}, ${(performance.now() - began).toFixed(0)} ms\n\n${words}`;
      say(null);
    } catch (error) { answer.textContent = error.message; }
    answer.hidden = false; button.disabled = false;
  });
  const statuses = Object.entries(about.responses).map(([status, one]) => status + (one.description ? " " + one.description : ""));
  return element("details", {}, element("summary", {}, element("code", { textContent: method.toUpperCase() + " " + path }), " · " + about.summary),
    element("p", { className: "muted", textContent: "Answers: " + statuses.join(", ") }), ...(json ? [body] : []),
    element("div", { className: "line" }, button), answer);
}

async function start() {
  try {
    const document = await (await ask("openapi.json")).json();
    const found = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, about]) => operation(path, method, about)));
    $("operations").replaceChildren(...found);
    say(null);
  } catch (error) { say(error); }
}

$("token").addEventListener("change", start);
start();

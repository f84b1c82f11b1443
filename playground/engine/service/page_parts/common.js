"use strict";
const $ = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/* A request to the service, with the token where there is one; what is refused throws its sentence. */
async function ask(path, options = {}) {
  const headers = { ...(options.headers || {}) };
  if ($("token").value) headers.Authorization = "Bearer " + $("token").value;
  let reply;
  try {
    reply = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The service cannot be reached.");
  }
  if (reply.status === 401) $("token-field").hidden = false;
  if (reply.ok || options.raw) return reply;
  let words = reply.status + " " + reply.statusText;
  try { words = (await reply.json()).detail; } catch (error) { /* not one of our documents: the status has to do */ }
  throw new Error(words);
}

function say(error) { $("problem").textContent = error ? error.message : ""; }

/* A link may hand over the token behind its #, which no browser sends; it does not stay in the address. */
const handed = new URLSearchParams(location.hash.slice(1)).get("token");
if (handed) { $("token").value = handed; history.replaceState(null, "", location.pathname); }

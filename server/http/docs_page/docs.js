// Shows /api/openapi.json. Text goes in as text nodes only, so nothing in the document can be markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete", "options"];

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function named(api, reference) {
  return reference.split("/").slice(1).reduce((node, part) => node[part], api);
}

function kind(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(kind).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `${kind(schema.items)}[]`;
  if (schema.type === "object" && schema.additionalProperties)
    return `{name: ${kind(schema.additionalProperties)}}`;
  return [schema.type, schema.format].filter(Boolean).join(", ") || "any";
}

function limits(schema) {
  const names = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "default"];
  return names
    .filter((name) => schema?.[name] !== undefined && schema[name] !== null)
    .map((name) => `${name} ${JSON.stringify(schema[name])}`)
    .join(", ");
}

// A model as an outline, each model opened once on the way down.
function outline(api, schema, indent = "", seen = []) {
  if (schema?.$ref) {
    const name = schema.$ref.split("/").pop();
    if (seen.includes(name)) return name;
    return outline(api, named(api, schema.$ref), indent, [...seen, name]);
  }
  if (schema?.anyOf) return schema.anyOf.map((part) => outline(api, part, indent, seen)).join(" | ");
  if (schema?.type === "array") return `[${outline(api, schema.items, indent, seen)}, …]`;
  if (!schema?.properties) return kind(schema);
  const lines = Object.entries(schema.properties).map(([name, inner]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    return `${indent}  ${name}${optional}: ${outline(api, inner, `${indent}  `, seen)}`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function contents(api, content) {
  return Object.entries(content ?? {}).map(([type, media]) =>
    make("div", "", make("p", "words", type), ...(media.schema ? [make("pre", "", outline(api, media.schema))] : [])),
  );
}

function parameters(list) {
  const rows = list.map((one) =>
    make("tr", "",
      make("td", "", one.name),
      make("td", "", one.in),
      make("td", "", kind(one.schema)),
      make("td", "", [one.required ? "required" : "", limits(one.schema), one.description].filter(Boolean).join("; "))),
  );
  return make("table", "", make("tbody", "", ...rows));
}

function answers(api, responses) {
  return Object.entries(responses)
    .filter(([status]) => status !== "default")
    .flatMap(([status, one]) => [
      make("h3", "", `${status} ${one.description}`),
      ...(one.headers ? [make("p", "words", `Headers: ${Object.keys(one.headers).join(", ")}`)] : []),
      ...contents(api, one.content),
    ]);
}

function access(security) {
  if (!security.length) return "Open to all.";
  const names = security.map((way) => Object.keys(way)[0] ?? "nobody in particular");
  return `Opened by: ${names.join(", or ")}.`;
}

function operation(api, method, path, one) {
  const body = make("div", "", make("p", "words", access(one.security)));
  if (one.description) body.append(make("p", "", one.description));
  if (one.parameters.length) body.append(make("h3", "", "Parameters"), parameters(one.parameters));
  if (one.requestBody) body.append(make("h3", "", "Body"), ...contents(api, one.requestBody.content));
  body.append(...answers(api, one.responses));
  const head = make("summary", "",
    make("span", "method", method.toUpperCase()), make("span", "path", path), make("span", "words", one.summary));
  const box = make("details", "", head, body);
  box.id = one.operationId;
  box.dataset.words = `${method} ${path} ${one.summary}`.toLowerCase();
  return box;
}

function show(api) {
  document.getElementById("about").textContent = `Version ${api.info.version}. ${api.info.description}`;
  const main = document.getElementById("operations");
  for (const { name } of api.tags) {
    const section = make("section", "", make("h2", "", name));
    for (const [path, methods] of Object.entries(api.paths))
      for (const method of METHODS)
        if (methods[method]?.tags.includes(name)) section.append(operation(api, method, path, methods[method]));
    main.append(section);
  }
  if (location.hash) {
    const box = document.getElementById(location.hash.slice(1));
    if (box) box.open = true;
    box?.scrollIntoView();
  }
}

document.getElementById("filter").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const section of document.querySelectorAll("section")) {
    let any = false;
    for (const box of section.querySelectorAll("details")) {
      box.hidden = !box.dataset.words.includes(wanted);
      any ||= !box.hidden;
    }
    section.hidden = !any;
  }
});

fetch("/api/openapi.json")
  .then((response) => response.json())
  .then(show, () => {
    document.getElementById("about").textContent = "The document could not be read. Reload to try again.";
  });

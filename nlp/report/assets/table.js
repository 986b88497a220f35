// Tables. Every cell carries the name of its column, so that on a phone the rows can stand as blocks.

// `columns`: names, with a leading # where they hold numbers. A cell is a text, or an element made elsewhere.
// A small table stays one on a phone.
function tableOf(columns, rows, label, isSmall = false) {
  const table = element("table", isSmall ? "table small" : "table"), head = element("thead"), body = element("tbody"), names = element("tr");
  table.setAttribute("aria-label", label);
  const plain = columns.map((name) => name.replace(/^#/, ""));
  const isNumber = columns.map((name) => name.startsWith("#"));
  plain.forEach((name, i) => {
    const cell = element("th", isNumber[i] ? "number" : "", name);
    cell.scope = "col";
    names.append(cell);
  });
  head.append(names);
  for (const row of rows) {
    const line = element("tr");
    row.forEach((value, i) => {
      const cell = element("td", isNumber[i] ? "number" : "");
      cell.dataset.label = plain[i];
      cell.append(value);
      line.append(cell);
    });
    body.append(line);
  }
  table.append(head, body);
  const box = element("div", "table-box");
  box.append(table);
  return box;
}

// A narrative's name with its colour before it.
function narrativeCell(data, at) {
  const cell = element("span", "named");
  cell.append(swatch(at), foreign("bdi", "", data.narratives[at].name));
  return cell;
}

function jumpTo(text, onClick) {
  const jump = element("button", "jump", text);
  jump.type = "button";
  jump.addEventListener("click", onClick);
  return jump;
}

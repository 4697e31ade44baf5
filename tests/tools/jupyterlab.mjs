// Works with notebooks in a real JupyterLab, in Chromium, as a person does. The current folder has the notebook of lesson 4.
// Usage: node jupyterlab.mjs PYTHON PICTURES SOLUTION, where the last one is the solution of exercise 8
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { count } from "./pixels.mjs";

const [python, pictures, solution] = process.argv.slice(2);
// Nothing here takes long; the machine may be busy.
const timeout = 120_000;

function check(is, message) {
  if (!is) throw new Error(message);
}

async function until(what, is) {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await is();
    if (value) return value;
    check(Date.now() < end, `waited too long for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Starts JupyterLab. It asks for no news, and waits for a slow kernel.
async function startServer() {
  const settings = join(process.cwd(), "settings", "@jupyterlab");
  for (const [file, values] of [
    ["apputils-extension/notification", { fetchNews: "false", checkForUpdates: false }],
    ["completer-extension/manager", { providerTimeout: timeout }],
    ["notebook-extension/tracker", { windowingMode: "none" }],
  ]) {
    const path = join(settings, `${file}.jupyterlab-settings`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(values));
  }
  const server = spawn(
    python,
    [
      "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
      "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
    ],
    // Without Node.js in the path, it does not try to build itself.
    { env: { ...process.env, PATH: dirname(python), JUPYTERLAB_SETTINGS_DIR: dirname(settings) }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  server.stderr.on("data", (text) => { log += text; });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const file = join(process.env.JUPYTER_RUNTIME_DIR, `jpserver-${server.pid}.json`);
  await until("JupyterLab", () => {
    check(server.exitCode === null, `JupyterLab has ended: ${log}`);
    return existsSync(file) && readFileSync(file, "utf8").trim().endsWith("}");
  });
  const { url, token } = JSON.parse(readFileSync(file, "utf8"));
  const stop = async () => {
    const answer = await fetch(`${url}api/shutdown`, { method: "POST", headers: { Authorization: `token ${token}` } });
    if (!answer.ok) server.kill();
    await ended;
  };
  return { url, token, stop, log: () => log };
}

// A notebook in a window of its own.
class Notebook {
  static async open(browser, server, file) {
    const context = await browser.newContext({ viewport: { width: 940, height: 720 } });
    context.setDefaultTimeout(timeout);
    const page = await context.newPage();
    const name = file.replace(".ipynb", "");
    // `doc` shows one document, without the list of files.
    await page.goto(`${server.url}doc/workspaces/${name}/tree/${file}?token=${server.token}`);
    const notebook = new Notebook(page, file);
    await notebook.cell(0).waitFor();
    await notebook.idle();
    return notebook;
  }

  constructor(page, file) {
    Object.assign(this, { page, file });
  }

  cell(index) {
    return this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").nth(index);
  }

  async idle() {
    await this.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  }

  // Writes code into the last cell. Returns this cell.
  async type(code) {
    const cells = this.page.locator(".jp-Notebook .jp-CodeCell");
    const cell = cells.nth((await cells.count()) - 1);
    await cell.locator(".cm-content").click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.insertText(code);
    return cell;
  }

  // Writes a cell and runs it. A new cell is below it then.
  async begin(code) {
    const cell = await this.type(code);
    await this.page.keyboard.press("Shift+Enter");
    return cell;
  }

  async done(cell) {
    await until("the number of the cell", async () => /^\[\d+\]:$/.test(await prompt(cell)));
    return text(cell);
  }

  async run(code) {
    return this.done(await this.begin(code));
  }

  async button(command) {
    await this.page.locator(`.jp-NotebookPanel-toolbar [data-command="${command}"]`).first().click();
  }

  async picture(name, target) {
    const path = join(pictures, `jupyterlab-${name}.png`);
    return (target ?? this.page).screenshot({ path });
  }
}

const prompt = (cell) => cell.locator(".jp-InputPrompt").innerText();
const text = async (cell) => (await cell.locator(".jp-OutputArea-output").allInnerTexts()).join("\n");
const shows = (cell, part) => until(part, async () => (await text(cell)).includes(part));

// A lesson, from its first cell to its last.
async function lesson(notebook) {
  const { page } = notebook;
  const { cells: written } = JSON.parse(readFileSync(notebook.file, "utf8"));
  await until("all cells", async () => (await page.locator(".jp-Notebook .jp-Cell").count()) === written.length);
  const cells = page.locator(".jp-Notebook .jp-CodeCell");
  const count = await cells.count();
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  for (let index = 0; index < count; index += 1) {
    const cell = cells.nth(index);
    await notebook.done(cell);
    check(!(await cell.locator('[data-mime-type="application/vnd.jupyter.error"]').count()), await text(cell));
  }
  await cells.nth(0).scrollIntoViewIfNeeded();
  check((await text(cells.nth(0))).includes("30 shipments are on the road"), await text(cells.nth(0)));
  await notebook.picture("lesson");
}

// An exercise and a plot of one's own, at the end of the lesson. Then the notebook is saved.
async function ownCells(notebook) {
  const { page } = notebook;
  const add = async (code) => {
    const before = await page.locator(".jp-Notebook .jp-Cell").count();
    // The last cell of a lesson is text. Below it is a new cell.
    await notebook.cell(before - 1).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("b");
    await until("a new cell", async () => (await page.locator(".jp-Notebook .jp-Cell").count()) === before + 1);
    const cell = await notebook.type(code);
    await page.keyboard.press("Control+Enter");
    return [cell, await notebook.done(cell)];
  };
  const [, code] = readFileSync(solution, "utf8").split("// %% Your part\n");
  const [checked, verdict] = await add(`:check 8\n${code.trim()}`);
  check(verdict.includes("\u2713 Solved"), verdict);
  await checked.scrollIntoViewIfNeeded();
  await notebook.picture("exercise");
  const [plotted] = await add("parallel(20, 200, |i| { db.load.insert_one(#{ n: i }); });\nplot(client.pool)");
  await plotted.locator(".jp-RenderedSVG img").waitFor();
  await page.keyboard.press("Control+S");
  await until("the saved notebook", () => {
    const saved = readFileSync(notebook.file, "utf8");
    return saved.includes(":check 8") && saved.includes("plot(client.pool)") && saved.includes("image/svg+xml");
  });
}

// Two notebooks have two kernels, and one server.
async function share(notebook, other) {
  await notebook.run("let only_here = 1; db.shared.drop(); db.shared.insert_one(#{ _id: 7 });");
  const shown = await other.run("only_here");
  check(shown.includes("there is no variable `only_here`"), shown);
  check((await other.run("db.shared.find_one(7)")).includes("7"), "the other notebook has another server");
}

// Stop ends a cell wherever it is; the variables stay.
async function stop(notebook, other) {
  await notebook.run("let kept = 42; db.slow.drop(); db.slow.insert_one(#{});");
  const slow = '#{ "$where": "sleep(600000); return true;" }';
  for (const code of ["sleep(600);", "loop {}", `db.slow.find(${slow}).to_array();`]) {
    const cell = await notebook.begin(`print("begun");\n${code}`);
    await shows(cell, "begun");
    if (code.includes("$where")) {
      // The other notebook has the same server, so it sees that the query runs there.
      const query = '#{ aggregate: 1, pipeline: [#{ "$currentOp": #{} }, #{ "$match": #{ ns: Regex("slow"), op: "query" } }], cursor: #{} }';
      const seen = await other.run(`eventually(60, || client.admin.command(${query}).cursor.firstBatch.len() > 0); print("seen");`);
      check(seen.includes("seen"), seen);
    }
    await notebook.button("notebook:interrupt-kernel");
    const shown = await notebook.done(cell);
    check(shown.includes("Interrupted") || shown.includes("interrupted"), shown);
    check((await notebook.run("kept")).includes("42"), "the variable is gone");
  }
}

// Tab completes, Shift-Tab explains.
async function help(notebook) {
  const { page } = notebook;
  const cell = await notebook.type("db.slow.find_o");
  await page.keyboard.press("Tab");
  const list = page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item");
  await list.first().waitFor();
  check((await list.allInnerTexts()).join().includes("find_one_and_update"), "the list is incomplete");
  await list.filter({ hasText: /^find_one\($/ }).click();
  await until("the chosen name", async () => (await cell.locator(".cm-content").innerText()) === "db.slow.find_one(");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+Tab");
  const tip = page.locator(".jp-Tooltip");
  await tip.waitFor();
  check((await tip.innerText()).includes("find_one("), await tip.innerText());
  await notebook.picture("shift-tab");
  await page.keyboard.press("Escape");
}

// A watch is one table, which grows while both notebooks write.
async function watch(notebook, other) {
  await notebook.run("db.orders.drop(); db.orders.insert_one(#{ _id: 0 });");
  const cell = await notebook.begin(":watch orders");
  await notebook.done(cell);
  await notebook.run('db.orders.insert_one(#{ _id: 1, city: "Miami" });');
  await other.run('db.orders.update_one(#{ _id: 1 }, #{ "$set": #{ city: "Dallas" } });');
  await shows(cell, "Dallas");
  check((await cell.locator(".jp-OutputArea-output table").count()) === 1, await text(cell));
  await cell.scrollIntoViewIfNeeded();
  await notebook.picture("watch");
  check((await notebook.run(":stop")).includes("stopped"), "the watch goes on");
}

// A plot is a picture, which the browser draws.
async function plot(notebook) {
  const code = [
    "let small = connect(#{ max_pool_size: 5 });",
    "let events = small.lessons.events;",
    "parallel(20, 200, |i| { events.insert_one(#{ n: i }); });",
    "plot(small.pool)",
  ].join("\n");
  const cell = await notebook.begin(code);
  await notebook.done(cell);
  const drawn = cell.locator(".jp-RenderedSVG");
  await drawn.waitFor();
  const image = drawn.locator("img");
  await until("the picture", () => image.evaluate((node) => node.complete && node.naturalWidth > 0));
  await cell.scrollIntoViewIfNeeded();
  const seen = await notebook.picture("plot", cell);
  // Each line has its colour. The dashed line of the maximum is grey, like text.
  for (const colour of [[0x2f, 0x7f, 0xc1], [0xd0, 0x66, 0x0b], [0xbf, 0x4f, 0x97]]) {
    const pixels = await notebook.page.evaluate(count, [seen.toString("base64"), colour]);
    check(pixels > 100, `the picture has ${pixels} pixels of the colour ${colour}`);
  }
}

// Restart forgets the variables.
async function restart(notebook) {
  await notebook.button("notebook:restart-kernel");
  await notebook.page.locator(".jp-Dialog .jp-mod-warn").click();
  const cell = await notebook.begin("kept");
  await shows(cell, "kept");
  const shown = await notebook.done(cell);
  check(shown.includes("there is no variable `kept`"), shown);
  check((await prompt(cell)) === "[1]:", await prompt(cell));
}

function empty() {
  const cell = { cell_type: "code", id: "first", metadata: {}, source: "", outputs: [], execution_count: null };
  const kernelspec = { name: "seaworthy", display_name: "seaworthy", language: "rhai" };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] });
}

const server = await startServer();
let browser;
try {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  for (const name of ["work.ipynb", "other.ipynb"]) writeFileSync(name, empty());
  const open = (file) => Notebook.open(browser, server, file);
  const [first, work, other] = [await open("04_writes_with_error_handling.ipynb"), await open("work.ipynb"), await open("other.ipynb")];
  for (const [part, notebook] of [[lesson, first], [ownCells, first], [share, work], [stop, work], [help, work], [watch, work], [plot, work], [restart, work]]) {
    try {
      await part(notebook, other);
    } catch (error) {
      await notebook.picture("failed");
      throw new Error(`${part.name}: ${error.stack}\n${server.log().slice(-2000)}`);
    }
  }
  console.log("JupyterLab works");
} finally {
  await browser?.close();
  await server.stop();
}

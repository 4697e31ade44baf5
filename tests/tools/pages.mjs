// Opens every page of a folder in Chromium, with the network blocked, and reports what is wrong.
// Usage: node pages.mjs FOLDER
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2]);
const files = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
const problems = [];
let questions = 0;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

// Opens a page in its own context, so that two pages share nothing.
async function open(file, options) {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(join(folder, file)).href;
  const wrong = (what) => problems.push(`${file}: ${what}`);
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) {
      wrong(`requests ${request.url()}`);
    }
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong(`script: ${error.message}`));
  await page.goto(address);
  return { page, wrong, close: () => context.close() };
}

async function accessible(file, colorScheme) {
  const { page, wrong, close } = await open(file, { colorScheme, viewport: { width: 1400, height: 900 } });
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  for (const { id, nodes } of violations) {
    for (const node of nodes) wrong(`${colorScheme}: axe ${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`);
  }
  if (passes.length < 10) wrong("axe checked almost nothing");
  await close();
}

// 320 pixels are a narrow phone, and a wide screen at 400 %.
async function narrow(file, width) {
  const { page, wrong, close } = await open(file, { viewport: { width, height: 900 } });
  const [content, window] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    return [scrollWidth, clientWidth];
  });
  if (content > window) wrong(`${width} pixels: the page scrolls sideways (${content})`);
  await close();
}

// A question works with the keyboard and without JavaScript.
async function answers(file) {
  const { page, wrong, close } = await open(file, { javaScriptEnabled: false });
  const choices = page.locator(".choice");
  for (let index = 0; index < (await choices.count()); index += 1) {
    const choice = choices.nth(index);
    const why = choice.locator(".why");
    if (await why.isVisible()) wrong(`choice ${index} is explained before it is ticked`);
    await choice.locator("input").focus();
    await page.keyboard.press("Space");
    if (!(await why.isVisible())) wrong(`choice ${index} is not explained`);
    questions += 1;
  }
  await close();
}

// Printed, all explanations can be read.
async function prints(file) {
  const { page, wrong, close } = await open(file, {});
  await page.emulateMedia({ media: "print" });
  const hidden = await page.locator(".why:visible").count();
  const all = await page.locator(".why").count();
  if (hidden !== all) wrong(`printed: ${all - hidden} explanations are hidden`);
  await page.pdf({ path: join(folder, file.replace(/html$/, "pdf")) });
  await close();
}

// Light and dark by the button, copying by the keyboard.
async function buttons(file) {
  const { page, wrong, close } = await open(file, { colorScheme: "light" });
  if (await page.locator("canvas").count()) {
    await timeline(page, wrong);
    await close();
    return;
  }
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await back();
  await page.locator("button.theme").focus();
  await page.keyboard.press("Enter");
  if ((await back()) === light) wrong("the button does not change the colours");
  const cells = await page.locator("figure.cell").count();
  const copies = await page.locator("button.copy").count();
  if (cells !== copies) wrong(`${cells} cells have ${copies} copy buttons`);
  await close();
}

// A timeline works with the keyboard: every failed and unknown operation can be reached and read.
async function timeline(page, wrong) {
  await page.locator("canvas").focus();
  const detail = page.locator("#detail");
  await page.keyboard.press("f");
  const first = await detail.innerText();
  if (!/failed|unknown/.test(first)) wrong(`f shows: ${first}`);
  if (!/line \d+ of /.test(first)) wrong(`the line is missing: ${first}`);
  for (const key of ["+", "+", "ArrowRight", "ArrowDown", "-", "0", "ArrowUp", "ArrowLeft"]) {
    await page.keyboard.press(key);
  }
  if (!(await detail.innerText())) wrong("the keys lose the chosen operation");
  const link = await page.locator("#detail a").getAttribute("href");
  await page.keyboard.press("Escape");
  if (await detail.innerText()) wrong("Escape leaves a chosen operation");
  await page.evaluate((hash) => { location.hash = hash; }, link);
  await page.waitForFunction(() => document.getElementById("detail").textContent);
  await page.locator("#problems").check();
  await page.locator("#search").fill("insert");
  await page.locator("table.script tr:has(.bar)").first().click();
  if (!(await page.locator("tr.here").count())) wrong("a line of the script chooses nothing");
}

for (const file of files) {
  for (const scheme of ["light", "dark"]) await accessible(file, scheme);
  for (const width of [320, 800]) await narrow(file, width);
  await answers(file);
  await prints(file);
  await buttons(file);
}
await browser.close();
for (const problem of problems) console.log(problem);
console.log(`${files.length} pages, ${questions} choices, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);

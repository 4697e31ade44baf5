// Takes screenshots of the page of a timeline, and checks that each shows what the recording has.
// Usage: node timeline_pictures.mjs PAGE FOLDER NAME COLOURS [ERROR]
// COLOURS are names of the page's colours, such as `ok,failed,fault`. ERROR is zoomed in on.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { count } from "./pixels.mjs";

const [file, folder, name, names, error] = process.argv.slice(2);
const address = pathToFileURL(resolve(file)).href;

function check(is, message) {
  if (!is) throw new Error(`${name}: ${message}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

async function open(width, colorScheme) {
  // A page of its own counts the pixels: the policy of the timeline's page forbids images.
  const context = await browser.newContext({ offline: true, colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  return { page, context, counter: await context.newPage() };
}

// Returns a colour of the page as numbers.
const colour = (page, variable) => page.evaluate((variable) => {
  const probe = document.createElement("span");
  probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(`--${variable}`);
  document.body.append(probe);
  const numbers = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
  probe.remove();
  return numbers;
}, variable);

// Every outcome, state and fault of the recording has its colour in the lanes.
async function hasColours({ page, counter }, size) {
  const seen = (await page.locator("canvas").screenshot()).toString("base64");
  for (const variable of names.split(",")) {
    const pixels = await counter.evaluate(count, [seen, await colour(page, variable)]);
    check(pixels > 40, `${size}: ${pixels} pixels have the colour ${variable}`);
  }
}

// The script is beside the lanes if there is room, else below them.
async function hasScript({ page }, width) {
  const lanes = await page.locator("#view").boundingBox();
  const script = await page.locator("table.script").first().boundingBox();
  const isBeside = script.x > lanes.x + lanes.width;
  check(isBeside === width >= 1200, `${width}: the script is at ${JSON.stringify(script)}`);
  if (!isBeside) check(script.y > lanes.y + lanes.height, `${width}: the script covers the lanes`);
}

// The faults and the moments when clients noticed them, in the first lane.
async function zoomed({ page }) {
  const detail = page.locator("#detail");
  await page.locator("canvas").focus();
  let shown;
  do {
    const before = shown;
    await page.keyboard.press("f");
    shown = await detail.innerText();
    check(shown !== before, `f does not lead to ${error}`);
  } while (!shown.includes(error));
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("+");
  await page.evaluate(() => scrollTo(0, 0));
  await settled(page);
  return page.screenshot();
}

const settled = (page) => page.evaluate(() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(done));
}));

const pictures = {};
for (const width of [1400, 800, 320]) {
  for (const scheme of ["light", "dark"]) {
    const opened = await open(width, scheme);
    await hasColours(opened, `${width}, ${scheme}`);
    await hasScript(opened, width);
    await opened.page.evaluate(() => scrollTo(0, 0));
    pictures[`${name}-${width}-${scheme}`] = await opened.page.screenshot();
    if (error && width === 1400 && scheme === "light") pictures[`${name}-zoomed`] = await zoomed(opened);
    await opened.context.close();
  }
}
await browser.close();
for (const [picture, bytes] of Object.entries(pictures)) writeFileSync(join(folder, `${picture}.png`), bytes);
console.log(Object.keys(pictures).join(" "));

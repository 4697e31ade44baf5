// Opens a Chrome trace in speedscope, with the network blocked, and prints the title of the page and
// the profile that is shown.
// Usage: node speedscope.mjs FILE
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const viewer = pathToFileURL(join(here, "node_modules/speedscope/dist/release/index.html")).href;
const problems = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--allow-file-access-from-files"],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
await page.context().setOffline(true);
page.on("pageerror", (error) => problems.push(error.message));
page.on("console", (message) => {
  if (message.type() === "error") problems.push(message.text());
});
await page.goto(viewer);
await page.locator("input[type=file]").setInputFiles(process.argv[2]);
const profile = page.getByText(/\(1\/\d+\)/).last();
try {
  await profile.waitFor();
  console.log(await page.title());
  console.log(await profile.innerText());
} catch (error) {
  problems.push(error.message, await page.locator("body").innerText());
}
await browser.close();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

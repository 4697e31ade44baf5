// Measures how long a page of a timeline takes to open, and to draw while a person zooms and moves.
// Usage: node timeline_frames.mjs PAGE
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ offline: true, viewport: { width: 1400, height: 900 } });
const begin = performance.now();
await page.goto(pathToFileURL(resolve(process.argv[2])).href);
const opened = performance.now() - begin;
const { slices, times } = await page.evaluate(async () => {
  const canvas = document.querySelector("canvas");
  const { calls, commands } = JSON.parse(document.getElementById("data").textContent);
  const times = [];
  canvas.focus();
  const keys = ["f", ...Array(12).fill("+"), ...Array(24).fill("ArrowRight"), ...Array(12).fill("-"), "0"];
  for (const key of keys) {
    const begin = performance.now();
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
    const asked = performance.now() - begin;
    // The page draws in the next frame, before this callback.
    const drawn = await new Promise((done) => requestAnimationFrame((frame) => done(performance.now() - frame)));
    times.push(asked + drawn);
  }
  return { slices: (calls[0]?.length ?? 0) + (commands[0]?.length ?? 0), times: times.sort((a, b) => a - b) };
});
await browser.close();
const at = (part) => times[Math.floor((times.length - 1) * part)].toFixed(1);
console.log(`a page of ${slices} slices: open after ${(opened / 1000).toFixed(2)} s; ${times.length} frames, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`);

// Returns how many pixels of a screenshot (PNG in Base64) have almost this colour. It runs in the browser, with `page.evaluate`.
export async function count([screenshot, colour]) {
  const image = new Image();
  image.src = `data:image/png;base64,${screenshot}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (colour.every((part, index) => Math.abs(part - data[at + index]) < 12)) found += 1;
  }
  return found;
}

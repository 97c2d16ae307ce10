"""Measures how well the words of a page stand out from what is behind them, by WCAG 2.2 (1.4.3, contrast)."""

from tests.web.chromium import Browser

AA_TEXT, AA_LARGE_TEXT = 4.5, 3.0

MEASURE = """
const [normal, large] = arguments;
function channels(colour) {
  const found = colour.match(/[\\d.]+/g).map(Number);
  return [found[0], found[1], found[2], found.length > 3 ? found[3] : 1];
}
function over(front, back) {
  return [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
}
function behind(element) {
  const layers = [];
  for (let each = element; each; each = each.parentElement) {
    layers.push(channels(getComputedStyle(each).backgroundColor));
  }
  return layers.reverse().reduce((back, layer) => over(layer, back), [255, 255, 255, 1]);
}
function luminance(colour) {
  const [r, g, b] = colour.slice(0, 3).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const words = walker.currentNode.textContent.trim();
  if (!words || !element.checkVisibility()) continue;
  if (element.closest(".unseen, :disabled, script, datalist")) continue;
  const style = getComputedStyle(element);
  const back = behind(element);
  const front = over(channels(style.color), back);
  const [low, high] = [luminance(front), luminance(back)].sort((a, b) => a - b);
  const ratio = (high + 0.05) / (low + 0.05);
  const size = parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (isLarge ? large : normal)) found.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
}
return found;
"""


def too_faint(page: Browser) -> list[str]:
    """The visible words with less contrast than level AA asks for, each with its ratio."""
    found: list[str] = page.run(MEASURE, AA_TEXT, AA_LARGE_TEXT)
    return found

// Every word on the labelling screen with too little contrast to its ground, by WCAG 2.2 AA
// (https://www.w3.org/TR/WCAG22/#contrast-minimum): 4.5 to 1, or 3 to 1 for large words.
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const seen = new Map();
  const parse = colour => {
    if (!seen.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      seen.set(colour, [r, g, b, a / 255]);
    }
    return seen.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) =>
    [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const behind = new Map([[null, {ground: [255, 255, 255, 1], opacity: 1}]]);
  const around = element => {
    if (!behind.has(element)) {
      const {ground, opacity} = around(element.parentElement);
      const style = getComputedStyle(element);
      behind.set(element, {
        ground: over(parse(style.backgroundColor), ground),
        opacity: opacity * Number(style.opacity),
      });
    }
    return behind.get(element);
  };
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map(c => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const found = [];
  let checked = 0;
  const look = (element, style, words) => {
    const {ground, opacity} = around(element);
    const [r, g, b, a] = parse(style.color);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const given = ratio(over([r, g, b, a * opacity], ground), ground);
    checked += 1;
    if (given < (large ? 3 : 4.5)) found.push(`${given.toFixed(2)} ${element.className}: ${words.slice(0, 40)}`);
  };
  const walker = document.createTreeWalker(document.querySelector('.quotemark'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() && element.checkVisibility({visibilityProperty: true}) && element.tagName !== 'STYLE')
      look(element, getComputedStyle(element), node.data);
  }
  for (const field of document.querySelectorAll('.quotemark :is(input, textarea)[placeholder]'))
    if (field.checkVisibility()) look(field, getComputedStyle(field, '::placeholder'), field.placeholder);
  return {checked, found};
}

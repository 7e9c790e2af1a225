// Finds words of which a part cannot be seen: cut off at the edge of the window or of a box that
// hides what does not fit, or hanging out of their button, and choices and hints wider than their field.

/** One line for each text that is cut off; `width` is that of the window. */
export async function cutOffTexts(page, width) {
  return page.evaluate((width) => {
    const found = new Set();
    const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
    const ruler = document.createElement('canvas').getContext('2d');
    const textWidth = (text, { font }) => {
      ruler.font = font;
      return ruler.measureText(text).width;
    };
    const note = (element, text, why) => found.add(`${element.localName}${element.dataset.testid ? ` ${element.dataset.testid}` : ''} ${JSON.stringify(text.trim().slice(0, 60))} ${why}`);

    /** What is shown to nobody, or to screen readers only. */
    const unseen = (style) => style.visibility !== 'visible' || style.opacity === '0' || style.clipPath !== 'none';

    const inside = (rect, box) => rect.left >= box.left - 1 && rect.right <= box.right + 1;

    const lookAtText = (node) => {
      const element = parentOf(node);
      if (!element.checkVisibility()) return;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 0);
      for (let box = element; box && rects.length > 0; box = parentOf(box)) {
        const style = getComputedStyle(box);
        if (unseen(style)) return;
        if (style.display === 'contents') continue;
        const edge = box.getBoundingClientRect();
        if (['auto', 'scroll'].includes(style.overflowX)) return; // it can be brought to sight
        const hides = style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis';
        const holds = box.matches('button, .button, .card, select, summary');
        if ((hides || holds) && !rects.every((rect) => inside(rect, edge))) return note(element, node.textContent, `does not fit ${box.localName}.${box.className}`);
      }
      if (!rects.every((rect) => inside(rect, { left: 0, right: width }))) note(element, node.textContent, 'leaves the window');
    };

    const lookAtField = (field) => {
      const style = getComputedStyle(field);
      if (unseen(style) || !field.checkVisibility() || style.textOverflow === 'ellipsis') return;
      const select = field.localName === 'select';
      const text = select ? (field.selectedOptions[0]?.text ?? '') : field.value || field.placeholder;
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - (select ? 16 : 0);
      if (textWidth(text, style) > room) note(field, text, `needs ${Math.ceil(textWidth(text, style))} px and has ${Math.floor(room)}`);
    };

    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.textContent.trim() !== '') lookAtText(node);
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || ['style', 'script', 'noscript', 'option'].includes(node.localName)) return;
      if (node.matches('select, input:not([type="checkbox"], [type="radio"], [type="range"], [type="date"], [type="datetime-local"]), textarea:placeholder-shown')) lookAtField(node);
      else for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) walk(child);
    };
    walk(document.body);
    return [...found];
  }, width);
}
